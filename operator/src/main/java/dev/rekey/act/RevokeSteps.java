package dev.rekey.act;

import dev.rekey.config.Settings;
import dev.rekey.issuer.Issuer;
import dev.rekey.issuer.IssuerDirectory;
import dev.rekey.ledger.LedgerStore;
import dev.rekey.ledger.LedgerStore.Stored;
import dev.rekey.plan.Gate;
import dev.rekey.plan.Plan;
import dev.rekey.plan.Standing;
import dev.rekey.rotation.Checks;
import dev.rekey.rotation.Consumers;
import dev.rekey.rotation.DeleteResult;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Left;
import dev.rekey.rotation.Observation.Read;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Terms;
import dev.rekey.rotation.Timestamps;
import dev.rekey.rotation.Tracing;
import dev.rekey.rotation.Verb;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Deleting keys: decided in the ledger, asked of the issuer, forgotten when gone. */
public final class RevokeSteps {
  private final LedgerStore ledgers;
  private final IssuerDirectory issuers;
  private final Settings settings;
  private final InstantSource clock;
  private final Setbacks setbacks;

  /** Steps on {@code ledgers} and at {@code issuers}. */
  public RevokeSteps(
      LedgerStore ledgers,
      IssuerDirectory issuers,
      Settings settings,
      InstantSource clock,
      Setbacks setbacks) {
    this.ledgers = ledgers;
    this.issuers = issuers;
    this.settings = settings;
    this.clock = clock;
    this.setbacks = setbacks;
  }

  /** The point of no return. One write, on a ledger that was read live together with every pod. */
  Outcome condemn(Doing doing, String keyName, Plan.Act plan) {
    var condemned = onEvidence(doing, keyName).condemned(keyName);
    boolean givenUp = doing.rotation().key(keyName).map(it -> it.role() == Role.NEXT).orElse(false);
    var written =
        ledgers.replace(doing.ledger(), givenUp ? mintLater(doing, condemned, plan) : condemned);
    return new Outcome.Done(written, plan.message(), plan.reason(), givenUp);
  }

  /** With the pods of the look that this was decided on, where the key is one that pods held. */
  private Rotation onEvidence(Doing doing, String keyName) {
    var ledger = doing.rotation();
    var run = ledger.run().orElse(null);
    boolean wasShown = Gate.oldKey(ledger).map(it -> it.name().equals(keyName)).orElse(false);
    if (run == null || !wasShown || !(doing.seen().consumers() instanceof Consumers.Seen pods)) {
      return ledger;
    }
    var evidence = Standing.evidence(pods, ledger, run, doing.seen().now(), settings);
    return ledger.run(it -> it.proven(evidence));
  }

  /** The same for a key that nobody has seen and that a person named, which is remembered. */
  Outcome giveUp(Doing doing, String keyName, String token, Plan.Act plan) {
    var condemned = doing.rotation().condemned(keyName).handled(List.of(token));
    var written = ledgers.replace(doing.ledger(), condemned);
    return new Outcome.Done(written, plan.message(), plan.reason(), true);
  }

  /** A person names the key. One write, on a ledger that was read live. */
  Outcome revokeNow(Doing doing, String keyName, String token, Plan.Act plan) {
    var written = ledgers.replace(doing.ledger(), doing.rotation().revokedNow(keyName, token));
    return new Outcome.Done(written, plan.message(), plan.reason(), true);
  }

  /** A key that was given up is no reason to ask for another one at once. */
  private Rotation mintLater(Doing doing, Rotation rotation, Plan.Act plan) {
    return setbacks.with(
        rotation,
        doing.seen(),
        Verb.MINT,
        rotation.binding().secret(),
        Fault.of(plan.reason(), plan.message()));
  }

  Outcome retire(Doing doing, String keyName, Plan.Act plan) {
    var written = ledgers.replace(doing.ledger(), onEvidence(doing, keyName).retired(keyName));
    return new Outcome.Done(written, plan.message(), plan.reason(), true);
  }

  Outcome settleIn(Doing doing, String keyName, Plan.Act plan) {
    var written = ledgers.replace(doing.ledger(), doing.rotation().settledIn(keyName));
    return new Outcome.Done(written, plan.message(), plan.reason(), false);
  }

  /**
   * Asks the issuer to delete a key. This is the only place where that is done, and it is done only
   * for a key that the ledger, read live for this step, shows as condemned. Dies after the request:
   * the key is still condemned, and is deleted again, which changes nothing; where ids are given
   * again, it is looked at first.
   */
  Outcome delete(Doing doing, String keyName, Plan.Act plan) {
    var condemned =
        doing.rotation().keys(Role.CONDEMNED).stream()
            .filter(it -> it.name().equals(keyName))
            .findFirst();
    if (condemned.isEmpty() || !doing.seen().live()) {
      return new Outcome.Overtaken("key " + keyName + " is not condemned");
    }
    var key = condemned.get();
    var opened = issuers.open(key.issuer(), doing.rotation());
    if (opened.isEmpty()) {
      return setbacks.note(doing, Verb.DELETE, keyName, Setbacks.gone(key.issuer()));
    }
    var issuer = opened.get();
    var again =
        VerifySteps.isGivenAgain(issuer, doing.rotation(), key)
            ? new StillThere.No()
            : isAgain(doing, issuer, key)
                ? StillThere.of(issuer, key, clock)
                : new StillThere.Yes();
    return switch (again) {
      case StillThere.Yes() -> send(doing, issuer, key, plan);
      case StillThere.No() ->
          asked(doing.ledger(), key, key.checks().deleteNotAfter(), "was not there any more", plan);
      case StillThere.NotNow(var fault) -> setbacks.note(doing, Verb.DELETE, keyName, fault);
      case StillThere.NobodyKnows() ->
          arriving(issuer, key)
              .map(until ->
                  setbacks.note(doing, Verb.DELETE, keyName, stillArriving(doing, key, until)))
              .orElseGet(() -> leave(doing, key));
    };
  }

  /**
   * Until when a delete of this key may meet the next one of its id: as long as the key is in the
   * ledger, no other is asked for there. Where keys are counted, one that is listed although it was
   * deleted must not be taken for a new one either.
   */
  private Optional<Instant> arriving(Issuer issuer, Key key) {
    boolean counted = issuer.capabilities().tracing() == Tracing.COUNTABLE;
    return key.checks()
        .deleteNotAfter()
        .map(it -> counted ? it.plus(Checks.DELETE_BITES_WITHIN) : it)
        .filter(it -> it.isAfter(clock.instant()));
  }

  private static Fault stillArriving(Doing doing, Key key, Instant until) {
    return new Fault(
        Reason.Deleting,
        "a delete of "
            + key.display()
            + " may still be on its way to "
            + key.issuer().display()
            + ", and nothing tells whether it was done; what is to be done by hand is said once it"
            + " has arrived",
        Optional.of(Duration.between(doing.seen().now(), until)));
  }

  /**
   * Whether a delete of this key may have reached the issuer before. Where ids are given again,
   * each delete is written down before it is sent, so that this is certain.
   */
  private static boolean isAgain(Doing doing, Issuer issuer, Key key) {
    return issuer.capabilities().reusesIds()
        ? key.checks().deleteNotAfter().isPresent() || key.checks().deleteAskedAt().isPresent()
        : doing.rotation().failure(Verb.DELETE, key.name()).isPresent()
            && StillThere.isFoundByLabel(issuer, key);
  }

  private Outcome send(Doing doing, Issuer issuer, Key condemned, Plan.Act plan) {
    var ledger = doing.ledger();
    var key = condemned;
    if (issuer.capabilities().reusesIds()) {
      var timeout = issuer.capabilities().requestTimeout();
      var notAfter = clock.instant().plus(timeout).plus(settings.lateness());
      key = condemned.checked(condemned.checks().deleting(notAfter));
      ledger = ledgers.replace(ledger, doing.rotation().key(key));
      if (clock.instant().plus(timeout).isAfter(notAfter)) {
        // This process was held up: the id could be another key's when the delete arrives.
        return new Outcome.Overtaken(
            "the delete of " + key.display() + " was written down too long ago to be sent");
      }
    }
    return switch (issuer.delete(key)) {
      case DeleteResult.Deleted() ->
          asked(ledger, key, condemned.checks().deleteNotAfter(), "was deleted", plan);
      case DeleteResult.Gone() ->
          asked(ledger, key, condemned.checks().deleteNotAfter(), "was not there any more", plan);
      case DeleteResult.Failed(var fault) ->
          issuer.capabilities().byHand()
              ? askPerson(doing, key, fault)
              : setbacks.note(
                  ledger, ledger.rotation(), doing.seen(), Verb.DELETE, key.name(), fault);
    };
  }

  /** A person is asked to delete it, with an Event for the first time alone. */
  private Outcome askPerson(Doing doing, Key key, Fault fault) {
    boolean first = doing.rotation().failure(Verb.DELETE, key.name()).isEmpty();
    var asked = setbacks.with(doing.rotation(), doing.seen(), Verb.DELETE, key.name(), fault);
    return new Outcome.Done(
        ledgers.replace(doing.ledger(), asked), fault.message(), fault.reason(), first);
  }

  /** A person says that it is deleted. Where the issuer can verify, that is looked at as well. */
  Outcome noteDeleted(Doing doing, String keyName, String token, Plan.Act plan) {
    var condemned = doing.rotation().key(keyName).filter(it -> it.role() == Role.CONDEMNED);
    if (condemned.isEmpty()) {
      return new Outcome.Overtaken("key " + keyName + " is not condemned");
    }
    var written =
        ledgers.replace(
            doing.ledger(),
            doing.rotation().deletedByPerson(condemned.get(), token, clock.instant()));
    return new Outcome.Done(written, plan.message(), plan.reason(), false);
  }

  /**
   * @param earlier until when deletes that were sent before may still arrive
   */
  private Outcome asked(
      Stored from, Key key, Optional<Instant> earlier, String what, Plan.Act plan) {
    // The failure, if there was one, is kept until the key is known to be gone: a delete that is
    // answered well and does not bite is to be tried ever more rarely.
    var written =
        ledgers.replace(
            from,
            from.rotation().key(key.checked(key.checks().deleteAsked(clock.instant(), earlier))));
    return new Outcome.Done(
        written,
        key.display() + " " + what + " at " + key.issuer().display(),
        plan.reason(),
        false);
  }

  /**
   * A delete was sent and may have worked, and nothing tells whether its id is another key's by
   * now. It is not sent again.
   */
  private Outcome leave(Doing doing, Key key) {
    var told =
        key.display()
            + " may be deleted at "
            + key.issuer().display()
            + " or not: an answer was lost, ids are given again there, and nothing that the issuer"
            + " shows tells keys apart. Look there, and delete it by hand if it is still the same"
            + " key, issued at "
            + Timestamps.of(key.issuedAt());
    var left =
        new Left(key.display(), key.issuer().display(), Reason.DeleteByHand, doing.seen().now());
    var written =
        ledgers.replace(
            doing.ledger(), doing.rotation().idFreed(key).forgotten(key.name()).leaving(left));
    return new Outcome.Done(written, told, Reason.DeleteByHand, true);
  }

  Outcome revokeAll(Doing doing, Plan.Act plan) {
    var written = ledgers.replace(doing.ledger(), doing.rotation().revokedAll(doing.seen().now()));
    return new Outcome.Done(written, plan.message(), plan.reason(), false);
  }

  Outcome abort(Doing doing, Plan.Act plan) {
    var written = ledgers.replace(doing.ledger(), doing.rotation().aborted(doing.seen().now()));
    return new Outcome.Done(written, plan.message(), plan.reason(), true);
  }

  Outcome abandon(Doing doing, Plan.Act plan) {
    var before = doing.rotation();
    boolean revokes =
        doing.seen().resource().terms() instanceof Read.Valid<Terms>(var terms)
            && terms.revokesOnDeletion();
    var named = before.abandoned(doing.seen().now(), revokes);
    var written = ledgers.replace(doing.ledger(), named);
    return new Outcome.Done(
        written,
        plan.message()
            + ": "
            + named.left().stream()
                .filter(it -> !before.left().contains(it))
                .map(it -> it.what() + " at " + it.issuer())
                .collect(Collectors.joining("; ")),
        plan.reason(),
        true);
  }

  Outcome forget(Doing doing, String keyName, Plan.Act plan) {
    var before = doing.rotation();
    var freed =
        before
            .key(keyName)
            .filter(it ->
                issuers
                    .open(it.issuer())
                    .map(issuer -> issuer.capabilities().reusesIds())
                    .orElse(true))
            .map(before::idFreed)
            .orElse(before);
    var written = ledgers.replace(doing.ledger(), freed.forgotten(keyName));
    return new Outcome.Done(written, plan.message(), plan.reason(), false);
  }

  Outcome complete(Doing doing, Plan.Act plan) {
    var written = ledgers.replace(doing.ledger(), doing.rotation().completed(doing.seen().now()));
    return new Outcome.Done(written, plan.message(), plan.reason(), false);
  }
}
