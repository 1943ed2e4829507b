package dev.rekey.plan;

import dev.rekey.rotation.Attempt;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Run;

/** What an issuer is still needed for. */
public final class IssuerNeeds {
  private IssuerNeeds() {}

  /**
   * Whether something of this ledger is unfinished at the issuer. Its address does not count: an
   * issuer whose address was changed is kept as well, so that it can be changed back.
   *
   * @param uid the issuer's UID
   * @param givesKeys whether it may still give a new key; one that is being deleted does not, so a
   *     rotation that has none yet owes it nothing
   * @param revokes whether the key in use is to be deleted with its resource
   */
  public static boolean has(String uid, boolean givesKeys, Rotation ledger, boolean revokes) {
    return ledger.attempts().stream()
            .filter(it -> it.issuer().uid().equals(uid))
            .anyMatch(IssuerNeeds::isAwaited)
        || ledger.run().map(it -> isNeededBy(it, uid, givesKeys)).orElse(false)
        || ledger.keys().stream()
            .filter(it -> it.issuer().uid().equals(uid))
            .anyMatch(it -> isUnfinished(it, uid, givesKeys, ledger, revokes));
  }

  private static boolean isAwaited(Attempt attempt) {
    return attempt.state() != Attempt.State.LOST || attempt.nextSweep().isPresent();
  }

  private static boolean isNeededBy(Run run, String uid, boolean givesKeys) {
    return run.issuer().uid().equals(uid) && (run.keyName().isPresent() || givesKeys);
  }

  private static boolean isUnfinished(
      Key key, String uid, boolean givesKeys, Rotation ledger, boolean revokes) {
    return switch (key.role()) {
      case NEXT, REJECTED, CONDEMNED -> true;
      case RETIRED -> false;
      // the rotation under way will delete it, unless it waits for a key that never comes
      case CURRENT ->
          revokes
              || ledger
                  .run()
                  .map(it -> !it.issuer().uid().equals(uid) || isNeededBy(it, uid, givesKeys))
                  .orElse(false);
    };
  }
}
