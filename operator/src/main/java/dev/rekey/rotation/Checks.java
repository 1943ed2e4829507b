package dev.rekey.rotation;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What asking the issuer about a key has shown.
 *
 * @param acceptedInARow how often it was accepted since it was last rejected
 * @param acceptedAt when it was last accepted
 * @param rejectedAt when it was last rejected
 * @param deleteAskedAt when the issuer last answered a delete of it without an error
 * @param deleteNotAfter until when a delete of it that had no clear answer may still reach the
 *     issuer; only kept where the issuer may give its id to another key
 */
public record Checks(
    int acceptedInARow,
    Optional<Instant> acceptedAt,
    Optional<Instant> rejectedAt,
    Optional<Instant> deleteAskedAt,
    Optional<Instant> deleteNotAfter) {

  /** A key that works for longer after its deletion was not deleted. */
  public static final Duration DELETE_BITES_WITHIN = Duration.ofMinutes(5);

  /** Nothing was asked yet. */
  public static final Checks NONE =
      new Checks(0, Optional.empty(), Optional.empty(), Optional.empty());

  public Checks {
    // a ledger that was written before this was kept
    deleteNotAfter = Objects.requireNonNullElse(deleteNotAfter, Optional.empty());
  }

  /** Those of a key of which no delete is on its way. */
  public Checks(
      int acceptedInARow,
      Optional<Instant> acceptedAt,
      Optional<Instant> rejectedAt,
      Optional<Instant> deleteAskedAt) {
    this(acceptedInARow, acceptedAt, rejectedAt, deleteAskedAt, Optional.empty());
  }

  /** One more acceptance. */
  public Checks accepted(Instant at) {
    return new Checks(
        acceptedInARow + 1, Optional.of(at), rejectedAt, deleteAskedAt, deleteNotAfter);
  }

  /** A rejection: the count begins again. */
  public Checks rejected(Instant at) {
    return new Checks(0, acceptedAt, Optional.of(at), deleteAskedAt, deleteNotAfter);
  }

  /** A delete is about to be sent, and may arrive until then. Never sooner than an earlier one. */
  public Checks deleting(Instant notAfter) {
    var latest = deleteNotAfter.filter(it -> it.isAfter(notAfter)).orElse(notAfter);
    return new Checks(acceptedInARow, acceptedAt, rejectedAt, deleteAskedAt, Optional.of(latest));
  }

  /**
   * The issuer says that it has deleted the key, or that there is none. What it said of the key
   * before counts no more; so what it says from now on needs no comparing of times.
   */
  public Checks deleteAsked(Instant at) {
    return new Checks(0, Optional.empty(), Optional.empty(), Optional.of(at), deleteNotAfter);
  }

  /** The same, where {@code earlier} deletes may still be on their way, and this one is not. */
  public Checks deleteAsked(Instant at, Optional<Instant> earlier) {
    return new Checks(0, Optional.empty(), Optional.empty(), Optional.of(at), earlier);
  }
}
