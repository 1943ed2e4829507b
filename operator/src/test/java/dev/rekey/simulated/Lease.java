package dev.rekey.simulated;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Who leads. A process that runs renews all the time; one that is paused does not, and neither does
 * one that is dead.
 */
final class Lease {
  /** After this long without a renewal somebody else takes it. */
  static final Duration DURATION = Duration.ofSeconds(15);

  /** After this long without a renewal its holder stops working. */
  static final Duration BELIEF = Duration.ofSeconds(10);

  private Optional<Replica> holder = Optional.empty();
  private Optional<Instant> lastRenewed = Optional.empty();

  Optional<Replica> holder() {
    return holder;
  }

  boolean isHeldBy(Replica replica) {
    return holder.equals(Optional.of(replica));
  }

  /** {@code replica} leads from now on. */
  void take(Replica replica) {
    holder = Optional.of(replica);
    lastRenewed = Optional.empty();
  }

  /** Its holder does not renew any more; it last did at {@code at}. */
  void falters(Instant at) {
    lastRenewed = Optional.of(at);
  }

  /** Its holder renews again. */
  void recovers() {
    lastRenewed = Optional.empty();
  }

  /** Its holder gives it up. */
  void release() {
    holder = Optional.empty();
    lastRenewed = Optional.empty();
  }

  /** When somebody else may take it. */
  Instant freeAt(Instant now) {
    return holder.isEmpty() ? now : lastRenewed.map(it -> it.plus(DURATION)).orElse(Instant.MAX);
  }

  /** Whether {@code replica} may believe at {@code now} that it leads. */
  boolean mayWork(Replica replica, Instant now) {
    return isHeldBy(replica) && lastRenewed.map(it -> now.isBefore(it.plus(BELIEF))).orElse(true);
  }
}
