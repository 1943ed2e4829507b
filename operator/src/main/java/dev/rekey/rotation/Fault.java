package dev.rekey.rotation;

import java.time.Duration;
import java.util.Optional;

/**
 * Why a request to an issuer did not give what was asked for, in our own words: an answer's text
 * never goes further than the issuer's package.
 *
 * @param reason the word for it; says who must act
 * @param message what happened, without any secret
 * @param retryAfter how long the issuer asks to be left alone
 */
public record Fault(Reason reason, String message, Optional<Duration> retryAfter) {

  /** A fault after which the issuer did not say how long to wait. */
  public static Fault of(Reason reason, String message) {
    return new Fault(reason, message, Optional.empty());
  }
}
