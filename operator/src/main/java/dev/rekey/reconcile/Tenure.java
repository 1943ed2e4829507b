package dev.rekey.reconcile;

import java.time.Duration;
import java.time.Instant;

/**
 * Until when a lease is surely ours, counted from its last renewal. Two clocks must both agree: the
 * monotonic one, which nobody can set, and the wall clock, which goes on while the whole machine is
 * suspended. One renewal is never believed twice: seen again later, it has grown older by as much,
 * even where the wall clock was set back in between.
 */
final class Tenure {
  private final Duration length;
  private Instant renewal = Instant.MIN;
  private long firstSeen;
  private volatile Held held = new Held(Long.MIN_VALUE, Instant.MIN);

  private record Held(long nanos, Instant wall) {}

  /** A tenure that lasts this long from each renewal. */
  Tenure(Duration length) {
    this.length = length;
  }

  /** Begins at this moment, as if it were over: nothing was read yet. */
  void begin(long nanos, Instant wall) {
    held = new Held(nanos, wall);
  }

  /**
   * The lease was read, and was ours.
   *
   * @param renewed when it was renewed, by the wall clock
   * @param nanos the monotonic clock before the reading began
   * @param wall the wall clock before the reading began
   */
  void seen(Instant renewed, long nanos, Instant wall) {
    if (!renewed.equals(renewal)) {
      renewal = renewed;
      firstSeen = nanos;
    }
    long age = Math.max(Duration.between(renewed, wall).toNanos(), nanos - firstSeen);
    long left = length.toNanos() - Math.max(0, age);
    held = new Held(nanos + left, wall.plusNanos(left));
  }

  /** Whether it surely goes on. */
  boolean holds(long nanos, Instant wall) {
    var until = held;
    return nanos - until.nanos() < 0 && wall.isBefore(until.wall());
  }

  /** Whether it is over by the monotonic clock alone. */
  boolean isOver(long nanos) {
    return nanos - held.nanos() >= 0;
  }
}
