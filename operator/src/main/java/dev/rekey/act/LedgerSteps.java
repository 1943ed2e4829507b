package dev.rekey.act;

import dev.rekey.ledger.LedgerStore;
import dev.rekey.plan.Plan;
import dev.rekey.rotation.Binding;
import dev.rekey.rotation.Cause;
import dev.rekey.rotation.IssuerBinding;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.IssuerView;
import dev.rekey.rotation.Observation.Read;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.Terms;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** How a ledger comes to be, and how a rotation is begun in it. */
public final class LedgerSteps {
  private final LedgerStore ledgers;
  private final RandomGenerator random;

  /** Steps on {@code ledgers}. */
  public LedgerSteps(LedgerStore ledgers, RandomGenerator random) {
    this.ledgers = ledgers;
    this.random = random;
  }

  Outcome start(Observation seen, Plan.Act plan) {
    var resource = seen.resource();
    var binding =
        new Binding(
            resource.cluster(),
            resource.namespace(),
            terms(seen).secret(),
            resource.name(),
            resource.uid());
    // What was asked for before there was a ledger has been followed already, or never will be: a
    // manifest that is applied anew must not rotate anything.
    var handled = resource.wishes().rotate().map(List::of).orElseGet(List::of);
    var written = ledgers.create(Rotation.begin(Tokens.next(random), binding, handled));
    return new Outcome.Done(written, plan.message(), plan.reason(), false);
  }

  Outcome rebind(Doing doing, Plan.Act plan) {
    var resource = doing.seen().resource();
    var written =
        ledgers.replace(doing.ledger(), doing.rotation().boundTo(resource.name(), resource.uid()));
    return new Outcome.Done(written, plan.message(), plan.reason(), false);
  }

  Outcome begin(Doing doing, Cause cause, Plan.Act plan) {
    var seen = doing.seen();
    var terms = terms(seen);
    var run =
        new Run(
            doing.rotation().sequence() + 1,
            cause,
            seen.now(),
            usable(seen),
            terms.data(),
            terms.settle(),
            terms.soak(),
            terms.progressTimeout(),
            0,
            Optional.empty(),
            Optional.empty(),
            terms.minOverlap(),
            terms.rollsBack() ? Run.Rollback.ONCE : Run.Rollback.NEVER,
            List.of(),
            Optional.empty());
    // Whatever token stands there now is followed by this rotation, also when it began for another
    // reason.
    var tokens = seen.resource().wishes().rotate().map(List::of).orElseGet(List::of);
    var written = ledgers.replace(doing.ledger(), doing.rotation().begun(run, tokens));
    return new Outcome.Done(written, plan.message(), plan.reason(), false);
  }

  private static Terms terms(Observation seen) {
    return switch (seen.resource().terms()) {
      case Read.Valid<Terms>(var terms) -> terms;
      case Read.Invalid<Terms> invalid ->
          throw new IllegalStateException("planned on a spec that cannot be read");
    };
  }

  private static IssuerBinding usable(Observation seen) {
    return switch (seen.issuer()) {
      case IssuerView.Usable usable -> usable.binding();
      case IssuerView.Unusable unusable ->
          throw new IllegalStateException("planned on an issuer that cannot be used");
    };
  }
}
