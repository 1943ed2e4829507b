package dev.rekey.plan;

import dev.rekey.rotation.Restarts;
import dev.rekey.rotation.Run;
import java.time.Duration;

/** A run that was begun with other terms. */
final class RunOf {
  private RunOf() {}

  static Run rollback(Run it, Run.Rollback rollback) {
    return of(it, it.minOverlap(), rollback, it.restarts());
  }

  static Run overlapping(Run it, Duration minOverlap) {
    return of(it, minOverlap, it.rollback(), it.restarts());
  }

  static Run restarting(Run it, Restarts restarts) {
    return of(it, it.minOverlap(), it.rollback(), restarts);
  }

  private static Run of(Run it, Duration minOverlap, Run.Rollback rollback, Restarts restarts) {
    return new Run(
        it.sequence(),
        it.cause(),
        it.startedAt(),
        it.issuer(),
        it.data(),
        it.settle(),
        it.soak(),
        it.progressTimeout(),
        it.attempts(),
        it.keyName(),
        it.progress(),
        minOverlap,
        rollback,
        it.healthyBefore(),
        it.shownAt(),
        it.dataBefore(),
        restarts,
        it.shownIn(),
        it.foreseen(),
        it.evidence());
  }
}
