package dev.rekey.issuer.http;

import dev.rekey.api.v1alpha1.IssuerSpec;
import dev.rekey.api.v1alpha1.Limits;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.Reason;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Keeps Rekey from asking one issuer more than it can bear: so many requests at once, so many a
 * minute, and hardly any while it fails. What is held back was not sent.
 */
final class Restraint {
  /** Who waited no longer than this did not wait. */
  private static final Duration AT_ONCE = Duration.ofMillis(100);

  private final String host;
  private final int perMinute;
  private final int atOnce;
  private final TokenBucket bucket;
  private final Semaphore slots;
  private final Breaker breaker;
  private final InstantSource clock;
  private final Pause pause;

  /** Waits; a test need not. */
  @FunctionalInterface
  interface Pause {
    /** So long. */
    void last(Duration length) throws InterruptedException;
  }

  Restraint(
      String host, int perMinute, int atOnce, Breaker breaker, InstantSource clock, Pause pause) {
    this.host = host;
    this.perMinute = perMinute;
    this.atOnce = atOnce;
    this.bucket = new TokenBucket(perMinute);
    this.slots = new Semaphore(atOnce);
    this.breaker = breaker;
    this.clock = clock;
    this.pause = pause;
  }

  /** That of an issuer with this definition. */
  static Restraint of(
      IssuerSpec spec, String host, Breaker.Patience patience, InstantSource clock) {
    Limits limits = spec.limits();
    Integer perMinute = limits == null ? null : limits.requestsPerMinute();
    Integer concurrent = limits == null ? null : limits.concurrent();
    return new Restraint(
        host,
        perMinute == null ? Limits.DEFAULT_REQUESTS_PER_MINUTE : perMinute,
        concurrent == null ? Limits.DEFAULT_CONCURRENT : concurrent,
        new Breaker(patience),
        clock,
        length -> {
          boolean _ = new Semaphore(0).tryAcquire(length.toMillis(), TimeUnit.MILLISECONDS);
        });
  }

  /**
   * Asks in turn. Half of the time that the request has may be spent on waiting for its turn; the
   * request gets what is left.
   */
  Exchange ask(Verb verb, Duration timeout, Function<Duration, Exchange> send) {
    Instant begin = clock.instant();
    Optional<Breaker.Rest> rest = breaker.rest(begin);
    if (rest.isPresent()) {
      return leftAlone(verb, rest.get(), begin);
    }
    Duration patience = timeout.dividedBy(2);
    Instant turn = bucket.next(begin, patience);
    if (turn.isAfter(begin.plus(patience))) {
      return tooMany(verb, turn, begin);
    }
    boolean entered = false;
    try {
      if (turn.isAfter(begin)) {
        pause.last(Duration.between(begin, turn));
      }
      // the first way does not mind an interruption: it ends waiting, and here is nothing to wait
      // for
      entered =
          slots.tryAcquire()
              || slots.tryAcquire(left(begin, patience).toMillis(), TimeUnit.MILLISECONDS);
      return entered ? inside(verb, left(begin, timeout), send) : full(verb);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      return heldBack(Reason.IssuerUnreachable, verb, "Rekey is stopping", Optional.empty());
    } finally {
      if (entered) {
        slots.release();
      }
    }
  }

  /** What is left of {@code whole} since {@code begin}; a moment does not count. */
  Duration left(Instant begin, Duration whole) {
    Duration waited = Duration.between(begin, clock.instant());
    if (waited.compareTo(AT_ONCE) < 0) {
      return whole;
    }
    return waited.compareTo(whole) < 0 ? whole.minus(waited) : Duration.ZERO;
  }

  private Exchange inside(Verb verb, Duration left, Function<Duration, Exchange> send) {
    Instant now = clock.instant();
    Optional<Breaker.Rest> rest = breaker.enter(now);
    if (rest.isPresent()) {
      return leftAlone(verb, rest.get(), now);
    }
    Exchange exchange = send.apply(left);
    switch (exchange) {
      case Exchange.Answered(Answer answer) -> judge(verb, answer);
      case Exchange.NotSent(Fault fault) -> judge(fault);
      case Exchange.NoAnswer(Fault fault) -> judge(fault);
    }
    return exchange;
  }

  private void judge(Verb verb, Answer answer) {
    if (answer.status() >= 500 || answer.status() == 429) {
      breaker.failed(AnswerFaults.of(verb, answer).reason(), clock.instant(), answer.retryAfter());
    } else {
      breaker.succeeded();
    }
  }

  private void judge(Fault fault) {
    if (fault.reason() == Reason.IssuerUnreachable || fault.reason() == Reason.IssuerTimedOut) {
      breaker.failed(fault.reason(), clock.instant(), Optional.empty());
    }
  }

  private Exchange leftAlone(Verb verb, Breaker.Rest rest, Instant now) {
    return heldBack(
        rest.reason(),
        verb,
        "its last "
            + Breaker.FAILURES
            + " requests or more came to nothing, the last one with "
            + rest.reason()
            + ". Rekey leaves it alone until "
            + rest.until().truncatedTo(ChronoUnit.SECONDS)
            + " and then tries it with one request",
        Optional.of(Duration.between(now, rest.until())));
  }

  private Exchange tooMany(Verb verb, Instant turn, Instant now) {
    return heldBack(
        Reason.IssuerThrottled,
        verb,
        "Rekey makes "
            + perMinute
            + " requests a minute there, by spec.limits.requestsPerMinute, and has made them."
            + " Rekey goes on at "
            + turn.truncatedTo(ChronoUnit.SECONDS),
        Optional.of(Duration.between(now, turn)));
  }

  private Exchange full(Verb verb) {
    return heldBack(
        Reason.IssuerThrottled,
        verb,
        "Rekey makes "
            + atOnce
            + " requests at once there, by spec.limits.concurrent, and they are under way. Rekey"
            + " tries again by itself",
        Optional.empty());
  }

  private Exchange heldBack(Reason reason, Verb verb, String why, Optional<Duration> wait) {
    return new Exchange.NotSent(
        new Fault(reason, host + " was not asked to " + verb.words() + ": " + why + ".", wait));
  }
}
