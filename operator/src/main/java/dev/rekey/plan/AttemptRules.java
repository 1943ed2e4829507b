package dev.rekey.plan;

import dev.rekey.config.Settings;
import dev.rekey.plan.Rule.Answer;
import dev.rekey.rotation.Attempt;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Verb;
import java.time.Instant;
import java.util.ArrayList;

/** Mints without an answer: waited for, given up, searched for until no key of theirs is lost. */
final class AttemptRules {
  /** More lost attempts than this are not kept for later: a ledger is bounded. */
  private static final int MANY = 5;

  private final Settings settings;

  AttemptRules(Settings settings) {
    this.settings = settings;
  }

  /** An attempt without an answer is waited for, then given up as lost. */
  Answer resolveOpenAttempt(Observation seen, Rotation ledger) {
    return ledger.attempts().stream()
        .filter(it -> it.state() == Attempt.State.OPEN)
        .findFirst()
        .map(open ->
            seen.now().isBefore(open.notAfter())
                ? awaitAnswer(ledger, open)
                : Rule.act(
                    new Step.MarkLost(open.id()),
                    Reason.AnswerLost,
                    "no answer to attempt "
                        + open.id()
                        + " will come any more; the key may exist all the same"))
        .orElse(Rule.pass());
  }

  /** Says why there is no clear answer, where anything came back at all. */
  private static Answer awaitAnswer(Rotation ledger, Attempt open) {
    var waiting =
        "attempt " + open.id() + " at " + open.issuer().display() + " has no clear answer yet";
    return ledger
        .failure(Verb.MINT, ledger.binding().secret())
        // one that was over before this attempt was opened is about another
        .filter(it -> it.notBefore().isAfter(open.openedAt()))
        .map(it ->
            Rule.wait(
                open.notAfter(),
                it.reason(),
                it.message() + " The key may exist all the same: " + waiting + "."))
        .orElseGet(() -> Rule.wait(open.notAfter(), Reason.AwaitingAnswer, waiting));
  }

  /** The issuer's list is searched for what a lost attempt left behind, again and again. */
  Answer sweepLostAttempt(Observation seen, Rotation ledger) {
    var lost = ledger.attempts().stream().filter(it -> it.state() == Attempt.State.LOST).toList();
    var answers = new ArrayList<Answer>();
    for (var attempt : lost) {
      if (attempt.wasNamed()) {
        continue;
      }
      var due = sweepDue(seen, ledger, attempt);
      if (due.isAfter(seen.now())) {
        answers.add(due.equals(Instant.MAX) ? Rule.pass() : Rule.later(due));
        continue;
      }
      var pause = ledger.failure(Verb.SWEEP, attempt.id());
      if (Pauses.isOn(seen, pause)) {
        answers.add(Pauses.yieldTo(pause.orElseThrow()));
        continue;
      }
      var unusable = Pauses.unusable(seen, attempt.issuer(), settings.heldLook());
      if (unusable.isPresent()) {
        answers.add(unusable.get());
        continue;
      }
      return Rule.act(new Step.Sweep(attempt.id()), Reason.Sweeping, tracing(attempt));
    }
    return Rule.several(answers);
  }

  private static String tracing(Attempt attempt) {
    return switch (attempt.tracing()) {
      case LABELLED ->
          "searches the keys of "
              + attempt.issuer().display()
              + " for the label "
              + attempt.label()
              + " of a lost attempt";
      case COUNTABLE, BLIND, PERSON ->
          "searches the keys of "
              + attempt.issuer().display()
              + " for one that was not there before the lost attempt "
              + attempt.id();
      case IDEMPOTENT ->
          "asks "
              + attempt.issuer().display()
              + " once more for the key of the lost attempt "
              + attempt.id()
              + ", to have it deleted";
    };
  }

  /**
   * When it is searched next: on its own schedule, and once more before another key is asked for.
   */
  private static Instant sweepDue(Observation seen, Rotation ledger, Attempt attempt) {
    return attempt.nextSweep().orElseGet(() -> isInTheWay(seen, ledger) ? seen.now() : Instant.MAX);
  }

  /** Whether a lost attempt is in the way: of a rotation that is due, or of one without room. */
  private static boolean isInTheWay(Observation seen, Rotation ledger) {
    return ledger
        .run()
        .map(run ->
            run.keyName().isEmpty()
                && (!Quota.hasRoom(seen.issuerOf(run.issuer()), ledger)
                    || failedForRoom(ledger)
                    || ledger.attempts().size() > MANY))
        .orElseGet(() -> Due.of(seen, ledger).map(it -> it.isNow(seen)).orElse(false));
  }

  /** Keys of others fill the account as well; only its list has shown that. */
  private static boolean failedForRoom(Rotation ledger) {
    return ledger
        .failure(Verb.MINT, ledger.binding().secret())
        .map(it -> it.reason() == Reason.QuotaReached)
        .orElse(false);
  }
}
