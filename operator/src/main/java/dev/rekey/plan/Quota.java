package dev.rekey.plan;

import dev.rekey.config.Settings;
import dev.rekey.plan.Rule.Answer;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.IssuerView;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Rotation;
import java.util.OptionalInt;

/**
 * Whether the account has room for one more key: those known, those that may exist, and a new one.
 */
final class Quota {
  private Quota() {}

  static boolean hasRoom(Observation seen, Rotation ledger) {
    var quota = of(seen);
    return quota.isEmpty()
        || ledger.keys().size() + ledger.attempts().size() + 1 <= quota.getAsInt();
  }

  static Answer full(Observation seen, Rotation ledger, Settings settings) {
    return Rule.yields(
        seen.now().plus(settings.backoff()),
        Reason.QuotaReached,
        "the issuer's quota is "
            + of(seen).orElseThrow()
            + " keys; "
            + ledger.keys().size()
            + " are known and "
            + ledger.attempts().size()
            + " more may exist. Delete one that nobody needs, or raise the issuer's quota.");
  }

  private static OptionalInt of(Observation seen) {
    return seen.issuer() instanceof IssuerView.Usable usable
        ? usable.capabilities().quota()
        : OptionalInt.empty();
  }
}
