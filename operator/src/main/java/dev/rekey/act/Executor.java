package dev.rekey.act;

import dev.rekey.cluster.ClusterException;
import dev.rekey.observe.Observer.Seen;
import dev.rekey.plan.Plan;
import dev.rekey.plan.Step;

/**
 * Performs one step. Each step is one durable write, or a durable write before and after one
 * request to the issuer; a step that was cut off in the middle is found by the rules in what it
 * left behind.
 */
public final class Executor {
  private final LedgerSteps ledger;
  private final AdoptSteps adopt;
  private final MintSteps mint;
  private final SweepSteps sweep;
  private final VerifySteps verify;
  private final InboxSteps inbox;
  private final SecretSteps secret;
  private final RolloutSteps rollout;
  private final RevokeSteps revoke;
  private final ResourceSteps resource;

  /** An executor of these steps. */
  public Executor(
      LedgerSteps ledger,
      AdoptSteps adopt,
      MintSteps mint,
      SweepSteps sweep,
      VerifySteps verify,
      InboxSteps inbox,
      SecretSteps secret,
      RolloutSteps rollout,
      RevokeSteps revoke,
      ResourceSteps resource) {
    this.resource = resource;
    this.ledger = ledger;
    this.adopt = adopt;
    this.mint = mint;
    this.sweep = sweep;
    this.verify = verify;
    this.inbox = inbox;
    this.secret = secret;
    this.rollout = rollout;
    this.revoke = revoke;
  }

  /**
   * Does what {@code plan} says, on what it was decided on.
   *
   * @throws ClusterException when the API server cannot be reached or refuses; nothing is known to
   *     have happened then, and the step is decided anew
   */
  public Outcome perform(Plan.Act plan, Seen seen) {
    try {
      return switch (plan.step()) {
        case Step.StartLedger() -> ledger.start(seen.observation(), plan);
        case Step.Rebind() -> ledger.rebind(Doing.of(seen), plan);
        case Step.TakeOver() -> ledger.takeOver(Doing.of(seen), plan);
        case Step.StartOver() -> ledger.startOver(Doing.of(seen), plan);
        case Step.Adopt() -> adopt.adopt(Doing.of(seen), plan);
        case Step.Begin(var cause) -> ledger.begin(Doing.of(seen), cause, plan);
        case Step.Mint() -> mint.mint(Doing.of(seen), plan);
        case Step.TakeIn(var attempt) -> inbox.takeIn(Doing.of(seen), attempt, plan);
        case Step.EmptyInbox() -> inbox.empty(Doing.of(seen), plan);
        case Step.NoteDeleted(var key, var token) ->
            revoke.noteDeleted(Doing.of(seen), key, token, plan);
        case Step.MarkLost(var attempt) -> sweep.markLost(Doing.of(seen), attempt, plan);
        case Step.Sweep(var attempt) -> sweep.sweep(Doing.of(seen), attempt, plan);
        case Step.Verify(var key) -> verify.verify(Doing.of(seen), key, plan);
        case Step.Publish(var key) -> secret.publish(Doing.of(seen), key, plan);
        case Step.Republish() -> secret.republish(Doing.of(seen), plan);
        case Step.WriteSecret() -> secret.write(Doing.of(seen), plan);
        case Step.StampWorkload(var workload, var stamp, var beside) ->
            rollout.stamp(Doing.of(seen), workload, stamp, beside, plan);
        case Step.RestartRollout(var it, var at, _) ->
            rollout.restart(Doing.of(seen), it, at, plan);
        case Step.DeletePod(var name, var uid) ->
            rollout.deletePod(Doing.of(seen), name, uid, plan);
        case Step.NoteProgress(var progress) ->
            rollout.noteProgress(Doing.of(seen), progress, plan);
        case Step.Condemn(var key) -> revoke.condemn(Doing.of(seen), key, plan);
        case Step.Retire(var key) -> revoke.retire(Doing.of(seen), key, plan);
        case Step.SettleIn(var key) -> revoke.settleIn(Doing.of(seen), key, plan);
        case Step.RollBack(var newKey, var oldKey) ->
            secret.rollBack(Doing.of(seen), newKey, oldKey, plan);
        case Step.Warn(var warnings) -> rollout.warn(Doing.of(seen), warnings, plan);
        case Step.NoteHealth(var well) -> rollout.noteHealth(Doing.of(seen), well, plan);
        case Step.Handle(var token) -> ledger.handle(Doing.of(seen), token, plan);
        case Step.Hurry(var token) -> ledger.hurry(Doing.of(seen), token, plan);
        case Step.GiveUp(var key, var token) -> revoke.giveUp(Doing.of(seen), key, token, plan);
        case Step.RevokeNow(var key, var token) ->
            revoke.revokeNow(Doing.of(seen), key, token, plan);
        case Step.Delete(var key) -> revoke.delete(Doing.of(seen), key, plan);
        case Step.Forget(var key) -> revoke.forget(Doing.of(seen), key, plan);
        case Step.Guard() -> resource.guard(seen, true, plan);
        case Step.Release() -> resource.guard(seen, false, plan);
        case Step.RevokeAll() -> revoke.revokeAll(Doing.of(seen), plan);
        case Step.Abort() -> revoke.abort(Doing.of(seen), plan);
        case Step.Abandon() -> revoke.abandon(Doing.of(seen), plan);
        case Step.Complete() -> revoke.complete(Doing.of(seen), plan);
      };
    } catch (ClusterException.Conflict conflict) {
      return new Outcome.Overtaken(conflict.getMessage());
    }
  }
}
