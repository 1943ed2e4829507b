package dev.rekey.demo;

import java.util.List;

/**
 * What came of it, counted where it cannot be talked about: at the key service, in the Secrets, and
 * by the pods themselves.
 *
 * @param rotated Secrets that hold a new key that works
 * @param requests requests that pods have sent
 * @param failed those of them that were not answered well
 * @param leftOver working keys of ours at the service that no Secret holds
 * @param othersGone keys of other teams that do not work any more
 * @param unfinished what had not happened when the time was over
 */
record Verdict(
    int rotated,
    long requests,
    long failed,
    int leftOver,
    List<String> othersGone,
    List<String> unfinished) {

  private static final int ROTATIONS = 3;
  private static final long FEWEST_REQUESTS = 1000;

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

  /** Whether the promise was kept, and enough was tried to say so. */
  boolean good() {
    return rotated == ROTATIONS
        && failed == 0
        && leftOver == 0
        && requests >= FEWEST_REQUESTS
        && othersGone.isEmpty()
        && unfinished.isEmpty();
  }
}
