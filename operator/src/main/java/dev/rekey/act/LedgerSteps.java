package dev.rekey.act;

import dev.rekey.cel.CelProblem;
import dev.rekey.ledger.LedgerStore;
import dev.rekey.plan.LedgerRules;
import dev.rekey.plan.Plan;
import dev.rekey.rotation.Binding;
import dev.rekey.rotation.Cause;
import dev.rekey.rotation.IssuerBinding;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Left;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.IssuerView;
import dev.rekey.rotation.Observation.Read;
import dev.rekey.rotation.Publication;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.Terms;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

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
    var written = ledgers.create(Rotation.begin(Tokens.next(random), binding, stale(seen)));
    return new Outcome.Done(written, plan.message(), plan.reason(), false);
  }

  /** All wishes that stand there, but for a leak of the very key that is in use. */
  private static List<String> stale(Observation seen) {
    var wishes = seen.resource().wishes();
    var leaked =
        wishes
            .leaked()
            .filter(it ->
                !(seen.secret() instanceof Observation.Target.Present secret && secret.shows(it)));
    return Stream.of(
            wishes.rotate().stream(),
            leaked.map(Observation.Named::token).stream(),
            wishes.revokeNow().map(Observation.Named::token).stream())
        .flatMap(it -> it)
        .toList();
  }

  /** Of another cluster's ledger goes on what is in use, under a lineage of this one. */
  Outcome takeOver(Doing doing, Plan.Act plan) {
    var seen = doing.seen();
    var foreign = doing.rotation();
    var resource = seen.resource();
    var here =
        new Binding(
            resource.cluster(),
            foreign.binding().namespace(),
            foreign.binding().secret(),
            resource.name(),
            resource.uid());
    var lineage = Tokens.next(random);
    // An issuer has another UID in every cluster; that its account is the same was asked before.
    boolean behind =
        seen.secret() instanceof Observation.Target.Present secret && secret.isAfter(foreign);
    var taken =
        LedgerRules.inUse(foreign)
            .filter(it -> !behind)
            .map(it ->
                foreign.takenOver(
                    lineage, here, it.at(usable(seen)), shownAgain(foreign, it), seen.now()))
            .orElseGet(() -> foreign.startedOver(lineage, it -> false, seen.now()).boundTo(here))
            .handled(stale(seen));
    var written = ledgers.replace(doing.ledger(), taken);
    return new Outcome.Done(written, plan.message(), plan.reason(), true);
  }

  /**
   * The publication that shows {@code key}. Where the newest one showed another, which is not taken
   * over, its templates are kept; an adopted key of unknown value is not written at all.
   */
  private static Optional<Publication> shownAgain(Rotation foreign, Key key) {
    var newest = foreign.publication();
    if (newest.isEmpty() || newest.get().keyName().equals(key.name())) {
      return newest.map(it -> it.followedBy(key.name(), it.data()));
    }
    if (key.fields().isEmpty() || newest.get().templates().isEmpty()) {
      return Optional.empty();
    }
    try {
      var rendered = Rendering.of(newest.get().templates(), key);
      return newest.map(it -> it.followedBy(key.name(), rendered));
    } catch (CelProblem noLongerATemplate) {
      // The next rotation renders what the resource says by then.
      return Optional.empty();
    }
  }

  /**
   * An empty ledger of a new lineage: what was restored from a backup is not believed. What the
   * Secret shows is adopted next, together with a look at what its issuer lists; where the resource
   * is being deleted nothing is adopted any more, so that key is named as well.
   */
  Outcome startOver(Doing doing, Plan.Act plan) {
    var seen = doing.seen();
    boolean deleting = seen.resource().deletingSince().isPresent();
    var over =
        doing
            .rotation()
            .startedOver(
                Tokens.next(random), it -> !deleting && isShown(it, seen.secret()), seen.now());
    if (deleting) {
      over = unknownInSecret(doing.rotation(), seen).map(over::leaving).orElse(over);
    }
    var written = ledgers.replace(doing.ledger(), over.handled(stale(seen)));
    return new Outcome.Done(written, plan.message(), plan.reason(), true);
  }

  private static Optional<Left> unknownInSecret(Rotation ledger, Observation seen) {
    return seen.secret() instanceof Observation.Target.Present secret
        ? secret
            .keyId()
            .filter(id -> ledger.keys().stream().noneMatch(it -> it.id().equals(Optional.of(id))))
            .map(id ->
                new Left(
                    "key " + id + ", which Secret " + ledger.binding().secret() + " shows",
                    "the issuer of " + seen.resource().name(),
                    Reason.Abandoned,
                    seen.now()))
        : Optional.empty();
  }

  /** By its value as well, where that is known: two accounts may use the same ids. */
  private static boolean isShown(Key key, Observation.Target target) {
    return target instanceof Observation.Target.Present secret
        && key.id().isPresent()
        && key.id().equals(secret.keyId())
        && key.fields().values().stream().allMatch(it -> secret.holds(it).isPresent());
  }

  Outcome rebind(Doing doing, Plan.Act plan) {
    var resource = doing.seen().resource();
    var written =
        ledgers.replace(
            doing.ledger(), doing.rotation().takenUpBy(resource.name(), resource.uid()));
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
            cause == Cause.Leaked ? Duration.ZERO : terms.soak(),
            terms.progressTimeout(),
            0,
            cause == Cause.DataChanged
                ? doing.rotation().key(Role.CURRENT).map(Key::name)
                : Optional.empty(),
            Optional.empty(),
            cause == Cause.Leaked ? Duration.ZERO : terms.minOverlap(),
            terms.rollsBack() ? Run.Rollback.ONCE : Run.Rollback.NEVER,
            Optional.empty(),
            Optional.empty(),
            doing.rotation().publication().map(Publication::templates).orElse(Map.of()),
            terms.restarts(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    var written =
        ledgers.replace(doing.ledger(), doing.rotation().begun(run, followed(doing, cause)));
    return new Outcome.Done(written, plan.message(), plan.reason(), false);
  }

  /**
   * Whatever token stands there now is followed by this rotation, also when it began for another
   * reason; a key that only changes its form is not replaced, so nobody's wish for another one is
   * followed by that.
   */
  private static List<String> followed(Doing doing, Cause cause) {
    if (cause == Cause.DataChanged) {
      return List.of();
    }
    var wishes = doing.seen().resource().wishes();
    var current = doing.rotation().key(Role.CURRENT);
    var leaked =
        wishes
            .leaked()
            .filter(it -> current.map(it::means).orElse(false))
            .map(Observation.Named::token);
    return Stream.concat(wishes.rotate().stream(), leaked.stream()).toList();
  }

  Outcome handle(Doing doing, String token, Plan.Act plan) {
    var written = ledgers.replace(doing.ledger(), doing.rotation().handled(List.of(token)));
    return new Outcome.Done(written, plan.message(), plan.reason(), true);
  }

  Outcome hurry(Doing doing, Optional<String> token, Plan.Act plan) {
    var hurried = doing.rotation().run(Run::hurried).handled(token.stream().toList());
    var written = ledgers.replace(doing.ledger(), hurried);
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
