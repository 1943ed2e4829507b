package dev.rekey.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.plan.Rule.Answer;
import dev.rekey.rotation.Cause;
import dev.rekey.rotation.Checks;
import dev.rekey.rotation.Consumers;
import dev.rekey.rotation.Failure;
import dev.rekey.rotation.Hindrance;
import dev.rekey.rotation.Readiness;
import dev.rekey.rotation.Reading;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.Stamp;
import dev.rekey.rotation.Verb;
import dev.rekey.rotation.WorkloadKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RollbackRulesTest {
  private static final Optional<Run.Break> UNREADY =
      Optional.of(new Run.Break("api-1", Run.Break.By.NOT_READY));
  private static final Optional<Run.Break> OLD_KEY =
      Optional.of(new Run.Break("api-2", Run.Break.By.MAY_HOLD_OLD_KEY));

  private final RollbackRules rules =
      new RollbackRules(Given.SETTINGS, new RolloutRules(Given.SETTINGS));

  @Test
  void putsTheOldKeyBackThatStillWorks() {
    assertThat(step(failing())).isEqualTo(new Step.RollBack("2", "1"));
  }

  @Test
  void asksWhetherTheOldKeyStillWorks() {
    assertThat(step(failing().checks("1", Checks.NONE))).isEqualTo(new Step.Verify("1"));
  }

  @Test
  void leavesAnOldKeyAloneThatDoesNotWork() {
    var given = failing().checks("1", Checks.NONE).failed(Verb.VERIFY, "1", Duration.ofMinutes(1));

    assertThat(asked(given)).isEqualTo(Rule.pass());
  }

  @Test
  void doesNotHappenTwice() {
    assertThat(asked(failing().run(it -> RunOf.rollback(it, Run.Rollback.DONE))))
        .isEqualTo(Rule.pass());
  }

  @Test
  void doesNotHappenUnasked() {
    assertThat(asked(failing().run(it -> RunOf.rollback(it, Run.Rollback.NEVER))))
        .isEqualTo(Rule.pass());
  }

  @Test
  void doesNotHappenWhilePodsMove() {
    assertThat(asked(failing().progress(1, 2, Duration.ofMinutes(14), false)))
        .isEqualTo(Rule.pass());
  }

  /** A soak may take longer than the progress timeout, and a new pod in it takes its time. */
  @Test
  void doesNotHappenInTheSoak() {
    assertThat(asked(failing().progress(2, 2, Duration.ofHours(1), true))).isEqualTo(Rule.pass());
  }

  /** However long the soak has lasted: the wait begins with the blip. */
  @Test
  void aBlipLateInTheSoakTakesNothingBackUnlessItLasts() {
    var blip = afterTheSoakEnded(UNREADY);

    assertThat(asked(blip)).isEqualTo(Rule.pass());
    assertThat(asked(blip.at(Given.NOW.plus(Given.PROGRESS_TIMEOUT)))).isEqualTo(Rule.pass());
    assertThat(step(verified(blip.at(Given.NOW.plus(Given.PROGRESS_TIMEOUT).plusSeconds(1)))))
        .isEqualTo(new Step.RollBack("2", "1"));
  }

  @Test
  void aPodOnTheOldKeyLateInTheSoakTakesNothingBack() {
    assertThat(asked(afterTheSoakEnded(OLD_KEY))).isEqualTo(Rule.pass());
    assertThat(asked(afterTheSoakEnded(Optional.empty()))).isEqualTo(Rule.pass());
  }

  /** A pod that crashes again and again is ready in between, and never gets anywhere. */
  @Test
  void oneThatComesAndGoesForTooLongIsTakenBackAtItsNextCrash() {
    var first = Given.NOW.minus(Given.PROGRESS_TIMEOUT).minusSeconds(1);

    assertThat(step(unsteady(first, 2))).isEqualTo(new Step.RollBack("2", "1"));
    assertThat(asked(unsteady(first, 1))).isEqualTo(Rule.pass());
    assertThat(asked(unsteady(first.plusSeconds(2), 2))).isEqualTo(Rule.pass());
  }

  /** A release that loses the stamp again and again says nothing about the new key. */
  @Test
  void podsOnTheOldKeyThatBreakTheSoakTakeNothingBackHoweverOften() {
    var first = Given.NOW.minus(Duration.ofDays(1));
    var progress =
        new Run.Progress(1, 1, first, Optional.of(first))
            .then(
                new Run.Look(2, 1, 0, Optional.empty(), OLD_KEY, true, false),
                first.plusSeconds(60))
            .then(
                new Run.Look(1, 1, 0, Optional.of(first), UNREADY, false, false),
                first.plusSeconds(120))
            .then(new Run.Look(2, 1, 0, Optional.empty(), OLD_KEY, true, false), Given.NOW);
    var given = rolling().pod(unready("api-1")).rotation(it -> it.progressed(progress));

    assertThat(progress.unsteady())
        .contains(new Run.Unsteady("api-2", 3, 1, Optional.of(first.plusSeconds(120))));
    assertThat(asked(given)).isEqualTo(Rule.pass());
    assertThat(
            step(
                given.rotation(it ->
                    it.progressed(
                        progress.then(
                            new Run.Look(2, 1, 0, Optional.empty(), UNREADY, true, false),
                            Given.NOW)))))
        .as("a pod on the new key has broken it twice")
        .isEqualTo(new Step.RollBack("2", "1"));
  }

  /** The first break by a pod on the old key does not count into how long that has gone on. */
  @Test
  void whatAPodOnTheOldKeyBrokeLongAgoMakesNoBlipsOfNowLast() {
    var first = Given.NOW.minus(Duration.ofDays(1));
    var progress =
        new Run.Progress(1, 1, first, Optional.of(first))
            .then(
                new Run.Look(2, 1, 0, Optional.empty(), OLD_KEY, true, false),
                first.plusSeconds(60))
            .then(
                new Run.Look(1, 1, 0, Optional.of(first), UNREADY, false, false),
                Given.NOW.minusSeconds(18))
            .then(new Run.Look(1, 1, 0, Optional.empty(), UNREADY, true, false), Given.NOW);

    assertThat(asked(rolling().pod(unready("api-1")).rotation(it -> it.progressed(progress))))
        .isEqualTo(Rule.pass());
  }

  /** A paused workload, one that updates on delete, one whose old pod hangs in Terminating. */
  @Test
  void podsOnTheOldKeyThatDoNotMoveTakeNothingBack() {
    var stuck = Given.PROGRESS_TIMEOUT.plusSeconds(60);

    assertThat(asked(rolling().pod("api-1", 1).progress(0, 1, stuck, false)))
        .isEqualTo(Rule.pass());
    assertThat(asked(rolling().pod("api-0", 2).pod("api-1", 1).progress(1, 2, stuck, false)))
        .isEqualTo(Rule.pass());
  }

  /** As where a paused workload goes on at last, or an old pod of a set ends that hung for long. */
  @Test
  void thePodThatMovesAfterALongWaitHasItsTimeToGetReady() {
    var stuck = Given.PROGRESS_TIMEOUT.plusSeconds(60);
    var given = rolling().pod(unready("api-0")).pod("api-1", 1).progress(0, 1, stuck, false);

    assertThat(asked(given)).isEqualTo(Rule.pass());
    assertThat(step(given.progress(1, 2, stuck, false))).isEqualTo(new Step.RollBack("2", "1"));
  }

  @Test
  void aPodOfAnotherWorkloadThatWasNotWellBeforeTakesNothingBack() {
    var given = failing().run(it -> it.wellBefore(List.of("Deployment billing")));

    assertThat(asked(given)).isEqualTo(Rule.pass());
  }

  /** As in a release that lost the stamp: its pods were on the new key all along. */
  @Test
  void whileMorePodsGetReadyThanEverARolloutIsNotStuckHoweverLongItTakes() {
    var since = Given.PROGRESS_TIMEOUT.plusSeconds(60);
    var begun = Given.NOW.minus(since);
    var given =
        rolling()
            .pod(unready("api-1"))
            .pod("api-2", 1)
            .rotation(it -> it.progressed(again(begun, 0)));
    assertThat(step(given)).isEqualTo(new Step.RollBack("2", "1"));

    var further =
        again(begun, 0)
            .then(
                new Run.Look(2, 1, 1, Optional.empty(), Optional.empty(), true, false), Given.NOW);
    assertThat(asked(given.rotation(it -> it.progressed(further))))
        .as("one more is ready that was made since")
        .isEqualTo(Rule.pass());

    var churn =
        again(begun, 1)
            .then(
                new Run.Look(2, 1, 1, Optional.empty(), Optional.empty(), true, false), Given.NOW);
    assertThat(step(given.rotation(it -> it.progressed(churn))))
        .as("another one is, where as many were before")
        .isEqualTo(new Step.RollBack("2", "1"));
  }

  /** The soak has ended then, and so many have been ready again. */
  private static Run.Progress again(Instant since, int remade) {
    return new Run.Progress(
        2,
        1,
        since,
        Optional.empty(),
        new Run.Best(1, 1),
        Optional.of(since.minusSeconds(60)),
        Optional.empty(),
        Optional.of(since),
        remade);
  }

  /** Whoever is evicted then, his successor starts on the new key. */
  @Test
  void aPodThatIsMadeInTheSoakAndNeverGetsReadyTakesTheNewKeyBack() {
    var began = Given.NOW.minus(Duration.ofHours(1));
    var soaking = new Run.Progress(2, 2, began, Optional.of(began));
    var lacking =
        soaking.then(
            new Run.Look(2, 2, 0, Optional.of(began), Optional.empty(), true, false),
            Given.NOW.minus(Given.PROGRESS_TIMEOUT).minusSeconds(1));
    var given = rolling().pod(unready("api-1")).rotation(it -> it.progressed(lacking));

    assertThat(step(given)).isEqualTo(new Step.RollBack("2", "1"));
    assertThat(asked(given.at(Given.NOW.minusSeconds(2)))).isEqualTo(Rule.pass());
  }

  /** A pod that only starts has failed nothing. */
  @Test
  void aPodThatIsOnlyJustMadeTakesNothingBackHoweverOftenOthersCameAndWent() {
    var first = Given.NOW.minus(Duration.ofHours(2));
    var given =
        rolling()
            .pod(unready("api-1"))
            .rotation(it ->
                it.progressed(
                    new Run.Progress(
                        1,
                        1,
                        Given.NOW.minusSeconds(120),
                        Optional.empty(),
                        new Run.Best(0, 1),
                        Optional.of(first),
                        Optional.of(new Run.Unsteady("api-0", 3, 3, Optional.of(first))),
                        Optional.empty(),
                        0)));

    assertThat(asked(given)).isEqualTo(Rule.pass());
  }

  /** As where a release is rolled out, or an old ReplicaSet is scaled up by hand. */
  @Test
  void whereNoPodOnTheNewKeyIsUnreadyNothingIsTakenBackHoweverOftenItWas() {
    var first = Given.NOW.minus(Duration.ofDays(1));

    assertThat(asked(progressed(rolling().pod("api-1", 2), first, 5))).isEqualTo(Rule.pass());
    assertThat(asked(progressed(rolling().pod("api-1", 1), first, 5))).isEqualTo(Rule.pass());
  }

  /** The key waits for {@code minOverlap} then, and what broke a soak long ago is over. */
  @Test
  void blipsThatAreASoakApartAreEachTheFirst() {
    var given = rolling().pod(unready("api-1"));
    var progress = new Run.Progress(1, 1, Given.NOW, Optional.of(Given.NOW));
    for (int blip = 1; blip < 5; blip++) {
      var at = Given.NOW.plus(Duration.ofDays(blip));
      progress = progress.then(new Run.Look(1, 1, 0, Optional.empty(), UNREADY, true, true), at);
      var broken = progress;
      assertThat(asked(verified(given.at(at).rotation(it -> it.progressed(broken)))))
          .as("blip " + blip)
          .isEqualTo(Rule.pass());
      progress =
          progress.then(new Run.Look(1, 1, 0, Optional.of(at), Optional.empty(), false, false), at);
    }
  }

  private static Given unsteady(Instant first, int times) {
    return progressed(rolling().pod(unready("api-1")), first, times);
  }

  private static Given rolling() {
    return Given.published(Duration.ofHours(1))
        .workload("api", 2, false)
        .run(it -> RunOf.rollback(it, Run.Rollback.ONCE).wellBefore(List.of("Deployment api")))
        .checks("1", new Checks(1, Given.at(5), Optional.empty(), Optional.empty()));
  }

  private static Consumers.Pod unready(String name) {
    return new Consumers.Pod(
        name,
        "uid-" + name,
        Given.NOW.minusSeconds(60),
        Optional.of(new Stamp(Given.LINEAGE, 2)),
        Optional.of("Deployment api"),
        Reading.TAKEN,
        Optional.empty(),
        false,
        false,
        Optional.empty(),
        new Readiness.NotReady("it crashes"),
        false);
  }

  private static Given progressed(Given given, Instant first, int times) {
    return given.rotation(it ->
        it.progressed(
            new Run.Progress(
                1,
                1,
                Given.NOW,
                Optional.empty(),
                new Run.Best(0, 1),
                Optional.of(first),
                Optional.of(new Run.Unsteady("api-1", times, times, Optional.of(first))),
                Optional.empty(),
                0)));
  }

  private static Given afterTheSoakEnded(Optional<Run.Break> broken) {
    var soaking = failing().progress(2, 2, Duration.ofHours(1), true);
    var progress =
        soaking
            .rotation()
            .run()
            .flatMap(Run::progress)
            .orElseThrow()
            .then(new Run.Look(2, 1, 0, Optional.empty(), broken, true, false), Given.NOW);
    return soaking.rotation(it -> it.progressed(progress));
  }

  private static Given verified(Given given) {
    return given.checks(
        "1",
        new Checks(
            1,
            Optional.of(given.seen().now().minusSeconds(5)),
            Optional.empty(),
            Optional.empty()));
  }

  @Test
  void doesNotHappenForAWorkloadThatWasNotWellBefore() {
    assertThat(asked(failing().run(it -> it.wellBefore(List.of("Deployment other")))))
        .isEqualTo(Rule.pass());
  }

  @Test
  void doesNotHappenOnceTheOldKeyIsCondemned() {
    assertThat(asked(failing().rotation(it -> it.condemned("1")))).isEqualTo(Rule.pass());
  }

  @Test
  void doesNotBringBackALeakedKey() {
    assertThat(asked(failing().run(Run::hurried))).isEqualTo(Rule.pass());
  }

  @Test
  void theKeyThatWasTakenBackGoesThroughTheGate() {
    var given = failing().rotation(it -> it.rolledBack("2", Given.publication(3, "1")));

    assertThat(given.rotation().key(Role.REJECTED)).map(it -> it.name()).contains("2");
    assertThat(Gate.oldKey(given.rotation())).map(it -> it.name()).contains("2");
  }

  /** Of one that was taken back: key 2, shown in publication 2; publication 3 shows key 1 again. */
  @ParameterizedTest
  @CsvSource({
    "it failed on the key taken back,           lineage1, 2, '',          3, true",
    "it is of the key before,                   lineage1, 1, '',          3, false",
    "it is of the key put back,                 lineage1, 3, '',          3, false",
    "its stamp is of another ledger,            lineage2, 2, '',          3, false",
    "it is ready,                               lineage1, 2, ready,       3, false",
    "it goes already,                           lineage1, 2, terminating, 3, false",
    "it is over,                                lineage1, 2, over,        3, false",
    "its set does not wait for it,              lineage1, 2, parallel,    3, false",
    "somebody keeps it,                         lineage1, 2, held,        3, false",
    "it comes from something else,              lineage1, 2, other,       3, false",
    "its template is that of the key taken back, lineage1, 2, '',         2, false",
  })
  void aPodThatHoldsUpItsSetIsDeleted(
      String what, String lineage, int stamp, String but, int template, boolean deleted) {
    var given = takenBack(template).pod(podOfSet(new Stamp(lineage, stamp), but));

    assertThat(given.askedOf(rules::deletePodThatHoldsUpItsSet))
        .as(what)
        .isEqualTo(
            deleted
                ? Rule.act(
                    new Step.DeletePod("queue-1", "uid-1"),
                    Reason.Rolling,
                    "deletes pod queue-1, which did not get ready on the key that was taken back:"
                        + " StatefulSet queue replaces no pod before that")
                : Rule.several(List.of()));
  }

  @Test
  void noPodIsDeletedUnlessTheKeyWasTakenBack() {
    for (var rollback : List.of(Run.Rollback.NEVER, Run.Rollback.ONCE)) {
      var given =
          Given.published(Duration.ofHours(1))
              .run(it -> RunOf.rollback(it, rollback))
              .rotation(it -> it.republished(Given.publication(3, "2")).written(Given.NOW))
              .workload(set(3))
              .pod(podOfSet(new Stamp(Given.LINEAGE, 2), ""));
      assertThat(given.askedOf(rules::deletePodThatHoldsUpItsSet)).isEqualTo(Rule.pass());
    }
  }

  @Test
  void aPodIsNotDeletedAgainAndAgain() {
    var given =
        takenBack(3)
            .pod(podOfSet(new Stamp(Given.LINEAGE, 2), ""))
            .failed(Verb.DELETE_POD, "queue-1", Duration.ofSeconds(5));

    Answers.assertYields(given.askedOf(rules::deletePodThatHoldsUpItsSet), Reason.IssuerFailed);
    assertThat(
            Answers.assertActs(
                given
                    .failed(Verb.DELETE_POD, "queue-1", Duration.ofSeconds(-5))
                    .askedOf(rules::deletePodThatHoldsUpItsSet)))
        .isInstanceOf(Step.DeletePod.class);
  }

  @Test
  void theTemplateIsStampedBeforeAPodIsDeleted() {
    var failed = podOfSet(new Stamp(Given.LINEAGE, 2), "");

    assertThat(Answers.assertActs(takenBack(2).pod(failed).plan()))
        .isInstanceOf(Step.StampWorkload.class);
    assertThat(Answers.assertActs(takenBack(3).pod(failed).plan()))
        .isEqualTo(new Step.DeletePod("queue-1", "uid-1"));
  }

  private static Given takenBack(int template) {
    return Given.published(Duration.ofHours(1))
        .run(it -> RunOf.rollback(it, Run.Rollback.ONCE))
        .rotation(
            it -> it.rolledBack("2", Given.publication(3, "1")).written(Given.NOW.minusSeconds(60)))
        .secret(Given.shows(3, "1"))
        .workload(set(template));
  }

  private static Consumers.Workload set(int stamp) {
    return new Consumers.Workload(
        new Consumers.WorkloadRef(WorkloadKind.StatefulSet, "queue", "uid-queue", "7"),
        Optional.of(new Stamp(Given.LINEAGE, stamp)),
        Reading.TAKEN,
        false,
        "1 of 2 replicas are updated, 1 available",
        true);
  }

  private static Consumers.Pod podOfSet(Stamp stamp, String but) {
    return new Consumers.Pod(
        "queue-1",
        "uid-1",
        Given.NOW.minusSeconds(60),
        Optional.of(stamp),
        Optional.of(but.equals("other") ? "StatefulSet other" : "StatefulSet queue"),
        Reading.TAKEN,
        but.equals("held")
            ? Optional.of(new Hindrance(Reason.UpdatesOnDelete, "is kept"))
            : Optional.empty(),
        but.equals("over"),
        but.equals("terminating"),
        Optional.empty(),
        but.equals("ready") ? new Readiness.Ready() : new Readiness.NotReady("it crashes"),
        !but.equals("parallel"));
  }

  @Test
  void theNextOneWaitsUnlessSomebodyAsks() {
    var due =
        Given.atRest()
            .schedule(Duration.ofDays(1), Duration.ofDays(1))
            .rotation(it ->
                it.failed(
                    new Failure(
                        Verb.MINT,
                        Given.BINDING.secret(),
                        1,
                        Given.NOW.plusSeconds(60),
                        1,
                        Reason.RolledBack,
                        Reason.RolledBack.sentence())));
    var rule = new DueRules(Given.SETTINGS);

    assertThat(due.askedOf(rule::begin)).isInstanceOf(Answer.Yields.class);
    assertThat(due.token("new").askedOf(rule::begin))
        .isInstanceOfSatisfying(
            Answer.Decides.class,
            it ->
                assertThat(((Plan.Act) it.plan()).step())
                    .isEqualTo(new Step.Begin(Cause.Requested)));
  }

  private static Given failing() {
    return rolling()
        .pod(unready("api-1"))
        .pod("api-2", 1)
        .progress(1, 2, Duration.ofMinutes(16), false);
  }

  private Answer asked(Given given) {
    return given.askedOf(rules::rollBackOnce);
  }

  private Step step(Given given) {
    return asked(given) instanceof Answer.Decides(Plan.Act act) ? act.step() : new Step.Complete();
  }
}
