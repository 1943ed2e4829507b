package dev.rekey.plan;

import dev.rekey.config.Settings;
import dev.rekey.plan.Rule.Answer;
import dev.rekey.rotation.Attempt;
import dev.rekey.rotation.Inbox;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.IssuerView;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.Timestamps;
import dev.rekey.rotation.Verb;
import java.util.Optional;

/**
 * What people do at services that let nobody else: they bring new keys in an inbox, and delete old
 * ones by hand.
 */
final class PersonRules {
  private final Settings settings;

  PersonRules(Settings settings) {
    this.settings = settings;
  }

  /** What was taken in is in the ledger, and stands nowhere else for longer than it has to. */
  Answer emptyInbox(Observation seen, Rotation ledger) {
    var taken = seen.inbox().filter(it -> it.wasTaken(ledger));
    if (taken.isEmpty()) {
      return Rule.pass();
    }
    var pause =
        ledger
            .failure(Verb.INTAKE, taken.get().token())
            .or(() -> ledger.failure(Verb.INTAKE, taken.get().version()));
    return Pauses.isOn(seen, pause)
        ? Pauses.yieldTo(pause.orElseThrow())
        : Rule.act(
            new Step.EmptyInbox(),
            Reason.InboxEmptied,
            "removes from Secret "
                + Names.inbox(ledger.binding().secret())
                + " the key that was taken in");
  }

  /**
   * A person was asked for the key of this rotation, and nobody is asked for another one. Where its
   * issuer cannot be used any more, what that means is said by the rule that asks for keys.
   */
  Answer awaitPerson(Observation seen, Rotation ledger) {
    return ledger
        .run()
        .filter(it -> it.keyName().isEmpty())
        .flatMap(run -> awaited(seen, ledger, run))
        .map(attempt ->
            seen.inbox()
                .filter(it -> !it.wasTaken(ledger))
                .map(it -> takeIn(seen, ledger, attempt, it))
                .orElseGet(() -> ask(seen, ledger, attempt)))
        .orElse(Rule.pass());
  }

  private static Optional<Attempt> awaited(Observation seen, Rotation ledger, Run run) {
    return seen.issuerOf(run.issuer()) instanceof IssuerView.Usable issuer && !issuer.deleting()
        ? ledger.attempts().stream()
            .filter(Attempt::awaitsPerson)
            .filter(it -> it.issuer().isSameAccountAs(run.issuer()))
            .findFirst()
        : Optional.empty();
  }

  private Answer takeIn(Observation seen, Rotation ledger, Attempt attempt, Inbox inbox) {
    var pause = ledger.failure(Verb.INTAKE, inbox.version());
    return Pauses.isOn(seen, pause)
        ? pause
            .map(it ->
                Rule.wait(
                    it.notBefore(), it.reason(), it.message() + " " + request(ledger, attempt)))
            .orElseThrow()
        : Rule.act(
            new Step.TakeIn(attempt.id()),
            Reason.TakingIn,
            "takes the key that somebody has put into Secret "
                + Names.inbox(ledger.binding().secret()));
  }

  private Answer ask(Observation seen, Rotation ledger, Attempt attempt) {
    boolean late = !seen.now().isBefore(attempt.notAfter());
    var rest = seen.now().plus(settings.idleLook());
    return Rule.wait(
        !late && attempt.notAfter().isBefore(rest) ? attempt.notAfter() : rest,
        late ? Reason.PersonOverdue : Reason.AwaitingPerson,
        (late ? "a new key was to be there by " : "a new key is needed by ")
            + Timestamps.of(attempt.notAfter())
            + ", and only a person can make it. "
            + request(ledger, attempt));
  }

  private static String request(Rotation ledger, Attempt attempt) {
    return attempt.asked()
        + " Then put it under value into Secret "
        + Names.inbox(ledger.binding().secret())
        + ", labelled "
        + Names.INBOX_LABEL
        + "=true, in the namespace of the rotation.";
  }

  /** That a person says that this key is deleted, where only people can. */
  static Optional<Answer> heard(Observation seen, Rotation ledger, Key condemned) {
    return seen.resource()
        .wishes()
        .deleted()
        .filter(it -> !ledger.handledTokens().contains(it.token()))
        .filter(it -> it.means(condemned))
        .filter(_ -> isByHand(seen, condemned))
        .map(it ->
            Rule.act(
                new Step.NoteDeleted(condemned.name(), it.token()),
                Reason.DeletedByHand,
                Names.DELETED + " says that " + condemned.display() + " is deleted"));
  }

  /** Whether a person deletes this key, who needs no id to know it. */
  static boolean isByHand(Observation seen, Key key) {
    return seen.issuerOf(key.issuer()) instanceof IssuerView.Usable issuer
        && issuer.capabilities().byHand();
  }
}
