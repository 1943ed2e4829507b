package dev.rekey.act;

import dev.rekey.issuer.IssuerDirectory;
import dev.rekey.ledger.LedgerStore;
import dev.rekey.plan.Plan;
import dev.rekey.rotation.Binding;
import dev.rekey.rotation.Cause;
import dev.rekey.rotation.Checks;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.IssuerBinding;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Listing;
import dev.rekey.rotation.Listing.ListedKey;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.IssuerView;
import dev.rekey.rotation.Observation.Read;
import dev.rekey.rotation.Observation.Target;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.SecretText;
import dev.rekey.rotation.Terms;
import dev.rekey.rotation.Verb;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;

/** How a ledger comes to be, and how a rotation is begun in it. */
public final class LedgerSteps {
  private final LedgerStore ledgers;
  private final IssuerDirectory issuers;
  private final Setbacks setbacks;
  private final RandomGenerator random;

  /** Steps on {@code ledgers}. */
  public LedgerSteps(
      LedgerStore ledgers, IssuerDirectory issuers, RandomGenerator random, Setbacks setbacks) {
    this.ledgers = ledgers;
    this.issuers = issuers;
    this.setbacks = setbacks;
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
    var handled = resource.rotateToken().map(List::of).orElseGet(List::of);
    var written = ledgers.create(Rotation.begin(Tokens.next(random), binding, handled));
    return new Outcome.Done(written, plan.message(), plan.reason(), false);
  }

  Outcome rebind(Doing doing, Plan.Act plan) {
    var resource = doing.seen().resource();
    var written =
        ledgers.replace(doing.ledger(), doing.rotation().boundTo(resource.name(), resource.uid()));
    return new Outcome.Done(written, plan.message(), plan.reason(), false);
  }

  /**
   * Takes over the key in the Secret: with what the Secret's annotations say where Rekey wrote it,
   * else with what a person says in spec.adopt, completed from the issuer's list.
   */
  Outcome adopt(Doing doing, Plan.Act plan) {
    var seen = doing.seen();
    if (!(seen.secret() instanceof Target.Present secret)) {
      return new Outcome.Overtaken("the Secret is gone");
    }
    var terms = terms(seen);
    var issuer = usable(seen);
    boolean writtenByRekey = secret.publication() > 0;
    var said =
        writtenByRekey
            ? new Terms.Adoption(secret.keyId(), secret.issuedAt(), secret.expiresAt())
            : terms
                .adoption()
                .orElseGet(
                    () -> new Terms.Adoption(Optional.empty(), Optional.empty(), Optional.empty()));
    Optional<ListedKey> listed = Optional.empty();
    if (said.keyId().isPresent() && !writtenByRekey) {
      switch (listing(issuer)) {
        case Listing.Failed(var fault) -> {
          return failed(doing, fault);
        }
        case Listing.Listed(var keys, var complete) -> {
          listed = keys.stream().filter(it -> it.id().equals(said.keyId().get())).findFirst();
          if (listed.isEmpty() && complete) {
            return failed(
                doing,
                Fault.of(
                    Reason.AdoptedKeyUnknown,
                    issuer.display()
                        + " lists no key "
                        + said.keyId().get()
                        + ". Write the id of the key that is in Secret "
                        + terms.secret()
                        + " into spec.adopt.keyId."));
          }
        }
      }
    }
    var key = adopted(doing, issuer, secret, terms, said, listed, maxAge(seen));
    var written = ledgers.replace(doing.ledger(), doing.rotation().adopted(key));
    return new Outcome.Done(
        written,
        "took over " + key.display() + " from Secret " + terms.secret(),
        plan.reason(),
        false);
  }

  private static Key adopted(
      Doing doing,
      IssuerBinding issuer,
      Target.Present secret,
      Terms terms,
      Terms.Adoption said,
      Optional<ListedKey> listed,
      Optional<Duration> maxAge) {
    // Only a text that is the key and nothing else tells it; a whole file around it does not.
    var value =
        terms.data().entrySet().stream()
            .filter(it -> it.getValue().equals("${key.value}"))
            .map(Map.Entry::getKey)
            .sorted()
            .flatMap(name -> Optional.ofNullable(secret.data().get(name)).stream())
            .findFirst();
    var issuedAt =
        firstOf(said.issuedAt(), listed.flatMap(ListedKey::issuedAt)).orElse(secret.createdAt());
    return new Key(
        "adopted-" + doing.rotation().lineage(),
        said.keyId(),
        Role.CURRENT,
        value.map(it -> Map.of("value", it)).orElseGet(Map::of),
        value.map(SecretText::hint).orElse("of unknown value"),
        issuedAt,
        firstOf(said.expiresAt(), listed.flatMap(ListedKey::expiresAt))
            .or(() -> maxAge.map(issuedAt::plus)),
        listed.map(ListedKey::label).filter(it -> !it.isEmpty()),
        issuer,
        OptionalInt.of(0),
        Checks.NONE);
  }

  private static Optional<Instant> firstOf(Optional<Instant> first, Optional<Instant> second) {
    return first.or(() -> second);
  }

  private Listing listing(IssuerBinding issuer) {
    return issuers
        .open(issuer)
        .map(it -> it.list())
        .orElseGet(() -> new Listing.Failed(Setbacks.gone(issuer)));
  }

  private Outcome failed(Doing doing, Fault fault) {
    return setbacks.note(doing, Verb.ADOPT, doing.rotation().binding().secret(), fault);
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
            Optional.empty());
    // Whatever token stands there now is followed by this rotation, also when it began for another
    // reason.
    var tokens = seen.resource().rotateToken().map(List::of).orElseGet(List::of);
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

  private static Optional<Duration> maxAge(Observation seen) {
    return seen.issuer() instanceof IssuerView.Usable usable
        ? usable.capabilities().maxAge()
        : Optional.empty();
  }

  private static IssuerBinding usable(Observation seen) {
    return switch (seen.issuer()) {
      case IssuerView.Usable usable -> usable.binding();
      case IssuerView.Unusable unusable ->
          throw new IllegalStateException("planned on an issuer that cannot be used");
    };
  }
}
