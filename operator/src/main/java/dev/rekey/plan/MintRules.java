package dev.rekey.plan;

import dev.rekey.config.Settings;
import dev.rekey.plan.Rule.Answer;
import dev.rekey.rotation.Attempt;
import dev.rekey.rotation.Cause;
import dev.rekey.rotation.Checks;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.IssuerView;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.Tracing;
import dev.rekey.rotation.Verb;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** From the wish for a key to a key that has proven itself, without losing one on the way. */
final class MintRules {
  private final Settings settings;

  MintRules(Settings settings) {
    this.settings = settings;
  }

  /**
   * A key that nobody has seen and that the issuer rejects for too long is given up. One of which
   * nothing can be said, as in an outage, is not: the next one would fare no better.
   */
  Answer abandonNext(Observation seen, Rotation ledger) {
    return ledger
        .key(Role.NEXT)
        .filter(key -> key.lastPublication().isEmpty())
        .filter(key -> !proven(seen, key))
        .filter(key -> key.checks().rejectedAt().isPresent() && key.checks().acceptedInARow() == 0)
        .filter(key -> deadline(ledger, key).isBefore(seen.now()))
        .map(key ->
            Rule.act(
                new Step.Condemn(key.name()),
                Reason.KeyNotAccepted,
                key.display() + " was not accepted in time; it is given up, nobody has seen it"))
        .orElse(Rule.pass());
  }

  private Instant deadline(Rotation ledger, Key next) {
    var mintedOrBegun = ledger.run().map(Run::startedAt).orElse(next.issuedAt());
    var latest = mintedOrBegun.isAfter(next.issuedAt()) ? mintedOrBegun : next.issuedAt();
    return latest.plus(settings.verifyDeadline());
  }

  /** A rotation has begun and has no key yet. */
  Answer mint(Observation seen, Rotation ledger) {
    if (ledger.run().isEmpty() || ledger.run().get().keyName().isPresent()) {
      return Rule.pass();
    }
    var run = ledger.run().get();
    if (isAskedAgain(seen, ledger)) {
      return Rule.act(
          new Step.Begin(Cause.Requested),
          Reason.Beginning,
          "a person has asked again, after keys were named that may have been lost; the rotation"
              + " begins anew");
    }
    var unusable = Pauses.unusable(seen, run.issuer(), settings.heldLook());
    if (unusable.isPresent()) {
      return mayBeginAgain(seen)
          ? Rule.act(
              new Step.Begin(run.cause()),
              Reason.Beginning,
              "the issuer was changed before it gave a key; the rotation begins anew ("
                  + run.cause()
                  + ")")
          : unusable.get();
    }
    if (seen.issuerOf(run.issuer()) instanceof IssuerView.Usable it && it.deleting()) {
      return elsewhere(seen, run);
    }
    if (SecretRules.isImmutable(seen)) {
      // made so since the rotation began
      return SecretRules.immutable(seen, ledger.binding().secret(), settings);
    }
    var pause = ledger.failure(Verb.MINT, ledger.binding().secret());
    if (Pauses.isOn(seen, pause)) {
      return Pauses.yieldTo(pause.orElseThrow());
    }
    var asked = seen.issuerOf(run.issuer());
    if (!Quota.hasRoom(asked, ledger)) {
      return Quota.full(seen, asked, ledger, settings);
    }
    var arriving = deletingUntil(seen, ledger, run);
    if (arriving.isPresent()) {
      return Rule.yields(
          arriving.get(),
          Reason.Deleting,
          "a delete at "
              + run.issuer().display()
              + " may still be on its way, and ids are given again there; no key is asked for"
              + " before it has arrived");
    }
    return TurnRules.wait(seen, ledger, run.cause(), settings)
        .orElseGet(() ->
            Rule.act(
                new Step.Mint(),
                Reason.Minting,
                "asks " + run.issuer().display() + " for a new key (" + run.cause() + ")"));
  }

  /** No new key comes from an issuer that is being deleted. */
  private Answer elsewhere(Observation seen, Run run) {
    return mayBeginAgain(seen)
        ? Rule.act(
            new Step.Begin(run.cause()),
            Reason.Beginning,
            run.issuer().display()
                + " is being deleted before it gave a key; the rotation begins anew ("
                + run.cause()
                + ")")
        : Rule.yields(
            seen.now().plus(settings.heldLook()),
            Reason.IssuerDeleting,
            run.issuer().display()
                + " is being deleted, so no new key is asked for there. Name another issuer in"
                + " spec.issuerRef, or create it again once it is gone.");
  }

  /** Whether a person asks for a key although one or two may have been lost already. */
  private static boolean isAskedAgain(Observation seen, Rotation ledger) {
    return ledger.attempts().stream().anyMatch(Attempt::wasNamed)
        && seen.resource().wishes().rotate().isPresent()
        && !ledger.handledTokens().contains(seen.resource().wishes().rotate().get())
        && mayBeginAgain(seen);
  }

  /** Until when a delete may arrive that could meet the new key, where ids are given again. */
  private static Optional<Instant> deletingUntil(Observation seen, Rotation ledger, Run run) {
    return ledger.keys(Role.CONDEMNED).stream()
        .filter(it -> it.issuer().isSameAccountAs(run.issuer()))
        .flatMap(it -> deleteArrivesUntil(seen, it))
        .filter(it -> it.isAfter(seen.now()))
        .max(Comparator.naturalOrder());
  }

  /**
   * Until when a delete of this key may meet another key, or hide one, where ids are given again.
   */
  static Stream<Instant> deleteArrivesUntil(Observation seen, Key key) {
    // What was not listed before is told by its id alone there: as long as a deleted key is
    // remembered by its id, a new key with that id would go unnoticed.
    boolean told =
        seen.issuerOf(key.issuer()) instanceof IssuerView.Usable it
            && it.capabilities().reusesIds()
            && it.capabilities().tracing() == Tracing.COUNTABLE;
    return Stream.concat(
        key.checks().deleteNotAfter().stream(),
        key.checks().deleteAskedAt().map(asked -> asked.plus(Checks.DELETE_BITES_WITHIN)).stream()
            .filter(until -> told));
  }

  /** A rotation without a key owes its issuer nothing: lost attempts know their own. */
  private static boolean mayBeginAgain(Observation seen) {
    return seen.issuer() instanceof IssuerView.Usable
        && seen.resource().terms() instanceof Observation.Read.Valid;
  }

  /** The new key is tried until it was accepted often enough in a row; nobody sees it before. */
  Answer verifyNext(Observation seen, Rotation ledger) {
    return ledger
        .key(Role.NEXT)
        .filter(key -> key.lastPublication().isEmpty())
        .filter(key -> !proven(seen, key) || isLongAgo(seen, ledger, key))
        .map(key -> verifyNext(seen, ledger, key))
        .orElse(Rule.pass());
  }

  private Answer verifyNext(Observation seen, Rotation ledger, Key next) {
    var unusable = Pauses.unusable(seen, next.issuer(), settings.heldLook());
    if (unusable.isPresent()) {
      return waitInstead(unusable.get());
    }
    var pause = ledger.failure(Verb.VERIFY, next.name());
    if (Pauses.isOn(seen, pause)) {
      return waitInstead(Pauses.yieldTo(pause.orElseThrow()));
    }
    var again = next.checks().acceptedAt().map(it -> it.plus(settings.verifyPause()));
    if (again.isPresent() && again.get().isAfter(seen.now())) {
      return Rule.wait(
          again.get(),
          Reason.Verifying,
          next.display()
              + " was accepted "
              + next.checks().acceptedInARow()
              + " of "
              + settings.acceptedInARow()
              + " times");
    }
    return Rule.act(
        new Step.Verify(next.name()),
        Reason.Verifying,
        "shows " + next.display() + " to " + next.issuer().display());
  }

  /**
   * A key that has stood in line for a while before it is published may be dead by now. It is tried
   * once more when its turn has come, and not while it stands there.
   */
  private boolean isLongAgo(Observation seen, Rotation ledger, Key next) {
    return !Gate.acceptedLately(seen, next, settings.freshness())
        && ledger.run().flatMap(it -> TurnRules.wait(seen, ledger, it.cause(), settings)).isEmpty();
  }

  /** What is wrong with an unproven key keeps everything below from going on with it. */
  private static Answer waitInstead(Answer answer) {
    return answer instanceof Answer.Yields(var trouble)
        ? Rule.wait(trouble.until(), trouble.reason(), trouble.message())
        : answer;
  }

  private boolean proven(Observation seen, Key key) {
    return key.checks().acceptedInARow() >= settings.acceptedInARow()
        || (seen.issuerOf(key.issuer()) instanceof IssuerView.Usable issuer
            && !issuer.capabilities().verifies());
  }
}
