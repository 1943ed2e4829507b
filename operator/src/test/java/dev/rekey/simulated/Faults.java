package dev.rekey.simulated;

import dev.rekey.cluster.ClusterException;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What goes wrong, drawn one by one, while anything is to go wrong at all. Each kind is counted.
 */
final class Faults {
  /** What a process's caches can be behind in. */
  static final List<Kind> LAGS =
      List.of(
          Kind.CACHE_LAGS_LEDGER,
          Kind.CACHE_LAGS_SECRET,
          Kind.CACHE_LAGS_RESOURCE,
          Kind.CACHE_LAGS_PODS,
          Kind.CACHE_LAGS_ISSUER);

  private final Dice dice;
  private final Coverage coverage;
  private int oneIn;
  private int waiting;
  private boolean issuersDown;
  private long counted;
  private long crashes;

  /** What an issuer may answer. */
  enum Answer {
    FINE,
    THROTTLED,
    REFUSED,
    FAILED,
    TIMED_OUT,
    DUPLICATED
  }

  Faults(Dice dice, Coverage coverage) {
    this.dice = dice;
    this.coverage = coverage;
  }

  /** From now on about one in so many effects goes wrong; none for 0. */
  void oneIn(int effects) {
    oneIn = effects;
  }

  /** Issuers answer nothing but errors, until they are up again. */
  void issuersDown(boolean down) {
    issuersDown = down;
  }

  /** Whether anything goes wrong at the moment. */
  boolean areAbout() {
    return oneIn > 0;
  }

  long counted() {
    return counted;
  }

  long crashes() {
    return crashes;
  }

  /** This has just gone wrong. */
  void count(Kind kind) {
    counted++;
    coverage.fault(kind);
  }

  /** The kinds of things that go wrong, as the coverage table shows them. */
  enum Kind {
    CRASH_BEFORE,
    CRASH_AFTER,
    ANSWER_LOST_BEFORE,
    ANSWER_LOST_AFTER,
    CONFLICT,
    API_UNAVAILABLE,
    ISSUER_THROTTLES,
    ISSUER_REFUSES,
    ISSUER_FAILS,
    ISSUER_TIMES_OUT,
    ISSUER_DUPLICATES_OR_LIES,
    PAUSE_BEYOND_LEASE,
    PAUSE_WITH_CLOCK_STOPPED,
    CACHE_LAGS_LEDGER,
    CACHE_LAGS_SECRET,
    CACHE_LAGS_RESOURCE,
    CACHE_LAGS_PODS,
    CACHE_LAGS_ISSUER,
    WATCH_CUT,
    EVENT_LOST,
    EVENT_DOUBLED,
    EVENT_LATE
  }

  /** What becomes of {@code effect}; a pause is not among it. */
  Optional<Mishap> of(Effect effect) {
    if (!dice.oneIn(oneIn)) {
      return Optional.empty();
    }
    var mishap =
        switch (dice.from(0, 9)) {
          case 0, 1, 2 -> Mishap.CRASH_BEFORE;
          case 3, 4, 5 -> Mishap.CRASH_AFTER;
          case 6 -> Mishap.LOST_BEFORE;
          case 7 -> Mishap.LOST_AFTER;
          default -> effect.kind().isWrite() ? Mishap.CONFLICT : Mishap.LOST_AFTER;
        };
    count(
        switch (mishap) {
          case CRASH_BEFORE -> Kind.CRASH_BEFORE;
          case CRASH_AFTER -> Kind.CRASH_AFTER;
          case LOST_BEFORE -> Kind.ANSWER_LOST_BEFORE;
          case LOST_AFTER -> Kind.ANSWER_LOST_AFTER;
          case CONFLICT -> Kind.CONFLICT;
        });
    if (mishap == Mishap.CRASH_BEFORE || mishap == Mishap.CRASH_AFTER) {
      crashes++;
    }
    return Optional.of(mishap);
  }

  /** The process ends here once in so many times, whatever else goes wrong. */
  Optional<Mishap> crash(int oneInSoMany) {
    if (!dice.oneIn(oneInSoMany)) {
      return Optional.empty();
    }
    boolean before = dice.oneIn(2);
    count(before ? Kind.CRASH_BEFORE : Kind.CRASH_AFTER);
    crashes++;
    return Optional.of(before ? Mishap.CRASH_BEFORE : Mishap.CRASH_AFTER);
  }

  /** A read of the API server may find nobody there. */
  void read(String what) {
    if (oneIn > 0 && dice.oneIn(oneIn * 6)) {
      count(Kind.API_UNAVAILABLE);
      throw new ClusterException.Unavailable(what, 503);
    }
  }

  /** What the issuer answers to a request of this kind. */
  Answer answer(Effect.Kind kind) {
    if (issuersDown) {
      return Answer.FAILED;
    }
    if (!dice.oneIn(oneIn == 0 ? 0 : Math.max(2, oneIn / 3))) {
      return Answer.FINE;
    }
    var answer =
        dice.of(
            Answer.THROTTLED,
            Answer.FAILED,
            Answer.TIMED_OUT,
            kind == Effect.Kind.MINT ? Answer.REFUSED : Answer.FAILED,
            Answer.DUPLICATED);
    if (answer == Answer.DUPLICATED && kind == Effect.Kind.VERIFY) {
      answer = Answer.FAILED;
    }
    count(
        switch (answer) {
          case THROTTLED -> Kind.ISSUER_THROTTLES;
          case REFUSED -> Kind.ISSUER_REFUSES;
          case FAILED, FINE -> Kind.ISSUER_FAILS;
          case TIMED_OUT -> Kind.ISSUER_TIMES_OUT;
          case DUPLICATED -> Kind.ISSUER_DUPLICATES_OR_LIES;
        });
    return answer;
  }

  /** Whether a key is minted that will never be accepted. */
  boolean dud() {
    boolean dud = oneIn > 0 && dice.oneIn(60);
    if (dud) {
      count(Kind.ISSUER_DUPLICATES_OR_LIES);
    }
    return dud;
  }

  /** The words for an answer that is not fine. */
  Fault fault(Answer answer) {
    return switch (answer) {
      case THROTTLED -> {
        waiting = dice.from(20, 90);
        yield new Fault(
            Reason.IssuerThrottled,
            "The issuer asks for peace.",
            Optional.of(Duration.ofSeconds(waiting)));
      }
      case REFUSED -> said(Reason.RequestRefused, "The issuer refuses.");
      case TIMED_OUT -> said(Reason.IssuerTimedOut, "The issuer did not answer in time.");
      case FAILED, DUPLICATED, FINE -> said(Reason.IssuerFailed, "The issuer failed.");
    };
  }

  private static Fault said(Reason reason, String message) {
    return Fault.of(reason, message);
  }

  /** How many seconds after its request a key comes to be that nobody waits for any more. */
  int late() {
    return dice.from(0, 20);
  }

  /** How long the last issuer that asked for peace wants it. */
  Duration peace() {
    return Duration.ofSeconds(waiting);
  }
}
