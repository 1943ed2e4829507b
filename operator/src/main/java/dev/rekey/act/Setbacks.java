package dev.rekey.act;

import dev.rekey.config.Settings;
import dev.rekey.ledger.LedgerStore;
import dev.rekey.ledger.LedgerStore.Stored;
import dev.rekey.plan.Backoff;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.IssuerBinding;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Verb;
import java.time.InstantSource;

/** Writes down what failed, and until when it is left alone. */
public final class Setbacks {
  private final LedgerStore ledgers;
  private final Settings settings;
  private final InstantSource clock;

  /** Setbacks in {@code ledgers}. */
  public Setbacks(LedgerStore ledgers, Settings settings, InstantSource clock) {
    this.ledgers = ledgers;
    this.settings = settings;
    this.clock = clock;
  }

  /** {@code verb} on {@code subject} failed; nothing else has changed. */
  Outcome note(Doing doing, Verb verb, String subject, Fault fault) {
    return note(doing.ledger(), doing.rotation(), doing.seen(), verb, subject, fault);
  }

  /**
   * {@code verb} on {@code subject} failed.
   *
   * @param from what the compare-and-set starts from
   * @param rotation the ledger as it is to be, but for the failure
   */
  Outcome note(
      Stored from, Rotation rotation, Observation seen, Verb verb, String subject, Fault fault) {
    var failed = with(rotation, seen, verb, subject, fault);
    return new Outcome.Done(ledgers.replace(from, failed), fault.message(), fault.reason(), true);
  }

  /** {@code rotation} with the failure in it. */
  Rotation with(Rotation rotation, Observation seen, Verb verb, String subject, Fault fault) {
    return rotation.failed(
        Backoff.after(
            rotation.failure(verb, subject),
            verb,
            subject,
            fault,
            seen.resource().generation(),
            clock.instant(),
            settings));
  }

  /** The issuer of a key or an attempt is not there as it was. */
  static Fault gone(IssuerBinding issuer) {
    return Fault.of(
        Reason.IssuerChanged,
        issuer.display()
            + " is gone, was made anew, or has another address. "
            + Reason.IssuerChanged.sentence());
  }
}
