package dev.rekey.act;

import dev.rekey.config.Settings;
import dev.rekey.issuer.Issuer;
import dev.rekey.issuer.IssuerDirectory;
import dev.rekey.ledger.LedgerStore;
import dev.rekey.plan.Plan;
import dev.rekey.rotation.Attempt;
import dev.rekey.rotation.Checks;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Listing;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Verb;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Giving up on an answer, and searching the issuer's list for the key that may have been made. */
public final class SweepSteps {
  private final LedgerStore ledgers;
  private final IssuerDirectory issuers;
  private final Settings settings;
  private final Setbacks setbacks;

  /** Steps on {@code ledgers} and at {@code issuers}. */
  public SweepSteps(
      LedgerStore ledgers, IssuerDirectory issuers, Settings settings, Setbacks setbacks) {
    this.ledgers = ledgers;
    this.issuers = issuers;
    this.settings = settings;
    this.setbacks = setbacks;
  }

  Outcome markLost(Doing doing, String attemptId, Plan.Act plan) {
    var lost = doing.rotation().attempt(attemptId).map(it -> it.lost(doing.seen().now()));
    if (lost.isEmpty()) {
      return new Outcome.Overtaken("attempt " + attemptId + " is settled");
    }
    var written = ledgers.replace(doing.ledger(), doing.rotation().attempt(lost.get()));
    return new Outcome.Done(written, plan.message(), plan.reason(), true);
  }

  /** Searches the issuer's list for the label of a lost attempt; what is found is condemned. */
  Outcome sweep(Doing doing, String attemptId, Plan.Act plan) {
    var found = doing.rotation().attempt(attemptId);
    if (found.isEmpty()) {
      return new Outcome.Overtaken("attempt " + attemptId + " is settled");
    }
    var attempt = found.get();
    var listing =
        issuers
            .open(attempt.issuer())
            .map(Issuer::list)
            .orElseGet(() -> new Listing.Failed(Setbacks.gone(attempt.issuer())));
    return switch (listing) {
      case Listing.Failed(var fault) -> setbacks.note(doing, Verb.SWEEP, attemptId, fault);
      case Listing.Listed(var keys, var complete) -> {
        var orphans =
            keys.stream()
                .filter(it -> it.label().equals(attempt.label()))
                .map(it -> orphan(it, attempt))
                .toList();
        if (!orphans.isEmpty()) {
          var written =
              ledgers.replace(doing.ledger(), doing.rotation().sweptUp(attemptId, orphans));
          yield new Outcome.Done(
              written,
              "found "
                  + orphans.getFirst().display()
                  + " of a lost attempt at "
                  + attempt.issuer().display()
                  + "; nobody has seen it, it will be deleted",
              plan.reason(),
              true);
        }
        boolean last = attempt.nextSweep().isEmpty();
        var swept =
            last
                ? doing.rotation().sweptUp(attemptId, List.of())
                : doing.rotation().attempt(attempt.swept(next(attempt, doing.seen().now())));
        var written = ledgers.replace(doing.ledger(), swept.recovered(Verb.SWEEP, attemptId));
        yield new Outcome.Done(
            written,
            last && !complete
                ? "the list of "
                    + attempt.issuer().display()
                    + " is not complete, so a key with the label "
                    + attempt.label()
                    + " may exist. Look for it there, and delete it by hand"
                : "no key of the lost attempt is listed at " + attempt.issuer().display(),
            plan.reason(),
            last && !complete);
      }
    };
  }

  private Optional<Instant> next(Attempt attempt, Instant now) {
    int done = attempt.sweeps() + 1;
    return done < settings.sweeps().size()
        ? Optional.of(now.plus(settings.sweeps().get(done)))
        : Optional.empty();
  }

  /** A key that nobody has ever seen: it has an id and no value. */
  private static Key orphan(Listing.ListedKey listed, Attempt attempt) {
    return new Key(
        attempt.id() + "/" + listed.id(),
        Optional.of(listed.id()),
        Role.CONDEMNED,
        Map.of(),
        "never seen",
        listed.issuedAt().orElse(attempt.openedAt()),
        listed.expiresAt(),
        Optional.of(listed.label()),
        attempt.issuer(),
        OptionalInt.empty(),
        Checks.NONE);
  }
}
