package dev.rekey.issuer.http;

import dev.rekey.config.Spans;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.Reason;

/** What an answer means that is not the one hoped for: by its status alone, in our own words. */
final class AnswerFaults {
  private AnswerFaults() {}

  /**
   * Whether the issuer certainly did nothing. A conflict may mean that it already happened, a
   * time-out or a server error that it happened anyway, and some services answer a redirect after
   * they did what was asked.
   */
  static boolean definite(int status) {
    return switch (status) {
      case 408, 409, 499 -> false;
      case 301, 307, 308 -> true;
      default -> status >= 400 && status < 500;
    };
  }

  /** Why an answer that is no success is none. */
  static Fault of(Verb verb, Answer answer) {
    String begin = "The issuer, asked to " + verb.words() + ", answered with status ";
    int status = answer.status();
    return switch (status) {
      case 401, 403 ->
          Fault.of(
              Reason.CredentialRefused,
              begin
                  + status
                  + ": it refuses Rekey's credential. Put a working one into the Secret that"
                  + " spec.http.auth names.");
      case 429 -> throttled(begin, answer);
      case 408 -> fault(Reason.IssuerTimedOut, begin + "408. Rekey tries again by itself.", answer);
      case 409 -> conflict(verb, answer);
      default -> {
        if (status >= 500) {
          yield fault(
              Reason.IssuerFailed, begin + status + ". Rekey tries again by itself.", answer);
        }
        if (status >= 400) {
          yield Fault.of(
              Reason.RequestRefused,
              begin
                  + status
                  + ": it refuses the request. Compare "
                  + verb.path()
                  + " with the issuer's documentation.");
        }
        if (status >= 300) {
          yield Fault.of(
              Reason.RequestRefused,
              begin
                  + status
                  + ", a redirect, and Rekey follows none. Put the right address into"
                  + " spec.http.url.");
        }
        yield notUnderstood(verb, answer, "it is no success by " + verb.path() + ".success");
      }
    };
  }

  /** What was asked for is there already. */
  static Fault conflict(Verb verb, Answer answer) {
    return Fault.of(
        Reason.RequestRefused,
        "The issuer, asked to "
            + verb.words()
            + ", answered with status "
            + answer.status()
            + ": it conflicts with something that is there already. Look at the issuer's keys.");
  }

  /** An answer that does not fit the definition. */
  static Fault notUnderstood(Verb verb, Answer answer, String what) {
    return Fault.of(
        Reason.AnswerNotUnderstood,
        "The issuer, asked to "
            + verb.words()
            + ", gave an answer (status "
            + answer.status()
            + ") that is not understood: "
            + what
            + ". Compare "
            + verb.path()
            + " with the issuer's documentation.");
  }

  private static Fault throttled(String begin, Answer answer) {
    String wait =
        answer
            .retryAfter()
            .map(it -> "Rekey waits " + Spans.format(it) + ", as it asks for.")
            .orElse("Rekey waits and tries again by itself.");
    return fault(
        Reason.IssuerThrottled, begin + "429: it asks for fewer requests. " + wait, answer);
  }

  private static Fault fault(Reason reason, String message, Answer answer) {
    return new Fault(reason, message, answer.retryAfter());
  }
}
