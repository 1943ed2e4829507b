package dev.rekey.plan;

import static dev.rekey.plan.Answers.assertActs;
import static dev.rekey.plan.Answers.assertPasses;
import static dev.rekey.plan.Answers.assertWaits;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.rotation.Consumers;
import dev.rekey.rotation.Readiness;
import dev.rekey.rotation.Reading;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Restarts;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.Stamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Pods in the soak: those that were there when it began, and those that have come since. */
class SteadinessTest {
  private static final Duration OLD = Duration.ofHours(1);
  private static final Duration BEGAN = Duration.ofMinutes(5);
  private static final Duration SINCE = Duration.ofMinutes(2);

  private final RolloutRules rules = new RolloutRules(Given.SETTINGS);

  @Test
  void aPodThatWasUnreadyBetweenTwoLooksBeginsTheSoakAnew() {
    var given = soaking(true).pod(pod("api-1", OLD, readyFor(SINCE)));

    var progress = noted(given);

    assertThat(progress.allMovedAt()).contains(Given.NOW);
    assertThat(progress.firstAllMovedAt()).contains(Given.NOW.minus(BEGAN));
    assertThat(progress.unsteady())
        .contains(new Run.Unsteady("api-1", 1, 1, Optional.of(Given.NOW)));
    // it is said once, and the soak goes on from there
    assertPasses(given.rotation(it -> it.progressed(progress)).askedOf(rules::waitForConsumers));
    assertThat(assertWaits(given.askedOf(rules::soak), Reason.Soaking).until())
        .isEqualTo(Given.NOW.plus(Given.SOAK));
  }

  @Test
  void aPodThatHasBeenReadySinceBeforeTheSoakBreaksNothing() {
    assertPasses(
        soaking(true)
            .pod(pod("api-1", OLD, readyFor(BEGAN.plusSeconds(1))))
            .pod(pod("api-2", OLD, new Readiness.Ready()))
            .progress(2, 2, BEGAN, true)
            .askedOf(rules::waitForConsumers));
  }

  @Test
  void aPodThatIsMadeInTheSoakAndGetsReadyBreaksNothing() {
    assertPasses(
        soaking(true)
            .pod(pod("api-1", SINCE, readyFor(Duration.ofMinutes(1))))
            .askedOf(rules::waitForConsumers));
  }

  @Test
  void onlyPodsOfWorkloadsThatAreWaitedForCount() {
    var alone = pod("job-1", OLD, Optional.empty(), readyFor(SINCE), false);
    var ending = pod("api-1", OLD, Optional.of("Deployment api"), readyFor(SINCE), true);

    assertPasses(
        soaking(true)
            .pod(alone)
            .pod(ending)
            .progress(2, 2, BEGAN, true)
            .askedOf(rules::waitForConsumers));
  }

  @Test
  void aPodThatIsMadeInTheSoakIsWaitedForAndTheSoakGoesOn() {
    var given =
        soaking(false)
            .pod(pod("api-1", OLD, readyFor(OLD)))
            .pod(pod("api-2", SINCE, new Readiness.NotReady("it starts")))
            .rotation(it -> it.progressed(lacking(2, SINCE)));

    var wait = assertWaits(given.askedOf(rules::waitForConsumers), Reason.WaitingForConsumers);

    assertThat(wait.message()).contains("pod api-2 has the new key and is not ready: it starts");
    assertThat(closed(given)).hasValueSatisfying(it -> assertThat(it).contains("pod api-2"));
  }

  @Test
  void theSoakGoesOnForARolloutAsWellThoughItCarriesNoStamp() {
    var web = Optional.of("Rollout web");

    assertWaits(
        Given.published(Duration.ofHours(2))
            .argo("web", Optional.of(Given.NOW.minus(OLD)), false)
            .pod(pod("web-1", OLD, web, readyFor(OLD), false))
            .pod(pod("web-2", SINCE, web, new Readiness.NotReady("it starts"), false))
            .rotation(it -> it.progressed(lacking(2, SINCE)))
            .askedOf(rules::waitForConsumers),
        Reason.WaitingForConsumers);
  }

  /** As where a pod is scaled up and not made yet, or a quota is used up. */
  @Test
  void aWorkloadThatLacksAPodLateInTheSoakIsStuckOnlyOnceItHasLackedItForLong() {
    var given = soaking(false).progress(1, 1, Duration.ofHours(1), true);

    var lacking = noted(given);
    var waiting = given.rotation(it -> it.progressed(lacking));

    assertThat(lacking.allMovedAt()).as("the soak goes on").contains(Given.NOW.minusSeconds(3600));
    assertThat(lacking.lackingSince()).contains(Given.NOW);
    assertWaits(waiting.askedOf(rules::waitForConsumers), Reason.WaitingForConsumers);
    assertWaits(
        waiting
            .at(Given.NOW.plus(Given.PROGRESS_TIMEOUT).plusSeconds(1))
            .askedOf(rules::waitForConsumers),
        Reason.ConsumersStuck);
    var there = noted(soaking(true).rotation(it -> it.progressed(lacking)));
    assertThat(there.lackingSince()).isEmpty();
    assertThat(there.allMovedAt()).isEqualTo(lacking.allMovedAt());
  }

  @Test
  void oneThatIsMadeInTheSoakAndNeverGetsReadyCountsAsStuck() {
    var given =
        soaking(false)
            .pod(pod("api-2", Duration.ofMinutes(19), new Readiness.NotReady("it crashes")));

    assertWaits(
        given
            .rotation(it -> it.progressed(lacking(1, Given.PROGRESS_TIMEOUT.plusSeconds(1))))
            .askedOf(rules::waitForConsumers),
        Reason.ConsumersStuck);
    assertWaits(
        given
            .rotation(it -> it.progressed(lacking(1, Duration.ofSeconds(1))))
            .askedOf(rules::waitForConsumers),
        Reason.WaitingForConsumers);
  }

  /** Each pod that gets ready is a move. */
  @Test
  void aSetThatIsScaledUpByManyInTheSoakIsNotStuckWhileItGrows() {
    var before = lacking(3, Duration.ofMinutes(20));

    var grown =
        before.then(
            new Run.Look(4, 4, 0, before.allMovedAt(), Optional.empty(), true, false), Given.NOW);

    assertThat(grown.waitingSince()).isEqualTo(Given.NOW);
    assertThat(before.waitingSince()).isEqualTo(Given.NOW.minus(Duration.ofMinutes(20)));
  }

  /** A kubelet renews the files of no pod that goes, and this one had moved. */
  @Test
  void aPodOfBeforeThatGoesEndsNoSoakWhereFilesAreRenewed() {
    var nobody = new Restarts(Restarts.Strategy.NONE, Optional.empty());
    var given =
        Given.published(Duration.ofHours(2))
            .run(it -> RunOf.restarting(it, nobody))
            .workload("api", 1, true)
            .pod(mounting("api-1", false))
            .pod(mounting("api-2", true))
            .progress(2, 2, BEGAN, true);

    var progress = noted(given);

    assertThat(progress.allMovedAt()).as("the soak goes on").contains(Given.NOW.minus(BEGAN));
    assertThat(progress.unsteady()).isEmpty();
    assertThat(closed(given)).as("and the gate is closed while it is there").isPresent();
  }

  private static Consumers.Pod mounting(String name, boolean terminating) {
    return new Consumers.Pod(
        name,
        "uid-" + name,
        Given.NOW.minus(Duration.ofDays(1)),
        Optional.empty(),
        Optional.of("Deployment api"),
        Reading.MOUNTED,
        Optional.empty(),
        false,
        terminating,
        Optional.of(Given.NOW.minus(Duration.ofDays(1))),
        readyFor(Duration.ofDays(1)),
        false);
  }

  private static Run.Progress lacking(int pods, Duration since) {
    return new Run.Progress(
        pods,
        pods,
        Given.NOW.minus(Duration.ofMinutes(20)),
        Optional.of(Given.NOW.minus(Duration.ofMinutes(20))),
        new Run.Best(0, pods),
        Optional.of(Given.NOW.minus(Duration.ofMinutes(20))),
        Optional.empty(),
        Optional.of(Given.NOW.minus(since)),
        0);
  }

  /** At one look, and made since then: who is replaced again and again gets nobody further. */
  @Test
  void podsThatAreMadeAndReadySinceAreCountedWhileSomebodyIsWaitedFor() {
    var given =
        soaking(false)
            .pod(pod("api-1", OLD, readyFor(OLD)))
            .pod(pod("api-2", Duration.ofMinutes(1), readyFor(Duration.ofSeconds(30))))
            .pod(pod("api-3", Duration.ofMinutes(1), new Readiness.NotReady("it starts")))
            .rotation(it -> it.progressed(lacking(3, SINCE)));

    var progress = noted(given);

    assertThat(progress.remade()).isEqualTo(1);
    assertThat(progress.waitingSince()).isEqualTo(Given.NOW);
    assertThat(progress.allMovedAt()).isEqualTo(lacking(3, SINCE).allMovedAt());
  }

  /** An operator that was away then comes late, and the next blip is another story. */
  @Test
  void aBreakThatIsFoundLongAfterTheSoakWasOverIsNoPartOfIt() {
    var given =
        anew(Given.NOW.minus(OLD), Duration.ofMinutes(20), 5)
            .run(it -> RunOf.overlapping(it, Duration.ZERO))
            .at(Given.NOW.plus(Duration.ofHours(2)))
            .pod(pod("api-1", OLD, readyFor(SINCE)));

    assertThat(noted(given).unsteady().map(Run.Unsteady::times)).contains(1);
  }

  @Test
  void aPodOfBeforeThatIsUnreadyEndsTheSoakAndIsNamed() {
    var progress =
        noted(
            soaking(false)
                .pod(pod("api-1", OLD, new Readiness.NotReady("it does not answer")))
                .pod(pod("api-2", SINCE, new Readiness.NotReady("it starts"))));

    assertThat(progress.allMovedAt()).isEmpty();
    assertThat(progress.unsteady())
        .contains(new Run.Unsteady("api-1", 1, 1, Optional.of(Given.NOW)));
  }

  @Test
  void aPodThatIsMadeInTheSoakOnTheOldKeyEndsIt() {
    var old =
        new Consumers.Pod(
            "api-3",
            "uid-api-3",
            Given.NOW.minus(SINCE),
            Optional.of(new Stamp(Given.LINEAGE, 1)),
            Optional.of("Deployment api"),
            Reading.TAKEN,
            Optional.empty(),
            false,
            false,
            Optional.empty(),
            new Readiness.Ready(),
            false);

    var progress = noted(anew(Given.NOW.minus(OLD), OLD, 2).at(Given.NOW).pod(old));

    assertThat(progress.allMovedAt()).isEmpty();
    assertThat(progress.firstAllMovedAt()).contains(Given.NOW.minus(OLD));
    assertThat(progress.unsteady())
        .contains(new Run.Unsteady("api-3", 3, 2, Optional.of(Given.NOW.minus(OLD))));
  }

  @Test
  void aNodeWhoseClockIsALittleAheadMakesTheSoakThatMuchLonger() {
    assertThat(
            noted(soaking(true).pod(pod("api-1", OLD, readyFor(Duration.ofSeconds(-3)))))
                .allMovedAt())
        .contains(Given.NOW.plusSeconds(3));
  }

  @Test
  void aNodeWhoseClockIsWrongTellsNothing() {
    assertPasses(
        soaking(true)
            .pod(pod("api-1", OLD, readyFor(Duration.ofHours(-1))))
            .askedOf(rules::waitForConsumers));
  }

  @Test
  void aSoakThatBeginsAnewForTooLongIsTroubleAndSaysWho() {
    var first = Given.NOW.minus(Duration.ofHours(1));

    assertWaits(anew(first, Given.PROGRESS_TIMEOUT, 2).askedOf(rules::soak), Reason.Soaking);
    assertWaits(anew(first, Duration.ofHours(1), 1).askedOf(rules::soak), Reason.Soaking);
    var wait =
        assertWaits(
            anew(first, Given.PROGRESS_TIMEOUT.plusSeconds(1), 2).askedOf(rules::soak),
            Reason.ConsumersStuck);

    assertThat(wait.message())
        .contains("anew 2 times", "pod api-1 was the last that was not on", "Both keys work")
        .contains("has been both for 600 s on end");
  }

  /** The soak that began at first has begun anew so often, and for the last time after so long. */
  private static Given anew(Instant first, Duration after, int times) {
    var since = first.plus(after);
    return soaking(true)
        .at(since.plusSeconds(60))
        .rotation(it ->
            it.progressed(
                new Run.Progress(
                    1,
                    1,
                    first,
                    Optional.of(since),
                    new Run.Best(0, 1),
                    Optional.of(first),
                    Optional.of(new Run.Unsteady("api-1", times, times, Optional.of(first))),
                    Optional.empty(),
                    0)));
  }

  /** It is over and the key waits for {@code minOverlap}: nothing is wrong. */
  @Test
  void aSoakThatIsOverIsNoTroubleHoweverOftenItHadBegunAnew() {
    var first = Given.NOW.minus(Duration.ofDays(1));
    var given =
        anew(first, Duration.ofHours(1), 5)
            .run(it -> RunOf.overlapping(it, Duration.ofDays(7)))
            .at(Given.NOW);

    assertWaits(given.askedOf(rules::soak), Reason.Soaking);
  }

  @Test
  void whatBreaksASoakThatWasOverIsNoPartOfWhatBrokeItBefore() {
    var given =
        anew(Given.NOW.minus(OLD), Duration.ofMinutes(20), 5)
            .run(it -> RunOf.overlapping(it, Duration.ofDays(7)))
            .at(Given.NOW)
            .pod(pod("api-1", OLD, readyFor(SINCE)));

    var progress = noted(given);

    assertThat(progress.unsteady())
        .contains(new Run.Unsteady("api-1", 1, 1, Optional.of(Given.NOW)));
    assertThat(progress.firstAllMovedAt()).contains(Given.NOW);
    // where nothing else is waited for, this look is the one that tells what happened in the soak
    var first = Given.NOW.minus(Given.SOAK).minus(Duration.ofMinutes(20));
    var last =
        noted(
            anew(first, Duration.ofMinutes(20), 5)
                .run(it -> RunOf.overlapping(it, Duration.ZERO))
                .at(Given.NOW)
                .pod(pod("api-1", OLD, readyFor(SINCE))));
    assertThat(last.unsteady()).contains(new Run.Unsteady("api-1", 6, 6, Optional.of(first)));
  }

  @Test
  void theGateIsClosedForAPodThatWasUnreadyInTheSoak() {
    var given = Given.soaked().pod(pod("api-3", OLD, readyFor(Duration.ofMinutes(1))));

    assertThat(closed(given))
        .hasValueSatisfying(it -> assertThat(it).contains("pod api-3 was not ready in the soak"));
    assertThat(closed(Given.soaked().pod(pod("api-3", OLD, readyFor(OLD))))).isEmpty();
  }

  private static Optional<String> closed(Given given) {
    return Gate.standard(Given.SETTINGS)
        .closedFor(given.rotation().key("1").orElseThrow(), given.seen(), given.rotation());
  }

  private Run.Progress noted(Given given) {
    var step = assertActs(given.askedOf(rules::waitForConsumers));
    assertThat(step).isInstanceOf(Step.NoteProgress.class);
    return ((Step.NoteProgress) step).progress();
  }

  private static Given soaking(boolean rolledOut) {
    return Given.published(Duration.ofHours(2))
        .workload("api", 2, rolledOut)
        .progress(1, 1, BEGAN, true);
  }

  private static Readiness readyFor(Duration time) {
    return new Readiness.Ready(Optional.of(Given.NOW.minus(time)));
  }

  private static Consumers.Pod pod(String name, Duration age, Readiness readiness) {
    return pod(name, age, Optional.of("Deployment api"), readiness, false);
  }

  private static Consumers.Pod pod(
      String name,
      Duration age,
      Optional<String> workload,
      Readiness readiness,
      boolean terminating) {
    return new Consumers.Pod(
        name,
        "uid-" + name,
        Given.NOW.minus(age),
        Optional.of(new Stamp(Given.LINEAGE, 2)),
        workload,
        Reading.TAKEN,
        Optional.empty(),
        false,
        terminating,
        Optional.empty(),
        readiness,
        false);
  }
}
