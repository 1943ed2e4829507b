package dev.rekey.plan;

import dev.rekey.config.Settings;
import dev.rekey.plan.Rule.Answer;
import dev.rekey.rotation.Failure;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.Ledger;
import dev.rekey.rotation.Observation.Read;
import dev.rekey.rotation.Observation.Target;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Terms;
import dev.rekey.rotation.Verb;

/** Whose ledger it is, and how a ledger comes to be. */
final class LedgerRules {
  private final Settings settings;

  LedgerRules(Settings settings) {
    this.settings = settings;
  }

  /** A ledger that is foreign, behind, newer or claimed is left as it is. */
  Answer holdWhenNotOurs(Observation seen) {
    return switch (seen.ledger()) {
      case Ledger.Missing() -> Rule.pass();
      case Ledger.Stale() ->
          Rule.wait(
              seen.now().plus(settings.cacheLag()),
              Reason.CacheBehind,
              Reason.CacheBehind.sentence());
      case Ledger.Unreadable(var message) -> hold(seen, Reason.LedgerUnreadable, message);
      case Ledger.Held held ->
          switch (held.owner()) {
            case OTHER_RESOURCE ->
                hold(
                    seen,
                    Reason.SecretClaimed,
                    "ApiKeyRotation "
                        + held.rotation().binding().resource()
                        + " already rotates Secret "
                        + held.rotation().binding().secret()
                        + ". Delete one of the two, or name another Secret.");
            case OTHER_CLUSTER ->
                hold(
                    seen,
                    Reason.ForeignLedger,
                    "the ledger of Secret "
                        + held.rotation().binding().secret()
                        + " was written for another cluster. Nothing is touched. Delete that ledger"
                        + " if this cluster is to adopt the key that is in the Secret.");
            case THIS_RESOURCE, RESOURCE_GONE ->
                isBehind(held.rotation(), seen.secret())
                    ? hold(
                        seen,
                        Reason.LedgerBehind,
                        "Secret "
                            + held.rotation().binding().secret()
                            + " carries a later publication than the ledger knows, as after a"
                            + " restore from a backup. Nothing is touched. Restore the newer"
                            + " ledger, or delete it to adopt the key that is in the Secret.")
                    : Rule.pass();
          };
    };
  }

  private static boolean isBehind(Rotation rotation, Target secret) {
    return secret instanceof Target.Present present && present.isAfter(rotation);
  }

  /** The resource was made anew; what its ledger holds stays as it is, and nothing is minted. */
  Answer rebindWhenResourceIsNew(Observation seen) {
    return seen.ledger() instanceof Ledger.Held held
            && held.owner() == Observation.Owner.RESOURCE_GONE
        ? Rule.act(
            new Step.Rebind(),
            Reason.LedgerRebound,
            "takes up the ledger of Secret " + held.rotation().binding().secret())
        : Rule.pass();
  }

  /** No ledger yet: an empty one, before anything is asked of anybody. */
  Answer startLedger(Observation seen) {
    if (!(seen.ledger() instanceof Ledger.Missing)) {
      return Rule.pass();
    }
    return switch (seen.resource().terms()) {
      case Read.Invalid<Terms> invalid -> hold(seen, invalid.reason(), invalid.message());
      case Read.Valid<Terms>(var terms) ->
          unsuitable(seen, terms) instanceof Answer.Decides held
              ? held
              : Rule.act(
                  new Step.StartLedger(),
                  Reason.LedgerStarted,
                  "begins to keep a ledger for Secret " + terms.secret());
    };
  }

  /** No key known, and the Secret has a value: it is taken over, as spec.adopt says. */
  Answer adopt(Observation seen, Rotation ledger) {
    if (!ledger.keys().isEmpty()
        || ledger.run().isPresent()
        || !(seen.resource().terms() instanceof Read.Valid<Terms>(var terms))) {
      return Rule.pass();
    }
    if (unsuitable(seen, terms) instanceof Answer.Decides held) {
      return held;
    }
    if (!(seen.secret() instanceof Target.Present secret)
        || !secret.holdsAnyOf(terms.data().keySet())) {
      return Rule.pass();
    }
    var pause = ledger.failure(Verb.ADOPT, terms.secret());
    if (Pauses.isOn(seen, pause)) {
      var failure = pause.orElseThrow();
      return holdUntil(failure);
    }
    return Rule.act(
        new Step.Adopt(),
        Reason.Adopting,
        "takes over the key that is in Secret " + terms.secret());
  }

  /** A Secret that must not be written, before anything has begun. */
  private Answer unsuitable(Observation seen, Terms terms) {
    return switch (seen.secret()) {
      case Target.Missing() ->
          terms.createsSecret()
              ? Rule.pass()
              : hold(
                  seen,
                  Reason.SecretMissing,
                  "Secret "
                      + terms.secret()
                      + " does not exist and creationPolicy is Merge. Create the Secret, or write"
                      + " creationPolicy: Create.");
      case Target.Present secret -> {
        if (!secret.opaque()) {
          yield hold(
              seen,
              Reason.SecretUnsuitable,
              "Secret "
                  + terms.secret()
                  + " is not of type Opaque. Rekey writes to no other type; name another Secret.");
        }
        boolean written = secret.publication() > 0;
        boolean ours = secret.holdsAnyOf(terms.data().keySet());
        if (!written && terms.adoption().isEmpty() && (ours || terms.createsSecret())) {
          yield hold(
              seen,
              Reason.SecretNotOurs,
              "Secret "
                  + terms.secret()
                  + " exists and Rekey did not write it. Write spec.adopt with the id of the key"
                  + " that is in it, or creationPolicy: Merge for data keys that are not there"
                  + " yet.");
        }
        yield Rule.pass();
      }
    };
  }

  private static Answer holdUntil(Failure failure) {
    return Rule.wait(failure.notBefore(), failure.reason(), failure.message());
  }

  private Answer hold(Observation seen, Reason reason, String message) {
    return Rule.wait(seen.now().plus(settings.heldLook()), reason, message);
  }
}
