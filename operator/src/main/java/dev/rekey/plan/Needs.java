package dev.rekey.plan;

import dev.rekey.rotation.Rotation;
import java.time.Instant;

/** What a decision about a ledger will need to know, so that nothing else is asked for. */
public final class Needs {
  private Needs() {}

  /**
   * Whether consumers matter now: only while a rotation's key is in the Secret, and not before
   * kubelets have seen it. At rest, no pod is looked at.
   */
  public static boolean consumers(Rotation ledger, Instant now) {
    return RolloutRules.rolling(ledger)
        .map(run -> !now.isBefore(RolloutRules.settledAt(ledger, run)))
        .orElse(false);
  }
}
