package dev.rekey.issuer.http;

import dev.rekey.rotation.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Leaves an issuer alone that fails. After some failures in a row it is asked no more for a while;
 * then one request tries it, and the while doubles each time that this comes to nothing.
 */
final class Breaker {
  /** So many failures in a row are no accident. */
  static final int FAILURES = 5;

  private final Patience patience;
  private int failures;
  private Instant until = Instant.MIN;
  private boolean trying;
  private Reason last = Reason.IssuerFailed;

  /**
   * How long an issuer is left alone.
   *
   * @param first at first
   * @param longest and never longer than this, unless it asks for it
   */
  record Patience(Duration first, Duration longest) {}

  /** Why and until when it is left alone. */
  record Rest(Reason reason, Instant until) {}

  Breaker(Patience patience) {
    this.patience = patience;
  }

  /** Whether it is left alone now; where not, the one who asks makes the next request. */
  synchronized Optional<Rest> enter(Instant now) {
    Optional<Rest> rest = rest(now);
    if (rest.isEmpty() && failures >= FAILURES) {
      trying = true;
      until = now.plus(pause());
    }
    return rest;
  }

  /** Whether it is left alone now. */
  synchronized Optional<Rest> rest(Instant now) {
    return failures >= FAILURES && now.isBefore(until)
        ? Optional.of(new Rest(last, until))
        : Optional.empty();
  }

  /** A request was answered. */
  synchronized void succeeded() {
    failures = 0;
    trying = false;
  }

  /** A request came to nothing, through no fault of its own. */
  synchronized void failed(Reason reason, Instant now, Optional<Duration> asked) {
    if (failures >= FAILURES && !trying) {
      // one of those that were under way already: they tell nothing new
      return;
    }
    trying = false;
    last = reason;
    failures++;
    if (failures >= FAILURES) {
      until = now.plus(asked.filter(it -> it.compareTo(pause()) > 0).orElseGet(this::pause));
    }
  }

  private Duration pause() {
    Duration pause = patience.first();
    for (int i = FAILURES; i < failures && pause.compareTo(patience.longest()) < 0; i++) {
      pause = pause.multipliedBy(2);
    }
    return pause.compareTo(patience.longest()) > 0 ? patience.longest() : pause;
  }
}
