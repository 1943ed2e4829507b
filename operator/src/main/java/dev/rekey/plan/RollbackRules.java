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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Taking a new key back on which pods do not get ready: {@code onFailure: Rollback}. */
final class RollbackRules {
  private final Settings settings;
  private final RolloutRules rollout;

  RollbackRules(Settings settings, RolloutRules rollout) {
    this.settings = settings;
    this.rollout = rollout;
  }

  /**
   * Once for each rotation, and never after the old key was condemned: a workload that was well
   * before is not well now, a pod on the new key does not get ready, nothing has moved for the
   * progress timeout, and the old key works.
   */
  Answer rollBackOnce(Observation seen, Rotation ledger) {
    var run =
        RolloutRules.rolling(ledger)
            .filter(it -> it.rollback() == Run.Rollback.ONCE && it.cause() != Cause.Leaked)
            .orElse(null);
    var old = Gate.oldKey(ledger).filter(it -> it.role() == Role.CURRENT).orElse(null);
    var next = ledger.key(Role.NEXT).orElse(null);
    if (run == null || old == null || next == null || !mayServeAgain(seen, old)) {
      return Rule.pass();
    }
    var failing = failing(seen, ledger, run);
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
   * The workload that was well before and has a pod on the new key that does not get ready, where
   * nothing was reached for long, or where that has happened again and again, and for long. Who may
   * still hold the old key says nothing about the new one.
   */
  private Optional<String> failing(Observation seen, Rotation ledger, Run run) {
    var progress = run.progress().orElse(null);
    if (progress == null || !(seen.consumers() instanceof Consumers.Seen consumers)) {
      return Optional.empty();
    }
    boolean soaks = progress.allMovedAt().isPresent() && progress.lackingSince().isEmpty();
    if (!soaks && rollout.isStuck(seen, consumers, ledger, run)) {
      return failing(consumers, consumers.pods(), seen, ledger, run);
    }
    // who is only just made has his time to get ready
    return progress.allMovedAt().isEmpty()
            && RolloutRules.failsAgainAndAgain(seen, ledger, run, settings)
        ? failing(
            consumers,
            consumers.pods().stream().filter(it -> !it.isNewerThan(progress.since())).toList(),
            seen,
            ledger,
            run)
        : Optional.empty();
  }

  private Optional<String> failing(
      Consumers.Seen consumers,
      List<Consumers.Pod> pods,
      Observation seen,
      Rotation ledger,
      Run run) {
    return consumers.workloads().stream()
        .filter(
            it -> run.healthyBefore().map(well -> well.contains(it.ref().display())).orElse(false))
        .filter(it -> {
          var alone = new Consumers.Seen(List.of(it), pods);
          return !Standing.of(alone, ledger, run, seen.now(), settings).unready().isEmpty();
        })
        .map(it -> it.ref().display())
        .findFirst();
  }

  /** A key of unknown value cannot be written, and one that expires is no way back. */
  private static boolean mayServeAgain(Observation seen, Key old) {
    return !old.fields().isEmpty() && old.expiresAt().map(seen.now()::isBefore).orElse(true);
  }
}
