package dev.rekey.act;

import dev.rekey.cluster.ClusterException;
import dev.rekey.config.Settings;
import dev.rekey.issuer.Issuer;
import dev.rekey.issuer.IssuerDirectory;
import dev.rekey.issuer.MintRequest;
import dev.rekey.ledger.LedgerStore;
import dev.rekey.ledger.LedgerStore.Stored;
import dev.rekey.plan.Plan;
import dev.rekey.rotation.Attempt;
import dev.rekey.rotation.Checks;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Labels;
import dev.rekey.rotation.Listing;
import dev.rekey.rotation.MintResult;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.SecretText;
import dev.rekey.rotation.Verb;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;

/** Asking for a key without losing one. */
public final class MintSteps {
  private final LedgerStore ledgers;
  private final IssuerDirectory issuers;
  private final Settings settings;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Setbacks setbacks;

  /** Steps on {@code ledgers} and at {@code issuers}. */
  public MintSteps(
      LedgerStore ledgers,
      IssuerDirectory issuers,
      Settings settings,
      InstantSource clock,
      RandomGenerator random,
      Setbacks setbacks) {
    this.ledgers = ledgers;
    this.issuers = issuers;
    this.settings = settings;
    this.clock = clock;
    this.random = random;
    this.setbacks = setbacks;
  }

  /**
   * Opens an attempt, sends it once, writes down what came of it. Dies before the first write:
   * nothing has happened. Dies after it: the attempt stands open in the ledger, will be given up as
   * lost and searched for by its label.
   */
  Outcome mint(Doing doing, Plan.Act plan) {
    var run = run(doing.rotation());
    var issuer = issuers.open(run.issuer());
    if (issuer.isEmpty()) {
      return failed(doing.ledger(), doing, Setbacks.gone(run.issuer()));
    }
    var full = full(issuer.get(), doing.rotation());
    if (full.isPresent()) {
      return failed(doing.ledger(), doing, full.get());
    }
    var attempt = attempt(doing, run, issuer.get());
    // The ledger was read live for this step; if anybody has written it since, nothing is sent.
    var opened = ledgers.replace(doing.ledger(), doing.rotation().opened(attempt));
    if (clock
        .instant()
        .plus(issuer.get().capabilities().requestTimeout())
        .isAfter(attempt.notAfter())) {
      // This process was held up: the answer could come after others have given the attempt up, so
      // it is not sent.
      return new Outcome.Overtaken(
          "attempt " + attempt.id() + " was opened too long ago to be sent");
    }
    var sentAt = clock.instant();
    var resource = doing.seen().resource();
    var result =
        issuer
            .get()
            .mint(
                new MintRequest(
                    attempt.id(), attempt.label(), resource.namespace(), resource.name()));
    return switch (result) {
      case MintResult.Minted minted ->
          noteMinted(opened, attempt, key(minted, attempt, sentAt, issuer.get()), plan);
      case MintResult.Refused(var fault) -> {
        var refused = opened.rotation().refused(attempt.id());
        yield failed(opened, refused, doing, fault);
      }
      case MintResult.Unclear(var fault) -> failed(opened, opened.rotation(), doing, fault);
    };
  }

  /**
   * Why the account has no room for one more key. Other teams' keys count, and expired ones where
   * the issuer lists them; so does every lost attempt, which may have left one.
   */
  private static Optional<Fault> full(Issuer issuer, Rotation rotation) {
    var quota = issuer.capabilities().quota();
    if (quota.isEmpty()) {
      return Optional.empty();
    }
    return switch (issuer.list()) {
      case Listing.Failed(var fault) -> Optional.of(fault);
      case Listing.Listed(var keys, var _) ->
          keys.size() + rotation.attempts().size() < quota.getAsInt()
              ? Optional.empty()
              : Optional.of(
                  Fault.of(
                      Reason.QuotaReached,
                      "the account holds "
                          + keys.size()
                          + " keys, "
                          + rotation.attempts().size()
                          + " more may exist, and its quota is "
                          + quota.getAsInt()
                          + ". Delete one that nobody needs, or raise the issuer's quota."));
    };
  }

  /**
   * Writes down the key that was minted. Somebody may have written the ledger since the attempt was
   * opened; the key is not dropped for that. Where the attempt was given up meanwhile, another one
   * may be under way, so this key is condemned.
   */
  private Outcome noteMinted(Stored opened, Attempt attempt, Key key, Plan.Act plan) {
    var ledger = opened;
    while (true) {
      boolean stillOpen =
          ledger
              .rotation()
              .attempt(attempt.id())
              .map(it -> it.state() == Attempt.State.OPEN)
              .orElse(false);
      var noted =
          stillOpen
              ? ledger.rotation().minted(attempt.id(), key)
              : ledger.rotation().sweptUp(attempt.id(), List.of(key.as(Role.CONDEMNED)));
      try {
        var written = ledgers.replace(ledger, noted);
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

  private Attempt attempt(Doing doing, Run run, Issuer issuer) {
    var id =
        doing.rotation().lineage()
            + "-"
            + run.sequence()
            + "-"
            + (run.attempts() + 1)
            + "-"
            + Tokens.next(random);
    var now = clock.instant();
    return new Attempt(
        id,
        Labels.of(doing.rotation().binding().cluster(), id),
        run.issuer(),
        Attempt.State.OPEN,
        now,
        now.plus(issuer.capabilities().requestTimeout()).plus(settings.lateness()),
        0,
        Optional.empty(),
        issuer.capabilities().tracing(),
        List.of());
  }

  private static Key key(MintResult.Minted minted, Attempt attempt, Instant sentAt, Issuer issuer) {
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

  private Outcome failed(Stored from, Doing doing, Fault fault) {
    return failed(from, from.rotation(), doing, fault);
  }

  private Outcome failed(Stored from, Rotation rotation, Doing doing, Fault fault) {
    return setbacks.note(
        from, rotation, doing.seen(), Verb.MINT, rotation.binding().secret(), fault);
  }

  private static Run run(Rotation rotation) {
    return rotation
        .run()
        .orElseThrow(() -> new IllegalStateException("a mint without a rotation under way"));
  }
}
