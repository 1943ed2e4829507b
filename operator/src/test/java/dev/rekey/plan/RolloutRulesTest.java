package dev.rekey.plan;

import static dev.rekey.plan.Answers.assertActs;
import static dev.rekey.plan.Answers.assertPasses;
import static dev.rekey.plan.Answers.assertWaits;
import static dev.rekey.plan.Answers.assertYields;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.rotation.Checks;
import dev.rekey.rotation.Consumers;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.Stamp;
import dev.rekey.rotation.Verb;
import dev.rekey.rotation.WorkloadKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RolloutRulesTest {
  private final RolloutRules rules = new RolloutRules(Given.SETTINGS);

  @Test
  void nothingRollsWhileNoKeyOfARotationIsInTheSecret() {
    for (var given : new Given[] {Given.atRest(), Given.begun(), Given.proven()}) {
      given.workload("api", 1, true).pod("api-1", 1);
      assertPasses(given.askedOf(rules::settle));
      assertPasses(given.askedOf(rules::roll));
      assertPasses(given.askedOf(rules::waitForConsumers));
      assertPasses(given.askedOf(rules::soak));
      assertPasses(given.askedOf(rules::verifyAgain));
    }
  }

  @Test
  void theSecretSettlesFirst() {
    var wait =
        assertWaits(
            Given.published(Duration.ofSeconds(14)).askedOf(rules::settle), Reason.Settling);

    assertThat(wait.until()).isEqualTo(Given.NOW.plusSeconds(1));
    assertPasses(Given.published(Duration.ofSeconds(15)).askedOf(rules::settle));
  }

  @Test
  void consumersAreLookedAtFromThenOn() {
    var published = Given.published(Duration.ofSeconds(14));

    assertThat(looksAt(published, Given.NOW)).isFalse();
    assertThat(looksAt(published, Given.NOW.plusSeconds(1))).isTrue();
    assertThat(looksAt(Given.atRest(), Given.NOW)).isFalse();
  }

  @Test
  void consumersAreLookedAtBeforeAKeyIsFirstPublished() {
    assertThat(looksAt(Given.proven(), Given.NOW)).isTrue();
  }

  private static boolean looksAt(Given given, Instant now) {
    var seen = given.seen();
    return Needs.consumers(given.rotation(), seen.resource(), seen.secret(), now, true);
  }

  @Nested
  class Rolling {
    @Test
    void stampsWorkloadsThatAreBehindOneAfterTheOther() {
      var step =
          assertActs(
              rolling()
                  .workload("a", 2, true)
                  .workload("b", 1, true)
                  .workload("c", 1, true)
                  .askedOf(rules::roll));

      assertThat(step)
          .isInstanceOfSatisfying(
              Step.StampWorkload.class,
              it -> {
                assertThat(it.workload().name()).isEqualTo("b");
                assertThat(it.stamp()).isEqualTo(new Stamp(Given.LINEAGE, 2));
              });
    }

    @Test
    void leavesAWorkloadAloneThatCannotBeStampedAndGoesOn() {
      var given =
          rolling()
              .workload("a", 1, true)
              .failed(Verb.STAMP, "Deployment a", Duration.ofMinutes(1));

      assertYields(given.askedOf(rules::roll), Reason.IssuerFailed);
      assertThat(assertActs(given.workload("b", 1, true).askedOf(rules::roll)))
          .isInstanceOfSatisfying(
              Step.StampWorkload.class, it -> assertThat(it.workload().name()).isEqualTo("b"));
    }

    @Test
    void neverStampsDown() {
      assertPasses(rolling().workload("a", 3, true).askedOf(rules::roll));
    }

    @Test
    void waitsWherePodsCouldNotBeLookedAt() {
      assertWaits(rolling().askedOf(rules::roll), Reason.WaitingForConsumers);
      assertWaits(rolling().askedOf(rules::waitForConsumers), Reason.WaitingForConsumers);
    }
  }

  /** Argo Rollouts carry no stamp: they are told a time. */
  @Nested
  class RestartingRollouts {
    /** The first whole second that is surely after every kubelet has seen the Secret. */
    private static final Instant TELLS =
        Given.NOW
            .minus(Duration.ofHours(1))
            .plus(Given.SETTLE)
            .plus(Given.SETTINGS.clockDoubt())
            .plusSeconds(1);

    @Test
    void areToldToHaveNoPodFromBeforeTheSecretHadSettled() {
      assertThat(assertActs(rolling().argo("web", Optional.empty(), true).askedOf(rules::roll)))
          .isEqualTo(
              new Step.RestartRollout(
                  new Consumers.WorkloadRef(WorkloadKind.Rollout, "web", "uid-web", "7"),
                  TELLS,
                  List.of()));
      assertThat(
              assertActs(
                  rolling()
                      .argo("web", Optional.of(TELLS.minusSeconds(1)), true)
                      .askedOf(rules::roll)))
          .isInstanceOf(Step.RestartRollout.class);
    }

    @Test
    void areToldOnceAndNeverToRestartEarlier() {
      assertPasses(rolling().argo("web", Optional.of(TELLS), true).askedOf(rules::roll));
      assertPasses(
          rolling()
              .argo("web", Optional.of(Given.NOW.plus(Duration.ofDays(9))), true)
              .askedOf(rules::roll));
    }

    @Test
    void areToldNoTimeThatIsStillToComeAndAreWaitedForMeanwhile() {
      for (int early : new int[] {20, 15}) {
        var given = Given.published(Duration.ofSeconds(early)).argo("web", Optional.empty(), true);

        assertPasses(given.askedOf(rules::roll));
        var wait =
            assertWaits(
                given.progress(0, 0, Duration.ofSeconds(1), false).askedOf(rules::waitForConsumers),
                Reason.WaitingForConsumers);
        assertThat(wait.message()).contains("Rollout web is not told to restart yet");
      }
      assertActs(
          Given.published(Duration.ofSeconds(21))
              .argo("web", Optional.empty(), true)
              .askedOf(rules::roll));
    }

    @Test
    void areLeftAloneForAWhileAfterTheyCouldNotBeTold() {
      assertYields(
          rolling()
              .argo("web", Optional.empty(), true)
              .failed(Verb.STAMP, "Rollout web", Duration.ofMinutes(1))
              .askedOf(rules::roll),
          Reason.IssuerFailed);
    }

    @Test
    void areToldAnewForTheNextPublication() {
      var again =
          rolling()
              .rotation(it ->
                  it.republished(Given.publication(3, "2")).written(Given.NOW.minusSeconds(60)))
              .argo("web", Optional.of(TELLS), true);

      assertThat(assertActs(again.askedOf(rules::roll)))
          .isInstanceOfSatisfying(
              Step.RestartRollout.class, it -> assertThat(it.at()).isAfter(TELLS));
    }

    @Test
    void keepTheOldKeyUntilTheyAreWell() {
      var wait =
          assertWaits(
              rolling()
                  .argo("web", Optional.of(TELLS), false)
                  .progress(0, 0, Duration.ofMinutes(1), false)
                  .askedOf(rules::waitForConsumers),
              Reason.WaitingForConsumers);

      assertThat(wait.message()).contains("Rollout web: 1 of 2 replicas are available");
    }
  }

  @Nested
  class WaitingForConsumers {
    @Test
    void notesEachMove() {
      var given = rolling().workload("api", 2, false).pod("api-1", 1).pod("api-2", 2);

      assertThat(progress(given)).isEqualTo(new Run.Progress(2, 1, Given.NOW, Optional.empty()));
    }

    @Test
    void keepsTheTimeOfTheLastMove() {
      var given =
          rolling()
              .workload("api", 2, false)
              .pod("api-1", 1)
              .pod("api-2", 2)
              .pod("api-3", 1)
              .progress(1, 2, Duration.ofMinutes(3), false);

      assertThat(progress(given))
          .isEqualTo(
              new Run.Progress(
                  3,
                  1,
                  Given.NOW.minus(Duration.ofMinutes(3)),
                  Optional.empty(),
                  new Run.Best(1, 1)));
    }

    @Test
    void notesOnceThatAllHaveMoved() {
      var given = rolling().workload("api", 2, true).pod("api-1", 2);

      assertThat(progress(given).allMovedAt()).contains(Given.NOW);
      assertPasses(
          given.progress(1, 1, Duration.ofMinutes(1), true).askedOf(rules::waitForConsumers));
    }

    @Test
    void takesItBackWhereOneIsBehindAgain() {
      var given =
          rolling()
              .workload("api", 2, true)
              .pod("api-1", 1)
              .progress(1, 1, Duration.ofMinutes(1), true);

      assertThat(progress(given).allMovedAt()).isEmpty();
    }

    @Test
    void isOverAtOnceWhereNobodyReadsTheSecret() {
      assertThat(progress(rolling().nobodyReadsIt()))
          .isEqualTo(new Run.Progress(0, 0, Given.NOW, Optional.of(Given.NOW)));
    }

    @Test
    void namesWhoIsBehind() {
      var wait =
          assertWaits(
              rolling()
                  .workload("api", 2, false)
                  .pod("api-1", 1)
                  .progress(0, 1, Duration.ofMinutes(1), false)
                  .askedOf(rules::waitForConsumers),
              Reason.WaitingForConsumers);

      assertThat(wait.message()).contains("pod api-1", "Deployment api: 1 of 2 replicas");
    }

    @Test
    void namesFirstWhoIsOnTheNewKeyAndNotReady() {
      var wait =
          assertWaits(
              rolling()
                  .workload("api", 2, false)
                  .pod("api-1", 1)
                  .unready("api-2", 2, "container app waits (CrashLoopBackOff)")
                  .unready("api-0", 1, "container app runs")
                  .progress(1, 3, Duration.ofMinutes(1), false)
                  .askedOf(rules::waitForConsumers),
              Reason.WaitingForConsumers);

      assertThat(wait.message())
          .contains(
              "behind: pod api-2 has the new key and is not ready: container app waits"
                  + " (CrashLoopBackOff); pod api-0 started before the new key was published; it is"
                  + " not ready: container app runs; pod api-1 started before",
              "; Deployment api: 1 of 2");
    }

    @Test
    void doesNotNameAnUnreadyPodOfAWorkloadThatIsRolledOut() {
      assertPasses(
          rolling()
              .workload("api", 2, true)
              .unready("api-1", 2, "container app runs")
              .progress(1, 1, Duration.ofMinutes(1), true)
              .askedOf(rules::waitForConsumers));
    }

    @Test
    void leavesTheOldKeyToAPersonWhoDeletesOldKeysWhenNothingMovesForTooLong() {
      var stuck =
          rolling()
              .workload("api", 2, false)
              .pod("api-1", 1)
              .progress(0, 1, Given.PROGRESS_TIMEOUT.plusSeconds(1), false)
              .leavingOldKeys();

      assertThat(stuck.askedOf(rules::waitForConsumers))
          .isInstanceOfSatisfying(
              Rule.Answer.Decides.class,
              it -> {
                assertThat(it.plan()).isInstanceOf(Plan.Act.class);
                assertThat(it.plan().message()).contains("key 1", "pod api-1");
              });
      assertThat(assertActs(stuck.askedOf(rules::waitForConsumers)))
          .isEqualTo(new Step.Retire("1"));
      assertWaits(
          rolling()
              .workload("api", 2, false)
              .pod("api-1", 1)
              .progress(0, 1, Given.PROGRESS_TIMEOUT.minusSeconds(1), false)
              .leavingOldKeys()
              .askedOf(rules::waitForConsumers),
          Reason.WaitingForConsumers);
    }

    @Test
    void saysWhenNothingMovesForTooLong() {
      assertWaits(
          rolling()
              .workload("api", 2, false)
              .pod("api-1", 1)
              .progress(0, 1, Given.PROGRESS_TIMEOUT.plusSeconds(1), false)
              .askedOf(rules::waitForConsumers),
          Reason.ConsumersStuck);
    }

    /**
     * What is looked at is told from the first look after the publication on, minute by minute, as
     * moved/total; the last word is when they were last further than ever before, or had all moved
     * and then not.
     */
    @ParameterizedTest
    @CsvSource({
      "each pod that moves counts,           0/3 1/3 2/3 3/3,     3",
      "pods that drain count,                3/6 3/5 3/4 3/3,     3",
      "one that is started beside them too,  0/2 1/3 1/2 2/3,     3",
      "standing still does not,              0/3 1/3 1/3 1/3,     1",
      "one that comes and goes does not,     1/2 0/1 1/2 0/1 1/2, 0",
      "nor one behind that comes and goes,   1/2 1/3 1/2 1/3 1/2, 0",
      "nor what only makes up for a loss,    2/3 0/3 1/3 2/3,     0",
      "what goes on after a loss does,       2/3 0/3 2/3 3/3,     3",
      "after the soak is ended one waits anew,    1/2 1/1 1/2 1/1, 3",
      "and each that moves counts again,          3/3 0/3 1/3 2/3, 3",
    })
    void onlyWhatWasNeverReachedBeforeIsAMove(String what, String looks, int since) {
      var given = rolling();
      var start = Given.NOW;
      var all = looks.strip().split(" ");
      for (int minute = 0; minute < all.length; minute++) {
        var look = all[minute].split("/");
        given =
            later(given, start.plus(Duration.ofMinutes(minute)))
                .pods(Integer.parseInt(look[0]), Integer.parseInt(look[1]));
        if (given.askedOf(rules::waitForConsumers)
            instanceof Rule.Answer.Decides(Plan.Act(Step.NoteProgress(var now), _, _))) {
          given.rotation(it -> it.progressed(now));
        }
      }

      assertThat(given.rotation().run().flatMap(Run::progress).map(Run.Progress::since))
          .as(what)
          .contains(start.plus(Duration.ofMinutes(since)));
    }

    @Test
    void aNewPublicationBeginsAnew() {
      var again =
          rolling()
              .pods(2, 3)
              .progress(2, 3, Duration.ofHours(1), false)
              .rotation(it ->
                  it.republished(Given.publication(3, "2")).written(Given.NOW.minusSeconds(60)))
              .workload("api", 3, false);

      assertThat(progress(again)).isEqualTo(new Run.Progress(3, 0, Given.NOW, Optional.empty()));
    }

    private static Given later(Given before, Instant now) {
      return Given.published(Duration.ofHours(1)).rotation(any -> before.rotation()).at(now);
    }

    private Run.Progress progress(Given given) {
      var step = assertActs(given.askedOf(rules::waitForConsumers));
      assertThat(step).isInstanceOf(Step.NoteProgress.class);
      return ((Step.NoteProgress) step).progress();
    }
  }

  @Nested
  class Soaking {
    @Test
    void beginsWithTheLastMove() {
      var wait =
          assertWaits(
              rolling().progress(2, 2, Duration.ofMinutes(9), true).askedOf(rules::soak),
              Reason.Soaking);

      assertThat(wait.until()).isEqualTo(Given.NOW.plus(Duration.ofMinutes(1)));
      assertPasses(rolling().progress(2, 2, Given.SOAK, true).askedOf(rules::soak));
    }

    @Test
    void isLongWhereNothingCouldBeVerified() {
      var brief =
          new Run(
              1,
              Given.run().cause(),
              Given.NOW,
              Given.ISSUER,
              Given.run().data(),
              Given.SETTLE,
              Duration.ZERO,
              Given.PROGRESS_TIMEOUT,
              1,
              Optional.of("2"),
              Optional.empty());

      assertThat(RolloutRules.soak(rolling().seen(), rolling().rotation(), brief, Given.SETTINGS))
          .isZero();
      assertThat(
              RolloutRules.soak(
                  rolling().cannotVerify().seen(), rolling().rotation(), brief, Given.SETTINGS))
          .isEqualTo(Given.SETTINGS.unverifiedSoak());
      assertThat(
              RolloutRules.soak(
                  rolling().issuerIsGone().seen(), rolling().rotation(), brief, Given.SETTINGS))
          .isEqualTo(Given.SETTINGS.unverifiedSoak());
    }
  }

  @Nested
  class VerifyingAgain {
    @Test
    void wantsAnAcceptanceOfTheLastMinute() {
      assertPasses(accepted(60).askedOf(rules::verifyAgain));
      assertThat(assertActs(accepted(61).askedOf(rules::verifyAgain)))
          .isEqualTo(new Step.Verify("2"));
    }

    @Test
    void isNotSatisfiedByARejection() {
      assertActs(
          rolling()
              .checks("2", new Checks(0, Given.at(5), Given.at(1), Optional.empty()))
              .askedOf(rules::verifyAgain));
    }

    @Test
    void waitsAfterAFailure() {
      assertWaits(
          accepted(61).failed(Verb.VERIFY, "2", Duration.ofMinutes(1)).askedOf(rules::verifyAgain),
          Reason.IssuerFailed);
    }

    @Test
    void isNotDoneWhereItCannotBeOrWhereNoOldKeyIs() {
      assertPasses(accepted(3600).cannotVerify().askedOf(rules::verifyAgain));
      assertPasses(accepted(3600).rotation(it -> it.forgotten("1")).askedOf(rules::verifyAgain));
    }

    private static Given accepted(int secondsAgo) {
      return rolling()
          .checks("2", new Checks(3, Given.at(secondsAgo), Optional.empty(), Optional.empty()));
    }
  }

  private static Given rolling() {
    return Given.published(Duration.ofHours(1));
  }
}
