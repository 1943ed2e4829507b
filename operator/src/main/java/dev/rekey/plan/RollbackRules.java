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
            .filter(it -> isStuck(seen, it))
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

  private static boolean isStuck(Observation seen, Run run) {
    return run.progress()
        .map(it -> seen.now().isAfter(it.since().plus(run.progressTimeout())))
        .orElse(false);
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
