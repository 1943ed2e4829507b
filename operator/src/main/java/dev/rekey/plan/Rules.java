package dev.rekey.plan;

import dev.rekey.config.Settings;
import java.util.List;

/**
 * The rotation, from top to bottom. The first rule that decides wins: what is not ours is not
 * touched, unfinished work comes before new work, and a rule that has to leave something alone for
 * a while yields to those below it.
 *
 * <pre>
 *   begin -> mint -> verify -> publish -> write the Secret -> settle -> roll -> wait for consumers
 *         -> soak -> verify again -> condemn (point of no return) -> delete -> confirm -> complete
 * </pre>
 */
public final class Rules {
  private Rules() {}

  /** A rule and the name by which people speak of it. */
  public record Named(String name, Rule rule) {}

  /** The rules in their order, with {@code gate} before the point of no return. */
  public static List<Named> inOrder(Settings settings, Gate gate) {
    var ledger = new LedgerRules(settings);
    var secret = new SecretRules(settings);
    var adopt = new AdoptRules(settings);
    var attempt = new AttemptRules(settings);
    var mint = new MintRules(settings);
    var rollout = new RolloutRules(settings);
    var revoke = new RevokeRules(settings, gate);
    var rollback = new RollbackRules(settings, rollout);
    var deletion = new DeletionRules(settings);
    var due = new DueRules(settings);
    var warnings = new Warnings(settings);
    var person = new PersonRules(settings);
    return List.of(
        // whose ledger is it?
        new Named("releaseWhenNotOurs", deletion::releaseWhenNotOurs),
        new Named("holdWhenNotOurs", ledger::holdWhenNotOurs),
        new Named("rebindWhenResourceIsNew", ledger::rebindWhenResourceIsNew),
        new Named("sayWhenExpired", Rule.onOwnLedger(due::sayWhenExpired)),
        // what a person says goes before what Rekey would do by itself
        new Named("revokeNowWhenNamed", Rule.onOwnLedger(revoke::revokeNowWhenNamed)),
        // no resource goes while a key of it is unfinished, though it is suspended
        new Named("guardWhileUnfinished", Rule.onOwnLedger(deletion::guardWhileUnfinished)),
        new Named("holdWhenSuspended", due::holdWhenSuspended),
        new Named("startOverWhenBehind", Rule.onOwnLedger(ledger::startOverWhenBehind)),
        new Named("finishDeletion", Rule.onOwnLedger(deletion::finishDeletion)),
        // the Secret shows what was decided
        new Named("writeSecretWhenDecided", Rule.onOwnLedger(secret::writeSecretWhenDecided)),
        new Named(
            "republishWhenSecretDrifted", Rule.onOwnLedger(secret::republishWhenSecretDrifted)),
        // what was condemned goes
        new Named("deleteWhenCondemned", Rule.onOwnLedger(revoke::deleteWhenCondemned)),
        // what a person brought stands in two places no longer than it has to
        new Named("emptyInbox", Rule.onOwnLedger(person::emptyInbox)),
        // no key is lost
        new Named("resolveOpenAttempt", Rule.onOwnLedger(attempt::resolveOpenAttempt)),
        new Named("sweepLostAttempt", Rule.onOwnLedger(attempt::sweepLostAttempt)),
        // the rotation under way
        new Named("hurryWhenLeaked", Rule.onOwnLedger(LeakRules::hurryWhenLeaked)),
        new Named("abandonNext", Rule.onOwnLedger(mint::abandonNext)),
        new Named("rollBackOnce", Rule.onOwnLedger(rollback::rollBackOnce)),
        new Named("warnBeforehand", Rule.onOwnLedger(warnings::warnBeforehand)),
        new Named("awaitPerson", Rule.onOwnLedger(person::awaitPerson)),
        new Named("mint", Rule.onOwnLedger(mint::mint)),
        new Named("verifyNext", Rule.onOwnLedger(mint::verifyNext)),
        new Named("beginInsteadOfNewForm", Rule.onOwnLedger(due::beginInsteadOfNewForm)),
        new Named("publishInNewForm", Rule.onOwnLedger(secret::publishInNewForm)),
        new Named("publish", Rule.onOwnLedger(secret::publish)),
        // the end stands above the waits: an application that becomes unready once the old key is
        // gone holds up nothing
        new Named("complete", Rule.onOwnLedger(revoke::complete)),
        new Named(
            "holdWhileOldKeyIsElsewhere", Rule.onOwnLedger(rollout::holdWhileOldKeyIsElsewhere)),
        new Named("settle", Rule.onOwnLedger(rollout::settle)),
        new Named("roll", Rule.onOwnLedger(rollout::roll)),
        new Named(
            "deletePodThatHoldsUpItsSet", Rule.onOwnLedger(rollback::deletePodThatHoldsUpItsSet)),
        new Named("waitForConsumers", Rule.onOwnLedger(rollout::waitForConsumers)),
        new Named("soak", Rule.onOwnLedger(rollout::soak)),
        new Named("verifyAgain", Rule.onOwnLedger(rollout::verifyAgain)),
        new Named("condemn", Rule.onOwnLedger(revoke::condemn)),
        // what is new
        new Named("beginNothingWhenDeleted", deletion::beginNothingWhenDeleted),
        new Named("verifyCurrent", Rule.onOwnLedger(ledger::verifyCurrent)),
        new Named("holdWhenInvalid", due::holdWhenInvalid),
        new Named("startLedger", adopt::startLedger),
        new Named("adopt", Rule.onOwnLedger(adopt::adopt)),
        new Named("begin", Rule.onOwnLedger(due::begin)),
        new Named("releaseWhenFinished", Rule.onOwnLedger(deletion::releaseWhenFinished)),
        new Named("rest", Rule.onOwnLedger(due::rest)));
  }
}
