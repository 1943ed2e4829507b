package dev.rekey.act;

import dev.rekey.cluster.ClusterException;
import dev.rekey.issuer.Issuer;
import dev.rekey.ledger.LedgerStore;
import dev.rekey.ledger.LedgerStore.Stored;
import dev.rekey.plan.Plan;
import dev.rekey.rotation.Attempt;
import dev.rekey.rotation.Checks;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.MintResult;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.SecretText;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/** Writing down a key that an issuer has answered with, whatever has happened meanwhile. */
final class MintedKeys {
  private final LedgerStore ledgers;

  MintedKeys(LedgerStore ledgers) {
    this.ledgers = ledgers;
  }

  /** The key of an attempt, as it was answered. */
  static Key key(MintResult.Minted minted, Attempt attempt, Instant sentAt, Issuer issuer) {
    // At the latest: where the issuer does not say, the key is as old as the request for it.
    var issuedAt = minted.issuedAt().filter(it -> isAbout(it, sentAt)).orElse(sentAt);
    return new Key(
        attempt.id(),
        Optional.of(minted.id()),
        Role.NEXT,
        minted.fields(),
        minted.fields().getOrDefault("value", SecretText.of("")).hint(),
        issuedAt,
        minted.expiresAt().or(() -> issuer.capabilities().maxAge().map(sentAt::plus)),
        Optional.of(attempt.label()),
        attempt.issuer(),
        OptionalInt.empty(),
        Checks.NONE);
  }

  /**
   * Whether a date that an issuer gives can be that of a key just made. Some give the account's, or
   * only the day; a key that is old when it is made would be due again at once.
   */
  private static boolean isAbout(Instant said, Instant sentAt) {
    return Duration.between(said, sentAt).abs().compareTo(Duration.ofMinutes(10)) < 0;
  }

  /**
   * Writes down the key that was minted. Somebody may have written the ledger since {@code from}
   * was read; the key is not dropped for that. Where the attempt was given up meanwhile, another
   * one may be under way, so this key is condemned.
   *
   * @param besides what else that write is to change
   */
  Outcome note(
      Stored from, Attempt attempt, Key key, Plan.Act plan, UnaryOperator<Rotation> besides) {
    var ledger = from;
    while (true) {
      boolean stillOpen =
          ledger
              .rotation()
              .attempt(attempt.id())
              .map(it -> it.state() == Attempt.State.OPEN)
              .orElse(false);
      try {
        var written =
            ledgers.replace(
                ledger, besides.apply(noted(ledger.rotation(), attempt, key, stillOpen)));
        return new Outcome.Done(
            written,
            stillOpen
                ? "minted " + key.display() + " at " + key.issuer().display()
                : key.display() + " came after its attempt was given up; it will be deleted",
            plan.reason(),
            !stillOpen);
      } catch (ClusterException.Conflict conflict) {
        var binding = ledger.rotation().binding();
        if (!(ledgers.live(binding.namespace(), binding.secret())
            instanceof LedgerStore.Found.Ledger(var live))) {
          // No ledger to write it to. Its label tells whose it is.
          throw conflict;
        }
        if (live.rotation().key(key.name()).isPresent()) {
          // Our own write was stored, and only its answer was lost.
          return new Outcome.Done(
              live,
              "minted " + key.display() + " at " + key.issuer().display(),
              plan.reason(),
              false);
        }
        ledger = live;
      }
    }
  }

  private static Rotation noted(Rotation ledger, Attempt attempt, Key key, boolean stillOpen) {
    if (stillOpen) {
      return ledger.minted(attempt.id(), key);
    }
    // A sweep may have found it before its answer came.
    boolean known = ledger.keys().stream().anyMatch(it -> isSame(it, key));
    return ledger.sweptUp(
        attempt.id(), known ? List.of() : List.of(condemned(key, attempt.notAfter())));
  }

  /** By more than its id: some issuers give an id again. A sweep sees a key without its fields. */
  private static boolean isSame(Key found, Key key) {
    return found.issuer().isSameAccountAs(key.issuer())
        && found.id().equals(key.id())
        && (found.fields().isEmpty() || found.fields().equals(key.fields()))
        && (found.label().orElse("").isEmpty() || found.label().equals(key.label()));
  }

  /**
   * A sweep may even have found it, deleted it and forgotten it before its answer came. So a delete
   * of it may have been sent already.
   */
  private static Key condemned(Key key, Instant sweptSince) {
    return key.checked(key.checks().deleting(sweptSince)).as(Role.CONDEMNED);
  }
}
