package dev.rekey.plan;

import static dev.rekey.plan.Answers.assertActs;
import static dev.rekey.plan.Answers.assertWaits;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.rotation.Companion;
import dev.rekey.rotation.Companion.Intent;
import dev.rekey.rotation.Consumers;
import dev.rekey.rotation.Observation.Target;
import dev.rekey.rotation.Reading;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Restarts;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.Stamp;
import dev.rekey.rotation.Verb;
import dev.rekey.rotation.WorkloadKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WaveTest {
  private static final Instant NOW = Given.NOW;
  private static final Duration MINUTE = Given.SETTINGS.wave();
  private static final Stamp THEIRS = new Stamp("lineage2", 5);

  private final RolloutRules rules = new RolloutRules(Given.SETTINGS);

  @Nested
  class Waiting {
    @Test
    void aWorkloadWaitsForAnotherSecretWhoseKeyIsAboutToBePublished() {
      var wait = assertWaits(roll(settledFor(1), coming()), Reason.RestartingTogether);

      assertThat(wait.message())
          .contains("Deployment api", "Secret other", "about to be published");
      assertThat(wait.until()).isEqualTo(NOW.plus(MINUTE.dividedBy(4)));
    }

    @Test
    void itIsLookedAtAgainWhenTheOtherHasSettled() {
      var wait =
          assertWaits(
              roll(settledFor(1), intends(new Intent.Coming(Optional.of(NOW.plusSeconds(20))))),
              Reason.RestartingTogether);

      assertThat(wait.until()).isEqualTo(NOW.plusSeconds(20).plus(Given.SETTINGS.look()));
      assertThat(wait.message()).contains("settles at 2026-06-01T12:00:20Z");
    }

    @Test
    void itWaitsForOneThatIsDueWithinAMinuteOfItsOwnBeginning() {
      // the run has begun a minute ago
      var soon = NOW.minusSeconds(1);
      var later = NOW.plusSeconds(1);

      assertWaits(
          roll(settledFor(1), intends(new Intent.Resting(soon))), Reason.RestartingTogether);
      assertStampsAlone(roll(settledFor(1), intends(new Intent.Resting(later))));
    }

    @ParameterizedTest
    @CsvSource({"0, true", "59, true", "60, false", "3600, false"})
    void itWaitsForAMinuteAtMost(int settledFor, boolean waits) {
      var answer = roll(settledFor(settledFor), coming());

      if (waits) {
        assertThat(assertWaits(answer, Reason.RestartingTogether).until())
            .isBeforeOrEqualTo(NOW.plusSeconds(60 - settledFor));
      } else {
        assertStampsAlone(answer);
      }
    }

    @Test
    void itWaitsForNobodyWhoSettlesTooLate() {
      assertStampsAlone(
          roll(settledFor(1), intends(new Intent.Coming(Optional.of(NOW.plusSeconds(59))))));
    }

    @Test
    void aWordThatIsOldIsNotBelieved() {
      var old = said(new Intent.Coming(Optional.empty()), Restarts.ALL, NOW.minus(MINUTE));

      assertStampsAlone(roll(settledFor(1), old));
    }

    @Test
    void itDoesNotWaitForOneThatDoesNotRestartIt() {
      var none = new Restarts(Restarts.Strategy.NONE, Optional.empty());
      var listed = new Restarts(Restarts.Strategy.RESTART, Optional.of(List.of("Deployment b")));

      for (var restarts : List.of(none, listed)) {
        assertStampsAlone(
            roll(settledFor(1), said(new Intent.Coming(Optional.empty()), restarts, NOW)));
      }
    }

    @Test
    void itDoesNotWaitForASecretThatItDoesNotRead() {
      assertStampsAlone(
          settledFor(1).workload("api", 1, true).beside(coming()).askedOf(rules::roll));
    }

    @Test
    void theOtherWorkloadsAreRestartedMeanwhile() {
      var given = settledFor(1).workload(reading(Optional.empty())).workload("b", 1, true);

      assertThat(assertActs(given.beside(coming()).askedOf(rules::roll)))
          .isInstanceOfSatisfying(
              Step.StampWorkload.class, it -> assertThat(it.workload().name()).isEqualTo("b"));
    }

    @Test
    void aLeakedKeyNeverWaits() {
      assertStampsAlone(roll(settledFor(1).rotation(it -> it.run(Run::hurried)), coming()));
    }

    @Test
    void aRotationThatWasTakenBackNeverWaits() {
      assertStampsAlone(
          roll(
              settledFor(1)
                  .rotation(it ->
                      it.rolledBack("2", Given.publication(3, "1"))
                          .run(run -> run.wellBefore(List.of()))
                          .written(NOW.minusSeconds(16)))
                  .secret(Given.shows(3, "1")),
              coming()));
    }

    @ParameterizedTest
    @CsvSource({"73, true", "72, false", "1, false"})
    void anOldKeyThatExpiresSoonNeverWaits(int hours, boolean waits) {
      // three progress timeouts and the soak are less than an hour
      var issuedAt = NOW.plus(Duration.ofHours(hours)).minus(Given.LIFE);
      var given =
          settledFor(1).rotation(it -> it.key(Given.key("1", Role.CURRENT, issuedAt).shownIn(1)));

      if (waits) {
        assertWaits(roll(given, coming()), Reason.RestartingTogether);
      } else {
        assertStampsAlone(roll(given, coming()));
      }
    }
  }

  @Nested
  class Writing {
    @Test
    void whoeverPatchesFirstWritesAllThatHasSettled() {
      assertThat(stamped(settledFor(1), Optional.of(new Stamp("lineage2", 4)), settled()))
          .isEqualTo(Map.of("other", THEIRS));
      assertThat(stamped(settledFor(1), Optional.empty(), settled()))
          .isEqualTo(Map.of("other", THEIRS));
    }

    @Test
    void itSaysSo() {
      var answer = (Rule.Answer.Decides) roll(settledFor(1), settled());

      assertThat(answer.plan().message())
          .isEqualTo(
              "restarts Deployment api, which reads Secret messaging-api-key, and Secret other as"
                  + " well");
    }

    @ParameterizedTest
    @CsvSource({"lineage2, 5", "lineage2, 6", "another, 1", "another, 9"})
    void noStampGoesDownNorTakesThePlaceOfAnotherLineage(String lineage, int publication) {
      assertThat(stamped(settledFor(1), Optional.of(new Stamp(lineage, publication)), settled()))
          .isEmpty();
    }

    @Test
    void aWordThatIsOldIsNotWritten() {
      assertThat(
              stamped(
                  settledFor(1),
                  Optional.empty(),
                  said(new Intent.Settled(THEIRS, NOW), Restarts.ALL, NOW.minus(MINUTE))))
          .isEmpty();
    }

    @Test
    void noStampIsWrittenOnWhatItsOwnRotationDoesNotRestart() {
      var none = new Restarts(Restarts.Strategy.NONE, Optional.empty());

      assertThat(
              stamped(
                  settledFor(1),
                  Optional.empty(),
                  said(new Intent.Settled(THEIRS, NOW), none, NOW)))
          .isEmpty();
    }

    @Test
    void whoeverFindsItsStampThereDoesNotPatch() {
      var given = settledFor(1).workload(carrying(2));

      Answers.assertPasses(given.beside(settled()).askedOf(rules::roll));
    }

    private Map<String, Stamp> stamped(Given given, Optional<Stamp> before, Companion other) {
      var step = assertActs(given.workload(reading(before)).beside(other).askedOf(rules::roll));
      return ((Step.StampWorkload) step).beside();
    }
  }

  /** They carry no stamp: one time serves all Secrets that they read. */
  @Nested
  class OfRollouts {
    private static final Instant OWN = tells(NOW.minusSeconds(30));

    @Test
    void areToldTheLatestTimeOfAllThatHasSettled() {
      var later = NOW.minusSeconds(10);

      assertThat(told(Optional.empty(), since(later)))
          .isEqualTo(step(tells(later), List.of("other")));
      assertThat(told(Optional.empty(), since(NOW.minusSeconds(40))))
          .isEqualTo(step(OWN, List.of("other")));
    }

    @Test
    void areNotToldAgainForWhomTheyWereToldAlready() {
      var earlier = NOW.minusSeconds(50);

      assertThat(told(Optional.of(tells(earlier)), since(earlier))).isEqualTo(step(OWN, List.of()));
      Answers.assertPasses(
          settledFor(30)
              .workload(rollout(Optional.of(OWN)))
              .beside(since(NOW.minusSeconds(10)))
              .askedOf(rules::roll));
    }

    @Test
    void waitAMomentForOneWhoseTimeIsStillToCome() {
      var settledAt = NOW.minusSeconds(1);
      var wait =
          assertWaits(
              settledFor(30)
                  .workload(rollout(Optional.empty()))
                  .beside(since(settledAt))
                  .askedOf(rules::roll),
              Reason.RestartingTogether);

      assertThat(wait.until()).isEqualTo(tells(settledAt)).isAfter(NOW);
      assertThat(wait.message()).contains("Rollout web", "Secret other", "has just settled");
    }

    @Test
    void waitForOneThatIsComingAsOthersDo() {
      assertWaits(
          settledFor(30).workload(rollout(Optional.empty())).beside(coming()).askedOf(rules::roll),
          Reason.RestartingTogether);
    }

    @Test
    void areToldNothingForOneThatDoesNotRestartThem() {
      var none = new Restarts(Restarts.Strategy.NONE, Optional.empty());
      var other = said(new Intent.Settled(THEIRS, NOW.minusSeconds(10)), none, NOW);

      assertThat(told(Optional.empty(), other)).isEqualTo(step(OWN, List.of()));
    }

    private static Companion since(Instant settledAt) {
      return intends(new Intent.Settled(THEIRS, settledAt));
    }

    private static Instant tells(Instant settledAt) {
      return RolloutRules.startsTell(settledAt, Given.SETTINGS);
    }

    private Step told(Optional<Instant> before, Companion other) {
      return assertActs(
          settledFor(30).workload(rollout(before)).beside(other).askedOf(rules::roll));
    }

    private static Step step(Instant at, List<String> beside) {
      return new Step.RestartRollout(rollout(Optional.empty()).ref(), at, beside);
    }

    private static Consumers.Workload rollout(Optional<Instant> restartAt) {
      return new Consumers.Workload(
          new Consumers.WorkloadRef(WorkloadKind.Rollout, "web", "uid-web", "7"),
          Optional.empty(),
          Reading.TAKEN,
          true,
          "2 of 2 replicas are available",
          true,
          Optional.empty(),
          List.of(new Consumers.OtherSecret("other", Optional.empty())),
          restartAt);
    }
  }

  @Nested
  class WhatItSays {
    @Test
    void atRestItSaysWhenItIsDue() {
      assertThat(says(Given.atRest())).contains(new Intent.Resting(NOW.plus(Duration.ofDays(80))));
    }

    @Test
    void fromItsBeginningOnItIsComing() {
      var coming = Optional.of(new Intent.Coming(Optional.empty()));

      assertThat(says(Given.atRest().token("now"))).isEqualTo(coming);
      assertThat(says(Given.begun().nobodyReadsIt())).isEqualTo(coming);
      assertThat(says(Given.proven().nobodyReadsIt())).isEqualTo(coming);
    }

    @Test
    void onceItIsWrittenItSaysWhenItSettles() {
      assertThat(says(Given.published(Duration.ofSeconds(5))))
          .contains(new Intent.Coming(Optional.of(NOW.plusSeconds(10))));
    }

    @Test
    void onceItHasSettledItGivesItsStamp() {
      assertThat(says(settledFor(0).workload("api", 1, true)))
          .contains(new Intent.Settled(new Stamp(Given.LINEAGE, 2), NOW));
    }

    @Test
    void noStampIsGivenBeforeItIsNotedWhoWasWell() {
      var given =
          settledFor(1)
              .workload("api", 1, true)
              .rotation(it -> it.run(run -> RunOf.rollback(run, Run.Rollback.ONCE)));

      assertThat(says(given)).contains(new Intent.Coming(Optional.of(NOW.minusSeconds(1))));
      assertThat(says(given.rotation(it -> it.run(run -> run.wellBefore(List.of())))))
          .contains(new Intent.Settled(new Stamp(Given.LINEAGE, 2), NOW.minusSeconds(1)));
    }

    @Test
    void aStampIsOnlyGivenWhileTheSecretShowsItsPublication() {
      for (var secret : List.of(Given.shows(1, "1"), new Target.Missing())) {
        assertThat(says(settledFor(0).workload("api", 1, true).secret(secret))).isEmpty();
      }
    }

    @Test
    void noStampIsGivenWhileTheSecretShowsTheOldKeyElsewhere() {
      var shown = Given.shows(2, "2");
      var old = Given.shows(1, "1").data().get("apiKey");
      var stray =
          new Target.Present(
              true,
              Map.of("apiKey", shown.data().get("apiKey"), "copy", old),
              2,
              Given.LINEAGE,
              Optional.of("2"),
              Optional.empty(),
              Optional.empty(),
              shown.createdAt());
      var leaked = settledFor(0).workload("api", 1, true).secret(stray).leaked("1");

      assertThat(leaked.plan().reason()).isEqualTo(Reason.Hurrying);
      assertThat(says(leaked)).isEmpty();
    }

    @Test
    void whoeverIsHaltedFailedOrSuspendedSaysNothing() {
      assertThat(says(Given.begun().nobodyReadsIt().suspended())).isEmpty();
      assertThat(says(settledFor(0).workload("api", 1, true).suspended())).isEmpty();
      assertThat(
              says(
                  Given.begun()
                      .nobodyReadsIt()
                      .failed(Verb.MINT, Given.BINDING.secret(), Duration.ofMinutes(1))))
          .isEmpty();
      assertThat(says(Given.atRest().issuerIsGone())).isEmpty();
    }

    @Test
    void pastThePointOfNoReturnItSaysNothing() {
      assertThat(says(Given.condemned())).isEmpty();
    }

    private Optional<Intent> says(Given given) {
      return Wave.intent(given.seen(), given.plan());
    }
  }

  /** Key 2 is in the Secret, and everybody could have seen it since so many seconds. */
  private static Given settledFor(int seconds) {
    return Given.published(Given.SETTLE.plusSeconds(seconds));
  }

  private Rule.Answer roll(Given given, Companion other) {
    return given.workload(reading(Optional.empty())).beside(other).askedOf(rules::roll);
  }

  private static void assertStampsAlone(Rule.Answer answer) {
    assertThat(assertActs(answer))
        .isInstanceOfSatisfying(Step.StampWorkload.class, it -> assertThat(it.beside()).isEmpty());
  }

  private static Companion coming() {
    return intends(new Intent.Coming(Optional.empty()));
  }

  private static Companion settled() {
    return intends(new Intent.Settled(THEIRS, NOW));
  }

  private static Companion intends(Intent intent) {
    return said(intent, Restarts.ALL, NOW);
  }

  private static Companion said(Intent intent, Restarts restarts, Instant at) {
    return new Companion("other", "ApiKeyRotation other", intent, restarts, at);
  }

  private static Consumers.Workload reading(Optional<Stamp> other) {
    return workload(1, other);
  }

  private static Consumers.Workload carrying(int publication) {
    return workload(publication, Optional.empty());
  }

  private static Consumers.Workload workload(int publication, Optional<Stamp> other) {
    return new Consumers.Workload(
        new Consumers.WorkloadRef(WorkloadKind.Deployment, "api", "uid-api", "7"),
        Optional.of(new Stamp(Given.LINEAGE, publication)),
        Reading.TAKEN,
        true,
        "2 of 2 replicas are updated, 2 available",
        true,
        Optional.empty(),
        List.of(new Consumers.OtherSecret("other", other)));
  }
}
