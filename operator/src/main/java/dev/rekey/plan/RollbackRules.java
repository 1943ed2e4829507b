package dev.rekey.plan;

import dev.rekey.config.Settings;
import dev.rekey.plan.Rule.Answer;
import dev.rekey.rotation.Cause;
import dev.rekey.rotation.Consumers;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.Verb;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;

/** Taking a new key back on which pods do not get ready: {@code onFailure: Rollback}. */
final class RollbackRules {
  private final Settings settings;

  RollbackRules(Settings settings) {
    this.settings = settings;
  }

  /**
   * Once for each rotation, and never after the old key was condemned: a workload that was well
   * before is not well now, nothing has moved for the progress timeout, and the old key works.
   */
  Answer rollBackOnce(Observation seen, Rotation ledger) {
    var run =
        RolloutRules.rolling(ledger)
            .filter(it -> it.rollback() == Run.Rollback.ONCE && it.cause() != Cause.Leaked)
            .filter(it -> isStuck(seen, ledger, it))
            .orElse(null);
    var old = Gate.oldKey(ledger).filter(it -> it.role() == Role.CURRENT).orElse(null);
    var next = ledger.key(Role.NEXT).orElse(null);
    if (run == null || old == null || next == null || !mayServeAgain(seen, old)) {
      return Rule.pass();
    }
    var failing = failing(seen, run);
    if (failing.isEmpty()) {
      return Rule.pass();
    }
    if (!Gate.acceptedLately(seen, old, settings.freshness())) {
      return Pauses.isOn(seen, ledger.failure(Verb.VERIFY, old.name()))
          ? Rule.pass()
          : Rule.act(
              new Step.Verify(old.name()),
              Reason.RollingBack,
              "shows the old key, " + old.display() + ", to its issuer before it is put back");
    }
    return Rule.act(
        new Step.RollBack(next.name(), old.name()),
        Reason.RollingBack,
        failing.get()
            + " was well before and does not get ready on the new key; the old one, "
            + old.display()
            + ", is written to Secret "
            + ledger.binding().secret()
            + " again");
  }

  /**
   * Kubernetes replaces no pod of an ordered StatefulSet while one of its pods is not ready, not
   * even that one: what failed on the key that was taken back would hold up the way back for ever.
   */
  Answer deletePodThatHoldsUpItsSet(Observation seen, Rotation ledger) {
    var run =
        RolloutRules.rolling(ledger).filter(it -> it.rollback() == Run.Rollback.DONE).orElse(null);
    if (run == null || !(seen.consumers() instanceof Consumers.Seen consumers)) {
      return Rule.pass();
    }
    var answers = new ArrayList<Answer>();
    for (var pod : consumers.pods()) {
      if (!failedOnTheKeyTakenBack(pod, run, ledger) || !isMadeAgain(pod, consumers, ledger)) {
        continue;
      }
      var pause = ledger.failure(Verb.DELETE_POD, pod.name());
      if (Pauses.isOn(seen, pause)) {
        answers.add(Pauses.yieldTo(pause.orElseThrow()));
        continue;
      }
      return Rule.act(
          new Step.DeletePod(pod.name(), pod.uid()),
          Reason.Rolling,
          "deletes pod "
              + pod.name()
              + ", which did not get ready on the key that was taken back: "
              + pod.workload().orElse("its StatefulSet")
              + " replaces no pod before that");
    }
    return Rule.several(answers);
  }

  private static boolean failedOnTheKeyTakenBack(Consumers.Pod pod, Run run, Rotation ledger) {
    return pod.holdsUpItsSet()
        && pod.whyNotReady().isPresent()
        && pod.stamp()
            .filter(it -> it.lineage().equals(ledger.lineage()))
            .filter(it -> it.publication() < ledger.publicationNumber())
            .flatMap(it -> run.shownIn().filter(taken -> taken.include(it)))
            .isPresent();
  }

  /** Whether the one that is made in its place starts on the old key: nothing else is worth it. */
  private static boolean isMadeAgain(Consumers.Pod pod, Consumers.Seen consumers, Rotation ledger) {
    return pod.hindrance().isEmpty()
        && consumers.workloads().stream()
            .filter(it -> pod.workload().equals(Optional.of(it.ref().display())))
            .anyMatch(it -> it.carries(ledger.stamp()));
  }

  /**
   * Nothing was reached for long, and not all have moved: a soak may take longer than that. Or one
   * on the new key is not ready once more.
   */
  private boolean isStuck(Observation seen, Rotation ledger, Run run) {
    return run.progress()
        .filter(it -> it.allMovedAt().isEmpty())
        .map(it ->
            RolloutRules.hasStalled(
                    seen, run, RolloutRules.lastMove(seen, ledger, run, it.since(), settings))
                || (RolloutRules.failsAgainAndAgain(seen, ledger, run, settings)
                    && isUnready(seen, ledger, run)))
        .orElse(false);
  }

  /** One that was there when the soak ended; who is only just made has his time to get ready. */
  private boolean isUnready(Observation seen, Rotation ledger, Run run) {
    if (!(seen.consumers() instanceof Consumers.Seen consumers)) {
      return false;
    }
    var since = run.progress().map(Run.Progress::since).orElse(Instant.MAX);
    var before =
        new Consumers.Seen(
            consumers.workloads(),
            consumers.pods().stream().filter(it -> !it.isNewerThan(since)).toList());
    return !Standing.of(before, ledger, run, seen.now(), settings).unready().isEmpty();
  }

  /** A key of unknown value cannot be written, and one that expires is no way back. */
  private static boolean mayServeAgain(Observation seen, Key old) {
    return !old.fields().isEmpty() && old.expiresAt().map(seen.now()::isBefore).orElse(true);
  }

  private static Optional<String> failing(Observation seen, Run run) {
    return seen.consumers() instanceof Consumers.Seen consumers
        ? consumers.workloads().stream()
            .filter(it -> !it.rolledOut())
            .map(it -> it.ref().display())
            .filter(it -> run.healthyBefore().map(well -> well.contains(it)).orElse(false))
            .findFirst()
        : Optional.empty();
  }
}
