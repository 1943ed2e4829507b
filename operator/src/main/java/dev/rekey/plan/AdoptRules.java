package dev.rekey.plan;

import dev.rekey.config.Settings;
import dev.rekey.plan.Rule.Answer;
import dev.rekey.rotation.Failure;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.Ledger;
import dev.rekey.rotation.Observation.Read;
import dev.rekey.rotation.Observation.Target;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Terms;
import dev.rekey.rotation.Verb;
import java.util.Optional;

/** How a ledger comes to be: empty, or with the key that is in the Secret already. */
final class AdoptRules {
  private final Settings settings;

  AdoptRules(Settings settings) {
    this.settings = settings;
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
    // what this ledger has published once is no key of somebody else's
    if (!ledger.keys().stream().allMatch(it -> isOrphanBeside(it, seen))
        || ledger.publication().isPresent()
        || ledger.run().isPresent()
        || wasRevokedNow(seen, ledger)
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

  /** A key that nobody has seen and that is on its way out: the Secret holds another one. */
  private static boolean isOrphanBeside(Key key, Observation seen) {
    return key.role() == Role.CONDEMNED
        && key.lastPublication().isEmpty()
        && !key.id().equals(idInSecret(seen));
  }

  /** Whether the key that would be taken over is one that a person has had deleted. */
  private static boolean wasRevokedNow(Observation seen, Rotation ledger) {
    return seen.resource()
        .wishes()
        .revokeNow()
        .filter(it -> ledger.handledTokens().contains(it.token()))
        .filter(it -> Optional.of(it.key()).equals(idInSecret(seen)))
        .isPresent();
  }

  private static Optional<String> idInSecret(Observation seen) {
    if (seen.secret() instanceof Target.Present secret && secret.publication() > 0) {
      return secret.keyId();
    }
    return seen.resource().terms() instanceof Read.Valid<Terms>(var terms)
        ? terms.adoption().flatMap(Terms.Adoption::keyId)
        : Optional.empty();
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
        if (secret.immutable()) {
          yield hold(seen, Reason.SecretImmutable, SecretRules.immutableText(terms.secret()));
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
