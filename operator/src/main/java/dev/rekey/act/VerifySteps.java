package dev.rekey.act;

import dev.rekey.issuer.Issuer;
import dev.rekey.issuer.IssuerDirectory;
import dev.rekey.ledger.LedgerStore;
import dev.rekey.plan.Plan;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Verb;
import dev.rekey.rotation.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Asking an issuer about a key. What an answer means depends on what the key is. */
public final class VerifySteps {
  /** So long a new key may be unknown to parts of its issuer. */
  private static final Duration YOUNG = Duration.ofMinutes(1);

  private final LedgerStore ledgers;
  private final IssuerDirectory issuers;
  private final InstantSource clock;
  private final Setbacks setbacks;

  /** Steps on {@code ledgers} and at {@code issuers}. */
  public VerifySteps(
      LedgerStore ledgers, IssuerDirectory issuers, InstantSource clock, Setbacks setbacks) {
    this.ledgers = ledgers;
    this.issuers = issuers;
    this.clock = clock;
    this.setbacks = setbacks;
  }

  Outcome verify(Doing doing, String keyName, Plan.Act plan) {
    var found = doing.rotation().key(keyName);
    if (found.isEmpty()) {
      return new Outcome.Overtaken("key " + keyName + " is forgotten");
    }
    return found.get().role() == Role.CONDEMNED
        ? isItGone(doing, found.get(), plan)
        : doesItWork(doing, found.get(), plan);
  }

  /** A key that is to work: it is to be accepted. */
  private Outcome doesItWork(Doing doing, Key key, Plan.Act plan) {
    // An answer may be heard long after it was given; it is as old as its question.
    var askedAt = clock.instant();
    var verdict =
        issuers
            .open(key.issuer(), doing.rotation())
            .map(it -> it.verify(key))
            .orElseGet(() -> new Verdict.Unknown(Setbacks.gone(key.issuer())));
    return switch (verdict) {
      case Verdict.Accepted() -> {
        var checked = key.checked(key.checks().accepted(askedAt));
        yield done(
            doing,
            checked,
            key.display() + " is accepted (" + checked.checks().acceptedInARow() + " in a row)",
            plan);
      }
      case Verdict.Rejected() -> {
        var checked = key.checked(key.checks().rejected(clock.instant()));
        var reason =
            key.lastPublication().isPresent()
                ? Reason.CurrentKeyNotAccepted
                : Reason.KeyNotAccepted;
        yield setbacks.note(
            doing.ledger(),
            doing.rotation().key(checked),
            doing.seen(),
            Verb.VERIFY,
            key.name(),
            Fault.of(
                reason,
                key.issuer().display()
                    + " does not accept "
                    + key.display()
                    + ". "
                    + reason.sentence()));
      }
      case Verdict.Unknown(var fault) -> setbacks.note(doing, Verb.VERIFY, key.name(), fault);
    };
  }

  /** A key that was deleted: it is to be rejected, whatever the answer to the delete was. */
  private Outcome isItGone(Doing doing, Key key, Plan.Act plan) {
    var verdict =
        issuers
            .open(key.issuer(), doing.rotation())
            .map(it -> isItGone(it, doing.rotation(), key))
            .orElseGet(() -> new Verdict.Unknown(Setbacks.gone(key.issuer())));
    return switch (verdict) {
      case Verdict.Accepted() -> {
        var checked = key.checked(key.checks().accepted(clock.instant()));
        yield setbacks.note(
            doing.ledger(),
            doing.rotation().key(checked),
            doing.seen(),
            Verb.DELETE,
            key.name(),
            Fault.of(
                Reason.NotRevoked,
                key.issuer().display()
                    + " says that "
                    + key.display()
                    + " is deleted, and still accepts it. Rekey deletes it again; look at the"
                    + " issuer."));
      }
      case Verdict.Rejected() ->
          done(
              doing,
              key.checked(key.checks().rejected(clock.instant())),
              key.display() + " no longer works",
              plan);
      case Verdict.Unknown(var fault) -> setbacks.note(doing, Verb.VERIFY, key.name(), fault);
    };
  }

  private Verdict isItGone(Issuer issuer, Rotation ledger, Key key) {
    if (canBeShown(issuer, key)) {
      return unlessYoung(key, unlessAllAre(issuer, ledger, key, issuer.verify(key)));
    }
    return isGivenAgain(issuer, ledger, key)
        ? new Verdict.Rejected()
        : unlessYoung(key, isItListed(issuer, key));
  }

  /**
   * Where people delete keys, a rejection is all that tells of it. For a moment a service may
   * reject everybody, so the key in use has to be accepted beside it.
   */
  private static Verdict unlessAllAre(Issuer issuer, Rotation ledger, Key key, Verdict verdict) {
    if (!(verdict instanceof Verdict.Rejected) || !issuer.capabilities().byHand()) {
      return verdict;
    }
    boolean alone =
        ledger
            .key(Role.CURRENT)
            .filter(it -> it.issuer().account().equals(key.issuer().account()))
            .filter(it -> canBeShown(issuer, it))
            .map(it -> issuer.verify(it) instanceof Verdict.Accepted)
            .orElse(true);
    return alone
        ? verdict
        : new Verdict.Unknown(
            Fault.of(
                Reason.AwaitingDeletion,
                key.issuer().display()
                    + " accepts neither "
                    + key.display()
                    + " nor the key in use, so that nothing tells whether the former is deleted."
                    + " Rekey asks again."));
  }

  /** Whether the issuer has given this key's id to a newer one, and so has deleted this one. */
  static boolean isGivenAgain(Issuer issuer, Rotation ledger, Key key) {
    // people may call several keys the same
    return !issuer.capabilities().byHand()
        && ledger.keys().stream()
            .filter(it -> it.issuer().account().equals(key.issuer().account()))
            .filter(it -> it.id().equals(key.id()))
            .anyMatch(it -> it.issuedAt().isAfter(key.issuedAt()));
  }

  /**
   * What an issuer says of a key that is to be gone. Word of a new key takes a while to get round:
   * that one so young is rejected, or not listed, proves nothing.
   */
  private Verdict unlessYoung(Key key, Verdict verdict) {
    return unlessYoung(key, verdict, clock.instant());
  }

  static Verdict unlessYoung(Key key, Verdict verdict, Instant now) {
    // one without fields was found in the list, so its issuer knows it
    return verdict instanceof Verdict.Rejected
            && !key.fields().isEmpty()
            && now.isBefore(key.issuedAt().plus(YOUNG))
        ? new Verdict.Unknown(
            Fault.of(
                Reason.Deleting,
                key.display()
                    + " is too young to tell if "
                    + key.issuer().display()
                    + " has deleted it or does not know it yet"))
        : verdict;
  }

  /** Whether the issuer can be asked if this key works. */
  static boolean canBeShown(Issuer issuer, Key key) {
    return issuer.capabilities().verifies() && !key.fields().isEmpty();
  }

  /**
   * A key that cannot be shown to the issuer: whether it is listed tells the same. Where a list
   * does not tell, the issuer's answer to the delete has to do.
   */
  private static Verdict isItListed(Issuer issuer, Key key) {
    return switch (Listedness.of(issuer, key)) {
      case Listedness.Shown() -> new Verdict.Accepted();
      case Listedness.Absent(), Listedness.CannotTell() -> new Verdict.Rejected();
      case Listedness.Failed(var fault) -> new Verdict.Unknown(fault);
    };
  }

  private Outcome done(Doing doing, Key checked, String told, Plan.Act plan) {
    var written =
        ledgers.replace(
            doing.ledger(), doing.rotation().key(checked).recovered(Verb.VERIFY, checked.name()));
    return new Outcome.Done(written, told, plan.reason(), false);
  }
}
