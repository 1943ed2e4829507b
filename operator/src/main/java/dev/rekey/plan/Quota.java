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
import dev.rekey.rotation.Run;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Whether the account has room for one more key: those known, those that may exist, and a new one.
 */
public final class Quota {
  private Quota() {}

  static boolean hasRoom(Observation seen, Rotation ledger) {
    var quota = of(seen, ledger);
    return quota.isEmpty() || known(seen, ledger) + lost(seen, ledger) + 1 <= quota.getAsInt();
  }

  static Answer full(Observation seen, Rotation ledger, Settings settings) {
    return Rule.yields(
        seen.now().plus(settings.backoff()),
        Reason.QuotaReached,
        "the issuer's quota is "
            + of(seen, ledger).orElseThrow()
            + " keys; "
            + known(seen, ledger)
            + " are known and "
            + lost(seen, ledger)
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

  private static long known(Observation seen, Rotation ledger) {
    return asked(seen, ledger)
        .map(it ->
            ledger.keys().stream()
                .filter(key -> key.issuer().isSameAccountAs(it.binding()))
                .count())
        .orElse(0L);
  }

  private static int lost(Observation seen, Rotation ledger) {
    return asked(seen, ledger).map(it -> lost(ledger, it.binding())).orElse(0);
  }

  /** The issuer that is asked for the next key: of the rotation under way, where there is one. */
  private static Optional<IssuerView.Usable> asked(Observation seen, Rotation ledger) {
    var view = ledger.run().map(Run::issuer).map(seen::issuerOf).orElseGet(seen::issuer);
    return view instanceof IssuerView.Usable usable ? Optional.of(usable) : Optional.empty();
  }

  private static OptionalInt of(Observation seen, Rotation ledger) {
    return asked(seen, ledger).map(it -> it.capabilities().quota()).orElseGet(OptionalInt::empty);
  }
}
