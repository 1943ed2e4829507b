package dev.rekey.act;

import dev.rekey.issuer.Issuer;
import dev.rekey.issuer.IssuerDirectory;
import dev.rekey.ledger.LedgerStore;
import dev.rekey.plan.Plan;
import dev.rekey.rotation.Checks;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.IssuerBinding;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Labels;
import dev.rekey.rotation.Left;
import dev.rekey.rotation.Listing;
import dev.rekey.rotation.Listing.ListedKey;
import dev.rekey.rotation.Observation.IssuerView;
import dev.rekey.rotation.Observation.Read;
import dev.rekey.rotation.Observation.Target;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.SecretText;
import dev.rekey.rotation.Terms;
import dev.rekey.rotation.Terms.Adoption;
import dev.rekey.rotation.Tracing;
import dev.rekey.rotation.Verb;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Taking over the key that is in the Secret. It will be deleted one day by the id that is believed
 * here, and whoever may write the Secret or the resource says that id; so it is only believed where
 * it cannot be somebody else's key.
 */
public final class AdoptSteps {
  private final LedgerStore ledgers;
  private final IssuerDirectory issuers;
  private final Setbacks setbacks;

  /** Steps on {@code ledgers} and at {@code issuers}. */
  public AdoptSteps(LedgerStore ledgers, IssuerDirectory issuers, Setbacks setbacks) {
    this.ledgers = ledgers;
    this.issuers = issuers;
    this.setbacks = setbacks;
  }

  /** What is said of the key, and what the issuer's list says of it. */
  private record Claim(Adoption said, Optional<ListedKey> listed) {}

  /**
   * Takes it over: with what the Secret's annotations say where Rekey wrote it, else with what a
   * person says in spec.adopt, completed from the issuer's list.
   */
  Outcome adopt(Doing doing, Plan.Act plan) {
    var seen = doing.seen();
    if (!(seen.secret() instanceof Target.Present secret)
        || !(seen.issuer() instanceof IssuerView.Usable issuer)
        || !(seen.resource().terms() instanceof Read.Valid<Terms>(var terms))) {
      return new Outcome.Overtaken("the Secret, its issuer or its resource has changed");
    }
    var elsewhere = secret.account().filter(it -> !it.equals(issuer.binding().account()));
    if (secret.publication() > 0 && elsewhere.isPresent()) {
      return failed(
          doing,
          Fault.of(
              Reason.AdoptedKeyUnknown,
              "the key in Secret "
                  + terms.secret()
                  + " was issued by another account than "
                  + issuer.binding().display()
                  + ". Name the issuer that it came from in spec.issuerRef until it is taken over."
                  + " Only where that is the same account under another address: write the key's"
                  + " id into spec.adopt.keyId and remove the Secret's rekey.dev annotations."));
    }
    var said = believable(said(secret, terms), issuer);
    Optional<ListedKey> listed = Optional.empty();
    var others = List.<Left>of();
    if (said.keyId().isPresent() && issuer.capabilities().lists()) {
      // where the key in use gets in, this is the one
      var asked =
          doing.rotation().adopted(key(doing, issuer, secret, terms, new Claim(said, listed)));
      var list =
          issuers.open(issuer.binding(), asked).map(Issuer::list).orElseGet(() -> gone(issuer));
      switch (list) {
        case Listing.Failed(var fault) -> {
          return failed(doing, fault);
        }
        case Listing.Listed(var keys, var _) -> {
          listed = keys.stream().filter(it -> it.id().equals(said.keyId().get())).findFirst();
          var refused = refusal(doing, secret, issuer, said.keyId().get(), listed);
          if (refused.isPresent()) {
            return failed(doing, Fault.of(Reason.AdoptedKeyUnknown, refused.get()));
          }
          others = others(doing, secret, issuer.binding(), said.keyId().get(), keys);
        }
      }
    }
    var key = key(doing, issuer, secret, terms, new Claim(said, listed));
    var adopted = doing.rotation().adopted(key);
    for (var other : others) {
      adopted = adopted.leaving(other);
    }
    var written = ledgers.replace(doing.ledger(), adopted);
    return new Outcome.Done(
        written,
        "took over " + key.display() + " from Secret " + terms.secret(),
        plan.reason(),
        false);
  }

  /**
   * Where nothing is listed, an id is anybody's word; the key is taken over without it. But for one
   * that a person deletes, who sees what is deleted.
   */
  private static Adoption believable(Adoption said, IssuerView.Usable issuer) {
    return issuer.capabilities().lists() || issuer.capabilities().byHand()
        ? said
        : new Adoption(Optional.empty(), said.issuedAt(), said.expiresAt());
  }

  private static Adoption said(Target.Present secret, Terms terms) {
    return secret.publication() > 0
        ? new Adoption(secret.keyId(), secret.issuedAt(), secret.expiresAt())
        : terms
            .adoption()
            .orElseGet(() -> new Adoption(Optional.empty(), Optional.empty(), Optional.empty()));
  }

  /** Why the id is not believed, for people; empty: it is. */
  private Optional<String> refusal(
      Doing doing,
      Target.Present secret,
      IssuerView.Usable view,
      String id,
      Optional<ListedKey> listed) {
    var issuer = view.binding();
    var tracing = view.capabilities().tracing();
    var cluster = doing.rotation().binding().cluster();
    var mend =
        ". Write the id of the key that is in Secret "
            + doing.rotation().binding().secret()
            + " into spec.adopt.keyId"
            + (secret.publication() > 0 ? ", and remove the Secret's rekey.dev annotations." : ".");
    if (listed.isEmpty()) {
      return Optional.of(issuer.display() + " lists no key " + id + mend);
    }
    var label = listed.get().label();
    if (label.startsWith(Labels.REKEY) && !label.startsWith(Labels.ofCluster(cluster))) {
      return Optional.of("key " + id + " belongs to the Rekey of another cluster" + mend);
    }
    boolean unlabelled = label.isEmpty() && tracing == Tracing.COUNTABLE;
    if (secret.publication() > 0
        && !unlabelled
        && !label.startsWith(Labels.ofLineage(cluster, secret.lineage()))) {
      return Optional.of(
          "the Secret's annotations name key " + id + ", which was not minted for it" + mend);
    }
    return ledgers.isHeldElsewhere(issuer, id, doing.rotation().binding())
        ? Optional.of("key " + id + " is in use in another Secret" + mend)
        : Optional.empty();
  }

  /**
   * Other keys of the lineage that the Secret's annotations name: of a rotation that was under way
   * when its ledger was lost. Which of them somebody still holds nobody can know, so they are named
   * and not deleted.
   */
  private static List<Left> others(
      Doing doing, Target.Present secret, IssuerBinding issuer, String id, List<ListedKey> keys) {
    if (secret.publication() == 0) {
      return List.of();
    }
    var ours = Labels.ofLineage(doing.rotation().binding().cluster(), secret.lineage());
    var known = doing.rotation().left().stream().map(Left::what).toList();
    return keys.stream()
        .filter(it -> !it.id().equals(id))
        .filter(it ->
            it.label().startsWith(ours) || secret.previousKeyId().equals(Optional.of(it.id())))
        .map(it ->
            new Left("key " + it.id(), issuer.display(), Reason.LeftToPerson, doing.seen().now()))
        .filter(it -> known.stream().noneMatch(what -> what.startsWith(it.what() + " ")))
        .toList();
  }

  private static Key key(
      Doing doing, IssuerView.Usable issuer, Target.Present secret, Terms terms, Claim claim) {
    // Only a text that is the key and nothing else tells it; a whole file around it does not.
    var value =
        terms.data().entrySet().stream()
            .filter(it -> it.getValue().equals("${key.value}"))
            .map(Map.Entry::getKey)
            .sorted()
            .flatMap(name -> Optional.ofNullable(secret.data().get(name)).stream())
            .findFirst();
    var issuedAt =
        claim
            .said()
            .issuedAt()
            .or(() -> claim.listed().flatMap(ListedKey::issuedAt))
            .orElse(secret.createdAt());
    return new Key(
        "adopted-" + doing.rotation().lineage(),
        claim.said().keyId(),
        Role.CURRENT,
        value.map(it -> Map.of("value", it)).orElseGet(Map::of),
        value.map(SecretText::hint).orElse("of unknown value"),
        issuedAt,
        claim
            .said()
            .expiresAt()
            .or(() -> claim.listed().flatMap(ListedKey::expiresAt))
            .or(() -> issuer.capabilities().maxAge().map(issuedAt::plus)),
        claim.listed().map(ListedKey::label).filter(it -> !it.isEmpty()),
        issuer.binding(),
        OptionalInt.of(0),
        Checks.NONE);
  }

  private static Listing gone(IssuerView.Usable issuer) {
    return new Listing.Failed(Setbacks.gone(issuer.binding()));
  }

  private Outcome failed(Doing doing, Fault fault) {
    return setbacks.note(doing, Verb.ADOPT, doing.rotation().binding().secret(), fault);
  }
}
