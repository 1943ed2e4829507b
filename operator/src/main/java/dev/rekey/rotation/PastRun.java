package dev.rekey.rotation;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * A rotation that is over.
 *
 * @param cause why it began
 * @param startedAt when it began
 * @param completedAt when the old key was known to be gone
 * @param keyId the id of the key that it brought
 * @param consumers how many pods it moved
 * @param leftToPerson the old key, where its id is not known and a person must delete it
 * @param rolledBack whether its key was taken back, since pods did not get ready on it
 * @param evidence on what its old key went out of use; absent where there was none, where a person
 *     named it, and in a ledger of before this was kept
 */
public record PastRun(
    Cause cause,
    Instant startedAt,
    Instant completedAt,
    Optional<String> keyId,
    int consumers,
    Optional<String> leftToPerson,
    boolean rolledBack,
    Optional<Evidence> evidence) {

  public PastRun {
    evidence = Objects.requireNonNullElse(evidence, Optional.empty());
  }

  /** One that was not taken back, and replaced no key. */
  public PastRun(
      Cause cause,
      Instant startedAt,
      Instant completedAt,
      Optional<String> keyId,
      int consumers,
      Optional<String> leftToPerson) {
    this(cause, startedAt, completedAt, keyId, consumers, leftToPerson, false, Optional.empty());
  }
}
