package dev.rekey.plan;

import dev.rekey.config.Settings;
import dev.rekey.config.Spans;
import dev.rekey.plan.Rule.Answer;
import dev.rekey.rotation.Cause;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.IssuerView;
import dev.rekey.rotation.Observation.Read;
import dev.rekey.rotation.PastRun;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.Terms;
import dev.rekey.rotation.Timestamps;
import dev.rekey.rotation.Verb;

/** When a rotation begins, and what keeps it from beginning. */
final class DueRules {
  private final Settings settings;

  DueRules(Settings settings) {
    this.settings = settings;
  }

  /** An expired key is said, whatever else is going on. */
  Answer sayWhenExpired(Observation seen, Rotation ledger) {
    return ledger
        .key(Role.CURRENT)
        .filter(key -> key.expiresAt().map(it -> !it.isAfter(seen.now())).orElse(false))
        .filter(key -> ledger.publication().map(it -> it.keyName().equals(key.name())).orElse(true))
        .map(key ->
            Rule.yields(
                seen.now().plus(settings.idleLook()),
                Reason.Expired,
                key.display() + " expired at " + Timestamps.of(key.expiresAt().orElseThrow())))
        .orElse(Rule.pass());
  }

  /** A person has told Rekey to only look. */
  Answer holdWhenSuspended(Observation seen) {
    return seen.resource().suspended()
            // what is being deleted is finished: that was asked for later
            && seen.resource().deletingSince().isEmpty()
        ? Rule.wait(
            seen.now().plus(settings.idleLook()), Reason.Suspended, Reason.Suspended.sentence())
        : Rule.pass();
  }

  /** What is invalid keeps new work from beginning; unfinished work stands above this rule. */
  Answer holdWhenInvalid(Observation seen) {
    return switch (seen.resource().terms()) {
      case Read.Invalid<Terms>(var reason, var message) -> hold(seen, reason, message);
      case Read.Valid<Terms>(var terms) ->
          switch (seen.issuer()) {
            case IssuerView.Unusable(var reason, var message) -> hold(seen, reason, message);
            case IssuerView.Usable usable -> holdBeyondLimit(seen, terms, usable);
          };
    };
  }

  private Answer holdBeyondLimit(Observation seen, Terms terms, IssuerView.Usable issuer) {
    var limit = issuer.capabilities().maxAge();
    if (limit.isEmpty()
        || terms.interval().isEmpty()
        || terms.interval().get().compareTo(limit.get()) < 0) {
      return Rule.pass();
    }
    return hold(
        seen,
        Reason.IntervalBeyondLimit,
        "spec.schedule.interval is "
            + Spans.format(terms.interval().get())
            + ", and keys of "
            + issuer.binding().display()
            + " live "
            + Spans.format(limit.get())
            + " at most. Write a shorter interval.");
  }

  /**
   * A key that only changes its form is replaced as soon as it is due for a better reason, as a
   * leak is: the new key takes the new form with it.
   */
  Answer beginInsteadOfNewForm(Observation seen, Rotation ledger) {
    boolean keepsKey = ledger.run().map(Run::keepsKey).orElse(false);
    boolean betterReason =
        Due.of(seen, ledger)
            .filter(it -> it.isNow(seen))
            .map(it -> it.cause() != Cause.DataChanged)
            .orElse(false);
    return keepsKey && betterReason && seen.resource().deletingSince().isEmpty()
        ? beginWhenDue(seen, ledger)
        : Rule.pass();
  }

  /** It is due, and nothing unfinished forbids it. */
  Answer begin(Observation seen, Rotation ledger) {
    return ledger.run().isPresent() ? Rule.pass() : beginWhenDue(seen, ledger);
  }

  private Answer beginWhenDue(Observation seen, Rotation ledger) {
    var due = Due.of(seen, ledger);
    if (due.isEmpty() || !due.get().isNow(seen)) {
      return Rule.pass();
    }
    var takenBack =
        ledger
            .failure(Verb.MINT, ledger.binding().secret())
            .filter(it -> it.reason() == Reason.RolledBack);
    if (!due.get().cause().isUrgent() && Pauses.isOn(seen, takenBack)) {
      return Pauses.yieldTo(takenBack.orElseThrow());
    }
    if (SecretRules.isImmutable(seen)) {
      return SecretRules.immutable(seen, ledger.binding().secret(), settings);
    }
    if (due.get().cause() != Cause.DataChanged && !Quota.hasRoom(seen.issuer(), ledger)) {
      return Quota.full(seen, seen.issuer(), ledger, settings);
    }
    return TurnRules.wait(seen, ledger, due.get().cause(), settings)
        .orElseGet(() -> beginning(ledger, due.get().cause()));
  }

  private static Answer beginning(Rotation ledger, Cause cause) {
    return Rule.act(
        new Step.Begin(cause),
        Reason.Beginning,
        "a rotation of Secret " + ledger.binding().secret() + " begins (" + cause + ")");
  }

  /** Nothing to do until something is due. */
  Answer rest(Observation seen, Rotation ledger) {
    var latest = seen.now().plus(settings.idleLook());
    if (ledger.run().isPresent()) {
      return Rule.wait(
          latest,
          standing(ledger),
          "a rotation is under way and waits for what is wrong beside it");
    }
    var due = Due.of(seen, ledger);
    return due.map(it ->
            Rule.wait(
                it.at().isBefore(latest) && it.at().isAfter(seen.now()) ? it.at() : latest,
                Reason.Idle,
                "the next rotation is due at "
                    + Timestamps.of(it.at())
                    + " ("
                    + it.cause()
                    + ")"
                    + leftToPerson(ledger)))
        .orElseGet(
            () -> Rule.wait(latest, Reason.Idle, "nothing says when this key is to be rotated"));
  }

  /** What a person still has to do about the last rotation. */
  private static String leftToPerson(Rotation ledger) {
    return ledger.history().stream()
        .findFirst()
        .flatMap(PastRun::leftToPerson)
        .map(it -> "; " + it + " of the last rotation is to be deleted at its issuer by hand")
        .orElse("");
  }

  /** What a rotation that can do nothing now is about. */
  private static Reason standing(Rotation ledger) {
    return ledger
        .run()
        .flatMap(Run::keyName)
        .flatMap(ledger::key)
        .map(key -> key.role() == Role.CURRENT ? Reason.Deleting : Reason.Publishing)
        .orElse(Reason.Minting);
  }

  private Answer hold(Observation seen, Reason reason, String message) {
    return Rule.wait(seen.now().plus(settings.heldLook()), reason, message);
  }
}
