package dev.rekey.plan;

import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.Target;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Terms;
import java.time.Instant;

/** What a decision about a ledger will need to know, so that nothing else is asked for. */
public final class Needs {
  private Needs() {}

  /**
   * Whether consumers matter now: while a rotation's key is in the Secret, but not before kubelets
   * have seen it, while a key that they may have seen waits for its deletion, while the resource is
   * being deleted with its keys, and where the Secret does not tell whether the ledger is the
   * newest. At rest, no pod is looked at.
   */
  public static boolean consumers(
      Rotation ledger, Observation.Resource resource, Target secret, Instant now) {
    return goesWithItsKeys(resource)
        || !follows(secret, ledger)
        || RevokeRules.anyWasShown(ledger.keys(Role.CONDEMNED))
        // a restored ledger may not know of a key that it has been shown
        || (resource.deletingSince().isPresent() && ledger.key(Role.NEXT).isPresent())
        || RolloutRules.rolling(ledger)
            .map(run -> !now.isBefore(RolloutRules.settledAt(ledger, run)))
            .orElse(false);
  }

  /** Whether the Secret shows the newest publication, or the one before it. */
  private static boolean follows(Target secret, Rotation ledger) {
    int newest = ledger.publicationNumber();
    return newest <= 1
        || (secret instanceof Target.Present present
            && present.lineage().equals(ledger.lineage())
            && (present.publication() == newest || present.publication() == newest - 1));
  }

  private static boolean goesWithItsKeys(Observation.Resource resource) {
    return resource.deletingSince().isPresent()
        && resource.terms() instanceof Observation.Read.Valid<Terms>(var terms)
        && terms.revokesOnDeletion();
  }
}
