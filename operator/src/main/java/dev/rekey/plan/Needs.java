package dev.rekey.plan;

import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.Target;
import dev.rekey.rotation.Restarts;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.Terms;
import java.time.Instant;

/** What a decision about a ledger will need to know, so that nothing else is asked for. */
public final class Needs {
  private Needs() {}

  /**
   * Whether consumers matter now: while a rotation's key is in the Secret, but not before kubelets
   * have seen it, while a key that they may have seen waits for its deletion, while the resource is
   * being deleted with its keys, before a key is first published, or the Secret written, once
   * before a key is asked for, and where the Secret does not tell whether the ledger is the newest.
   * At rest, no pod is looked at.
   *
   * @param live whether ledger and Secret are as the API server has them: a cache is often behind
   *     our own write, and what consumers say of the ledger's age counts where a step is decided
   *     that cannot be undone
   */
  public static boolean consumers(
      Rotation ledger, Observation.Resource resource, Target secret, Instant now, boolean live) {
    return goesWithItsKeys(resource)
        || !follows(secret, ledger)
        || RevokeRules.anyWasShown(ledger.keys(Role.CONDEMNED))
        || (live
            && (drifted(secret, ledger)
                || unwritten(ledger)
                || deletes(ledger)
                // before a key is published or given up: a restored ledger may not know that it was
                // shown
                || unseen(ledger, now)
                || Warnings.areSought(ledger)))
        || RolloutRules.rolling(ledger)
            .map(run -> !now.isBefore(RolloutRules.settledAt(ledger, run)))
            .orElse(false);
  }

  /**
   * Which workloads are restarted: as the rotation under way says, or else as the next one will.
   */
  public static Restarts restarts(Rotation ledger, Observation.Resource resource) {
    return ledger
        .run()
        .map(Run::restarts)
        .orElseGet(() ->
            resource.terms() instanceof Observation.Read.Valid<Terms>(var terms)
                ? terms.restarts()
                : Restarts.ALL);
  }

  private static boolean unseen(Rotation ledger, Instant now) {
    boolean next = ledger.key(Role.NEXT).filter(it -> it.lastPublication().isEmpty()).isPresent();
    boolean newForm = ledger.run().map(Run::keepsKey).orElse(false);
    boolean sweeping =
        ledger.attempts().stream()
            .flatMap(it -> it.nextSweep().stream())
            .anyMatch(it -> !it.isAfter(now));
    return next || sweeping || (newForm && RolloutRules.rolling(ledger).isEmpty());
  }

  /** Whether the Secret shows the newest publication, or the one before it. */
  private static boolean follows(Target secret, Rotation ledger) {
    int newest = ledger.publicationNumber();
    return newest <= 1
        || (secret instanceof Target.Present present
            && present.lineage().equals(ledger.lineage())
            && (present.publication() == newest || present.publication() == newest - 1));
  }

  /**
   * Whether the Secret is about to be written again: a restored ledger may not know that the number
   * of that publication was given before.
   */
  private static boolean drifted(Target secret, Rotation ledger) {
    return SecretRules.shownOnPurpose(ledger)
        .filter(it -> it.writtenAt().isPresent())
        .map(it -> !(secret instanceof Target.Present present && present.shows(it)))
        .orElse(false);
  }

  /** Whether a key is about to be deleted: a restored ledger may not know that it was shown. */
  private static boolean deletes(Rotation ledger) {
    return ledger.keys(Role.CONDEMNED).stream()
        .anyMatch(it -> it.checks().deleteAskedAt().isEmpty());
  }

  /** Whether the Secret is about to be written: nobody can carry a stamp of that yet. */
  private static boolean unwritten(Rotation ledger) {
    return ledger.publication().map(it -> it.writtenAt().isEmpty()).orElse(false);
  }

  /** Whether the resource is being deleted, and its keys with it. */
  public static boolean goesWithItsKeys(Observation.Resource resource) {
    return resource.deletingSince().isPresent()
        && resource.terms() instanceof Observation.Read.Valid<Terms>(var terms)
        && terms.revokesOnDeletion();
  }
}
