package dev.rekey.demo;

import java.util.List;
import java.util.Optional;

/**
 * Whether the promise was kept.
 *
 * @param rotated how many Secrets hold a new key that works
 * @param requests how many requests the pods have sent
 * @param failed how many of them were not answered well
 * @param leftOver how many working keys of ours the service has beyond those that a Secret holds
 * @param othersDead keys of other teams that do not work any more
 * @param missing what had not happened when the time was over
 */
record Verdict(
    int rotated,
    long requests,
    long failed,
    int leftOver,
    List<String> othersDead,
    Optional<String> missing) {

  /** Fewer requests than this prove nothing. */
  static final long FEWEST_REQUESTS = 1000;

  private static final int ROTATIONS = 3;

  /** The last line. */
  String line() {
    return "rotated "
        + rotated
        + " keys; "
        + failed
        + " of "
        + requests
        + " requests failed; "
        + leftOver
        + " keys left over";
  }

  /** Whether it was kept, and enough was tried to say so. */
  boolean good() {
    return rotated == ROTATIONS
        && failed == 0
        && leftOver == 0
        && requests >= FEWEST_REQUESTS
        && othersDead.isEmpty()
        && missing.isEmpty();
  }
}
