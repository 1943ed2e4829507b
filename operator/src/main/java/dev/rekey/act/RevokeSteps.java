package dev.rekey.act;

import dev.rekey.issuer.Issuer;
import dev.rekey.issuer.IssuerDirectory;
import dev.rekey.ledger.LedgerStore;
import dev.rekey.plan.Plan;
import dev.rekey.rotation.DeleteResult;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Verb;
import dev.rekey.rotation.Verdict;
import java.time.InstantSource;
import java.util.List;

/** Deleting keys: decided in the ledger, asked of the issuer, forgotten when gone. */
public final class RevokeSteps {
  private final LedgerStore ledgers;
  private final IssuerDirectory issuers;
  private final InstantSource clock;
  private final Setbacks setbacks;

  /** Steps on {@code ledgers} and at {@code issuers}. */
  public RevokeSteps(
      LedgerStore ledgers, IssuerDirectory issuers, InstantSource clock, Setbacks setbacks) {
    this.ledgers = ledgers;
    this.issuers = issuers;
    this.clock = clock;
    this.setbacks = setbacks;
  }

  /** The point of no return. One write, on a ledger that was read live together with every pod. */
  Outcome condemn(Doing doing, String keyName, Plan.Act plan) {
    var condemned = doing.rotation().condemned(keyName);
    boolean givenUp = doing.rotation().key(keyName).map(it -> it.role() == Role.NEXT).orElse(false);
    var written =
        ledgers.replace(doing.ledger(), givenUp ? mintLater(doing, condemned, plan) : condemned);
    return new Outcome.Done(written, plan.message(), plan.reason(), givenUp);
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
    var written = ledgers.replace(doing.ledger(), doing.rotation().retired(keyName));
    return new Outcome.Done(written, plan.message(), plan.reason(), true);
  }

  Outcome settleIn(Doing doing, String keyName, Plan.Act plan) {
    var written = ledgers.replace(doing.ledger(), doing.rotation().settledIn(keyName));
    return new Outcome.Done(written, plan.message(), plan.reason(), false);
  }

  /**
   * Asks the issuer to delete a key. This is the only place where that is done, and it is done only
   * for a key that the ledger, read live for this step, shows as condemned. Dies after the request:
   * the key is still condemned, and is deleted again, which changes nothing.
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
    var result =
        issuers
            .open(key.issuer())
            .map(it -> delete(it, key, doing.rotation().failure(Verb.DELETE, keyName).isPresent()))
            .orElseGet(() -> new DeleteResult.Failed(Setbacks.gone(key.issuer())));
    return switch (result) {
      case DeleteResult.Deleted() -> asked(doing, key, "was deleted", plan);
      case DeleteResult.Gone() -> asked(doing, key, "was not there any more", plan);
      case DeleteResult.Failed(var fault) -> setbacks.note(doing, Verb.DELETE, keyName, fault);
    };
  }

  /**
   * A delete that is repeated may meet another key: some issuers give an id again. So a key with a
   * label is looked for first.
   */
  private static DeleteResult delete(Issuer issuer, Key key, boolean again) {
    if (again
        && key.label().isPresent()
        && VerifySteps.isItListed(issuer, key) instanceof Verdict.Rejected) {
      return new DeleteResult.Gone();
    }
    return issuer.delete(key);
  }

  private Outcome asked(Doing doing, Key key, String what, Plan.Act plan) {
    // The failure, if there was one, is kept until the key is known to be gone: a delete that is
    // answered well and does not bite is to be tried ever more rarely.
    var written =
        ledgers.replace(
            doing.ledger(),
            doing.rotation().key(key.checked(key.checks().deleteAsked(clock.instant()))));
    return new Outcome.Done(
        written,
        key.display() + " " + what + " at " + key.issuer().display(),
        plan.reason(),
        false);
  }

  Outcome forget(Doing doing, String keyName, Plan.Act plan) {
    var written = ledgers.replace(doing.ledger(), doing.rotation().forgotten(keyName));
    return new Outcome.Done(written, plan.message(), plan.reason(), false);
  }

  Outcome complete(Doing doing, Plan.Act plan) {
    var written = ledgers.replace(doing.ledger(), doing.rotation().completed(doing.seen().now()));
    return new Outcome.Done(written, plan.message(), plan.reason(), false);
  }
}
