package dev.rekey.issuer.http;

import java.time.Duration;
import java.time.Instant;

/** So many requests a minute, and no more than a minute's at once. */
final class TokenBucket {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final Duration each;
  private final Duration atOnce;

  /** When the bucket would be full again. */
  private Instant full = Instant.MIN;

  TokenBucket(int perMinute) {
    this.each = MINUTE.dividedBy(perMinute);
    this.atOnce = MINUTE.minus(each);
  }

  /**
   * When the next request may be made. It counts as made, unless that is longer off than it may
   * wait.
   */
  synchronized Instant next(Instant now, Duration longest) {
    Instant begin = full.isAfter(now) ? full : now;
    Instant next = begin.minus(atOnce);
    if (next.isAfter(now.plus(longest))) {
      return next;
    }
    full = begin.plus(each);
    return next.isAfter(now) ? next : now;
  }
}
