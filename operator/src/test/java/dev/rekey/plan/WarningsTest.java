package dev.rekey.plan;

import static dev.rekey.plan.Answers.assertActs;
import static dev.rekey.plan.Answers.assertPasses;
import static dev.rekey.plan.Answers.assertWaits;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.rotation.Cause;
import dev.rekey.rotation.Consumers;
import dev.rekey.rotation.Hindrance;
import dev.rekey.rotation.Observation.Traits;
import dev.rekey.rotation.Readiness;
import dev.rekey.rotation.Reading;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Restarts;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.Stamp;
import dev.rekey.rotation.Warning;
import dev.rekey.rotation.WorkloadKind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class WarningsTest {
  private static final String RELOADER = "reloader.stakater.com/auto: \"true\"";

  private final Warnings rules = new Warnings(Given.SETTINGS);

  @Nested
  class BeforeAKeyIsAskedFor {
    @Test
    void nothingIsSaidWhereEverybodyMovesByHimself() {
      var given =
          Given.begun().workload("api", 1, true).pod(pod("api-1", Reading.TAKEN, Optional.empty()));

      assertPasses(given.askedOf(rules::warnBeforehand));
      assertThat(assertActs(given.plan())).isEqualTo(new Step.Mint());
    }

    @ParameterizedTest
    @EnumSource(
        mode = Mode.INCLUDE,
        names = {
          "WorkloadPaused",
          "UpdatesOnDelete",
          "PartitionedRollout",
          "BarePod",
          "RunningJob",
          "BareReplicaSet",
          "OtherController",
          "RestartLater",
          "VolumeReadsSecret",
          "NodeUnreachable"
        })
    void whoDoesNotMoveIsToldWithItsReason(Reason reason) {
      var warning =
          only(
              Given.begun()
                  .pod(
                      pod(
                          "api-1",
                          Reading.TAKEN,
                          Optional.of(new Hindrance(reason, "stays where it is")))));

      assertThat(warning.reason()).isEqualTo(reason);
      assertThat(warning.text()).isEqualTo("pod api-1 stays where it is. " + reason.sentence());
    }

    @Test
    void whoIsNotListedIsTold() {
      var listed = new Restarts(Restarts.Strategy.RESTART, Optional.of(List.of("Deployment web")));

      assertThat(
              only(Given.begun()
                      .run(it -> RunOf.restarting(it, listed))
                      .pod(pod("api-1", Reading.MOUNTED, Optional.empty())))
                  .reason())
          .isEqualTo(Reason.NotListed);
    }

    @Test
    void underStrategyNoneOnlyWhoTakesTheKeyOnceIsTold() {
      var none = new Restarts(Restarts.Strategy.NONE, Optional.empty());

      assertThat(
              only(Given.begun()
                      .run(it -> RunOf.restarting(it, none))
                      .pod(pod("mounts", Reading.MOUNTED, Optional.empty()))
                      .pod(pod("takes", Reading.TAKEN, Optional.empty())))
                  .text())
          .startsWith("pod takes takes the key once")
          .doesNotContain("mounts");
    }

    @Test
    void whoEndsOrOnlyPullsImagesIsNoWarning() {
      var bare = Optional.of(new Hindrance(Reason.BarePod, "belongs to nobody"));
      var over =
          new Consumers.Pod(
              "over",
              "uid-over",
              Given.NOW,
              Optional.empty(),
              Optional.empty(),
              Reading.TAKEN,
              bare,
              true,
              false,
              Optional.empty(),
              new Readiness.Ready(),
              false);

      assertPasses(
          Given.begun()
              .pod(over)
              .pod(pod("pulls", Reading.PULLED, bare))
              .askedOf(rules::warnBeforehand));
    }

    @Test
    void podsOfWhichTheSameIsSaidAreCounted() {
      var paused = Optional.of(new Hindrance(Reason.WorkloadPaused, "waits: it is paused"));
      var given = Given.begun();
      for (int pod = 1; pod <= 300; pod++) {
        given.pod(pod("api-" + pod, Reading.TAKEN, paused));
      }

      assertThat(only(given).text()).startsWith("pod api-1, as 299 more, waits: it is paused. ");
    }

    @Test
    void ofMoreThanAFewOnlyTheNumberIsTold() {
      var given = Given.begun();
      for (int pod = 1; pod <= 9; pod++) {
        given.pod(
            pod(
                "p" + pod,
                Reading.TAKEN,
                Optional.of(new Hindrance(Reason.OtherController, "belongs to " + pod))));
      }

      assertThat(only(given).text()).contains("pod p5 belongs to 5; and 4 more. ");
    }

    @Test
    void aWorkloadThatIsNotWellIsTold() {
      var warning = only(Given.begun().workload("api", 1, false));

      assertThat(warning.reason()).isEqualTo(Reason.UnhealthyBefore);
      assertThat(warning.text()).startsWith("Deployment api: 1 of 2 replicas are updated");
    }

    @Test
    void whoWaitsForTheFirstKeyIsNotToldToBeUnwell() {
      assertPasses(
          Given.noKey()
              .rotation(it -> it.begun(Given.run(), List.of()))
              .workload("api", 0, false)
              .askedOf(rules::warnBeforehand));
    }

    @Test
    void aWorkloadThatIsHeldUpAnywayIsNotToldTwice() {
      var paused = Optional.of(new Hindrance(Reason.WorkloadPaused, "waits: it is paused"));

      assertThat(
              only(Given.begun().workload("api", 1, false).pod(pod("api-1", Reading.TAKEN, paused)))
                  .reason())
          .isEqualTo(Reason.WorkloadPaused);
    }

    @Test
    void whoIsRestartedByReloaderAsWellIsTold() {
      var warning = only(Given.begun().workload(reloaded()));

      assertThat(warning.reason()).isEqualTo(Reason.RestartedTwice);
      assertThat(warning.text())
          .startsWith("Deployment api is annotated with " + RELOADER)
          .contains("reloader.stakater.com/ignore");
    }

    @Test
    void whoIsRestartedByReloaderAloneIsNot() {
      assertPasses(
          Given.begun()
              .run(it ->
                  RunOf.restarting(it, new Restarts(Restarts.Strategy.NONE, Optional.empty())))
              .workload(reloaded())
              .askedOf(rules::warnBeforehand));
      assertPasses(
          Given.begun()
              .secret(Given.shows(1, "1", new Traits(false, List.of(), true)))
              .workload(reloaded())
              .askedOf(rules::warnBeforehand));
    }

    @Test
    void aSecretThatIsCopiedIsToldUnlessTheOldKeyIsKeptForTheCopies() {
      var copied =
          Given.begun().nobodyReadsIt().secret(Given.shows(1, "1", copiedBy("kubed/sync")));

      var warning = only(copied);
      assertThat(warning.reason()).isEqualTo(Reason.SecretCopied);
      assertThat(warning.text()).contains("kubed/sync", "spec.rollout.minOverlap");
      assertPasses(
          copied
              .run(it -> RunOf.overlapping(it, Duration.ofHours(1)))
              .askedOf(rules::warnBeforehand));
    }

    @Test
    void thePlanSaysItBeforeAnyKeyIsAskedForAndGoesOn() {
      var bare =
          Given.begun()
              .pod(
                  pod(
                      "cron-1",
                      Reading.TAKEN,
                      Optional.of(new Hindrance(Reason.BarePod, "belongs to nobody"))));
      var step = (Step.Warn) assertActs(bare.plan());
      var warned =
          Given.begun().run(it -> it.foreseeing(new Run.Foreseen(Given.NOW, step.warnings())));

      var wait = assertWaits(warned.plan(), Reason.Beginning);
      assertThat(wait.message()).contains("pod cron-1 belongs to nobody");
      assertThat(assertActs(warned.at(wait.until()).plan())).isEqualTo(new Step.Mint());
    }

    @Test
    void aKeyInAnotherFormIsPublishedAfterTheWarning() {
      var other =
          Given.atRest().rotation(it -> it.begun(newForm(), List.of())).workload("api", 1, false);

      assertThat(assertActs(other.plan())).isInstanceOf(Step.Warn.class);
    }

    @Test
    void nobodyIsWarnedOfWhatIsUnderWay() {
      assertPasses(Given.minted().workload("api", 1, false).askedOf(rules::warnBeforehand));
      assertPasses(
          Given.published(Duration.ofHours(1))
              .workload("api", 1, false)
              .askedOf(rules::warnBeforehand));
      assertPasses(Given.atRest().workload("api", 1, false).askedOf(rules::warnBeforehand));
    }
  }

  @Nested
  class WhatHolds {
    private final List<Warning> foreseen = List.of(new Warning(Reason.BarePod, "pod cron-1 …"));

    @Test
    void isWhatWasForeseenUntilConsumersAreWaitedFor() {
      var begun = Given.begun().run(it -> it.foreseeing(new Run.Foreseen(Given.NOW, foreseen)));

      assertThat(now(begun)).isEqualTo(foreseen);
      assertThat(now(begun.progress(0, 1, Duration.ZERO, false))).isEmpty();
    }

    @Test
    void isKnownOfTheSecretThoughNothingRotates() {
      assertThat(now(Given.atRest())).isEmpty();
      assertThat(now(Given.atRest().secret(Given.shows(1, "1", copiedBy("kubed/sync")))))
          .extracting(Warning::reason)
          .containsExactly(Reason.SecretCopied);
      assertThat(now(Given.atRest().secret(Given.shows(1, "1", Given.IMMUTABLE))))
          .extracting(Warning::reason)
          .containsExactly(Reason.SecretImmutable);
    }

    private List<Warning> now(Given given) {
      return Warnings.now(given.seen(), given.rotation());
    }
  }

  private Warning only(Given given) {
    var step = assertActs(given.askedOf(rules::warnBeforehand));
    assertThat(step).isInstanceOf(Step.Warn.class);
    assertThat(((Step.Warn) step).warnings()).hasSize(1);
    return ((Step.Warn) step).warnings().getFirst();
  }

  private static Traits copiedBy(String annotation) {
    return new Traits(false, List.of(annotation), false);
  }

  private static Consumers.Workload reloaded() {
    return new Consumers.Workload(
        new Consumers.WorkloadRef(WorkloadKind.Deployment, "api", "uid-api", "7"),
        Optional.empty(),
        Reading.TAKEN,
        true,
        "2 of 2 replicas are updated, 2 available",
        true,
        Optional.of(RELOADER),
        List.of());
  }

  private static Consumers.Pod pod(String name, Reading reading, Optional<Hindrance> hindrance) {
    return new Consumers.Pod(
        name,
        "uid-" + name,
        Given.NOW.minusSeconds(60),
        Optional.of(new Stamp(Given.LINEAGE, 1)),
        Optional.of("Deployment api"),
        reading,
        hindrance,
        false,
        false,
        Optional.empty(),
        new Readiness.Ready(),
        false);
  }

  private static Run newForm() {
    return new Run(
        1,
        Cause.DataChanged,
        Given.NOW.minusSeconds(60),
        Given.ISSUER,
        Given.terms().data(),
        Given.SETTLE,
        Given.SOAK,
        Given.PROGRESS_TIMEOUT,
        0,
        Optional.of("1"),
        Optional.empty());
  }
}
