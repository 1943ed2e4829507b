package dev.rekey.plan;

import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Terms;
import java.time.Instant;

/** What a decision about a ledger will need to know, so that nothing else is asked for. */
public final class Needs {
  private Needs() {}

  /**
   * Whether consumers matter now: while a rotation's key is in the Secret, but not before kubelets
   * have seen it, while a key that they may have seen waits for its deletion, and while the
   * resource is being deleted with its keys. At rest, no pod is looked at.
   */
  public static boolean consumers(Rotation ledger, Observation.Resource resource, Instant now) {
    return goesWithItsKeys(resource)
        || RevokeRules.anyWasShown(ledger.keys(Role.CONDEMNED))
        || RolloutRules.rolling(ledger)
            .map(run -> !now.isBefore(RolloutRules.settledAt(ledger, run)))
            .orElse(false);
  }

  private static boolean goesWithItsKeys(Observation.Resource resource) {
    return resource.deletingSince().isPresent()
        && resource.terms() instanceof Observation.Read.Valid<Terms>(var terms)
        && terms.revokesOnDeletion();
  }
}
