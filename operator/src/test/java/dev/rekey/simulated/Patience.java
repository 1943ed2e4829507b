package dev.rekey.simulated;

import dev.rekey.config.Settings;
import java.time.Duration;

/** The standard settings, with one of them changed. */
final class Patience {
  private Patience() {}

  static Settings acceptedInARow(Settings from, int times) {
    return changed(from, times, from.lateness(), from.backoff());
  }

  static Settings lateness(Settings from, Duration lateness) {
    return changed(from, from.acceptedInARow(), lateness, from.backoff());
  }

  static Settings backoff(Settings from, Duration backoff) {
    return changed(from, from.acceptedInARow(), from.lateness(), backoff);
  }

  static Settings kubeletRefresh(Settings from, Duration kubeletRefresh) {
    return changed(from, from.acceptedInARow(), from.lateness(), from.backoff(), kubeletRefresh);
  }

  private static Settings changed(
      Settings from, int acceptedInARow, Duration lateness, Duration backoff) {
    return changed(from, acceptedInARow, lateness, backoff, from.kubeletRefresh());
  }

  private static Settings changed(
      Settings from,
      int acceptedInARow,
      Duration lateness,
      Duration backoff,
      Duration kubeletRefresh) {
    return new Settings(
        acceptedInARow,
        from.verifyPause(),
        from.verifyDeadline(),
        from.freshness(),
        lateness,
        from.sweeps(),
        from.clockDoubt(),
        from.look(),
        from.heldLook(),
        from.cacheLag(),
        from.unverifiedSoak(),
        backoff,
        from.backoffCeiling(),
        from.idleLook(),
        from.rollbackPause(),
        from.deletionDeadline(),
        kubeletRefresh,
        from.rolloutsAtOnce(),
        from.wave());
  }
}
