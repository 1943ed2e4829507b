package dev.rekey.simulated;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** How far one cache of one process is behind the API server. */
final class Lag {
  private final InstantSource clock;
  private final Duration usual;
  private Instant cutAt = Instant.MIN;
  private Instant cutUntil = Instant.MIN;

  Lag(InstantSource clock, Duration usual) {
    this.clock = clock;
    this.usual = usual;
  }

  /** The watch tells nothing new for so long. */
  void cut(Duration span) {
    cutAt = visible();
    cutUntil = clock.instant().plus(span);
  }

  /** The watch tells everything again. */
  void mend() {
    cutUntil = Instant.MIN;
  }

  /** How long it takes until what happens now is told, where the watch is not cut. */
  Duration usual() {
    return usual;
  }

  /** How long it takes until what happens now is told. */
  Duration untilTold() {
    var now = clock.instant();
    return cutUntil.isAfter(now) ? Duration.between(now, cutUntil).plus(usual) : usual;
  }

  /** What has happened until then can be seen. */
  Instant visible() {
    var now = clock.instant();
    return cutUntil.isAfter(now) ? cutAt : now.minus(usual);
  }
}
