package dev.rekey.cluster.fabric8;

import java.time.Duration;
import java.time.Instant;

/**
 * How it is with a watch that does not watch: whether it is only a moment without one, when it is
 * begun anew, and whether a person was told. Forgotten as soon as it watches. Not safe for several
 * threads.
 */
final class WatchHealth {
  /** A watch that breaks off is begun anew by itself; so long it may take. */
  static final Duration GAP = Duration.ofSeconds(10);

  /** What was refused is tried again this often, and what fails in the end. */
  static final Duration RARELY = Duration.ofMinutes(1);

  /** After a first failure; doubled each time. */
  private static final Duration PAUSE = Duration.ofSeconds(2);

  /** So often it may fail before a person is told. */
  private static final int QUIETLY = 3;

  private static final int MOST = 10;

  private int failures;
  private Instant notBefore = Instant.MIN;
  private Instant silentSince = Instant.MAX;
  private boolean told;

  /** Whether it may be begun. */
  boolean mayBegin(Instant now) {
    return !now.isBefore(notBefore);
  }

  /** It could not be begun, or has ended. */
  void failed(boolean refused, Instant now) {
    failures = Math.min(refused ? MOST : failures + 1, MOST);
    var pause = PAUSE.multipliedBy(1L << (failures - 1));
    notBefore = now.plus(pause.compareTo(RARELY) > 0 ? RARELY : pause);
    silentSince = Instant.MAX;
  }

  /** Whether what it has told still counts, though it does not watch at this moment. */
  boolean isTrustedThoughSilent(Instant now) {
    if (silentSince.equals(Instant.MAX)) {
      silentSince = now;
    }
    return now.isBefore(silentSince.plus(GAP));
  }

  /** Whether a person is to be told now that it does not work; once, until it does. */
  boolean tellsOfTrouble(Instant now) {
    boolean trouble =
        failures >= QUIETLY
            || (!silentSince.equals(Instant.MAX) && !now.isBefore(silentSince.plus(GAP)));
    boolean tells = trouble && !told;
    told |= tells;
    return tells;
  }

  /** Whether a person was told, who is to hear that it works again. */
  boolean wasTold() {
    return told;
  }
}
