package dev.rekey.plan;

import dev.rekey.config.Settings;
import dev.rekey.plan.Rule.Answer;
import dev.rekey.rotation.IssuerBinding;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Listing.ListedKey;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.IssuerView;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import java.util.HashSet;
import java.util.List;

/**
 * Whether the account has room for one more key: those known, those that may exist, and a new one.
 */
public final class Quota {
  private Quota() {}

  /** Whether {@code asked}, which one more key is to come from, has room for it. */
  static boolean hasRoom(IssuerView asked, Rotation ledger) {
    return !(asked instanceof IssuerView.Usable it)
        || it.capabilities().quota().isEmpty()
        || known(ledger, it.binding()) + lost(ledger, it.binding()) + 1
            <= it.capabilities().quota().getAsInt();
  }

  static Answer full(Observation seen, IssuerView asked, Rotation ledger, Settings settings) {
    var issuer = (IssuerView.Usable) asked;
    return Rule.yields(
        seen.now().plus(settings.backoff()),
        Reason.QuotaReached,
        "the quota of "
            + issuer.binding().display()
            + " is "
            + issuer.capabilities().quota().orElseThrow()
            + " keys; "
            + known(ledger, issuer.binding())
            + " are known and "
            + lost(ledger, issuer.binding())
            + " more may exist. Delete one that nobody needs, or raise the issuer's quota."
            + (ledger.attempts().stream().anyMatch(it -> it.wasNamed())
                ? " Where that is done, ask again with a new value of rekey.dev/rotate."
                : ""));
  }

  /**
   * How many keys the account holds: all that its list shows, those of other teams and expired ones
   * as well, and those of this ledger that a list which lags does not show yet.
   */
  public static int held(List<ListedKey> listed, Rotation ledger, IssuerBinding account) {
    var ids = new HashSet<>(listed.stream().map(ListedKey::id).toList());
    var unlisted =
        ledger.keys().stream()
            .filter(it -> it.issuer().isSameAccountAs(account) && it.role() != Role.CONDEMNED)
            .map(Key::id)
            .filter(it -> it.isEmpty() || ids.add(it.get()))
            .count();
    return listed.size() + (int) unlisted;
  }

  /** How many keys of the account lost attempts may have left. */
  public static int lost(Rotation ledger, IssuerBinding account) {
    return (int)
        ledger.attempts().stream().filter(it -> it.issuer().isSameAccountAs(account)).count();
  }

  private static long known(Rotation ledger, IssuerBinding account) {
    return ledger.keys().stream().filter(it -> it.issuer().isSameAccountAs(account)).count();
  }
}
