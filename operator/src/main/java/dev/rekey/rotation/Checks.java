package dev.rekey.rotation;

import java.time.Instant;
import java.util.Optional;

/**
 * What asking the issuer about a key has shown.
 *
 * @param acceptedInARow how often it was accepted since it was last rejected
 * @param acceptedAt when it was last accepted
 * @param rejectedAt when it was last rejected
 * @param deleteAskedAt when the issuer last answered a delete of it without an error
 */
public record Checks(
    int acceptedInARow,
    Optional<Instant> acceptedAt,
    Optional<Instant> rejectedAt,
    Optional<Instant> deleteAskedAt) {

  /** Nothing was asked yet. */
  public static final Checks NONE =
      new Checks(0, Optional.empty(), Optional.empty(), Optional.empty());

  /** One more acceptance. */
  public Checks accepted(Instant at) {
    return new Checks(acceptedInARow + 1, Optional.of(at), rejectedAt, deleteAskedAt);
  }

  /** A rejection: the count begins again. */
  public Checks rejected(Instant at) {
    return new Checks(0, acceptedAt, Optional.of(at), deleteAskedAt);
  }

  /**
   * The issuer says that it has deleted the key, or that there is none. What it said of the key
   * before counts no more; so what it says from now on needs no comparing of times.
   */
  public Checks deleteAsked(Instant at) {
    return new Checks(0, Optional.empty(), Optional.empty(), Optional.of(at));
  }
}
