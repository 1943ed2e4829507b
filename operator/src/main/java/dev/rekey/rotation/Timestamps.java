package dev.rekey.rotation;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Times as Kubernetes writes them: RFC 3339, UTC, in whole seconds. */
public final class Timestamps {
  private Timestamps() {}

  /** The second that {@code time} lies in. */
  public static String of(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
