package dev.rekey.act;

import dev.rekey.config.Settings;
import dev.rekey.issuer.Issuer;
import dev.rekey.issuer.IssuerDirectory;
import dev.rekey.issuer.IssuerGuard;
import dev.rekey.issuer.MintRequest;
import dev.rekey.ledger.LedgerStore;
import dev.rekey.ledger.LedgerStore.Stored;
import dev.rekey.plan.Plan;
import dev.rekey.plan.Quota;
import dev.rekey.rotation.Attempt;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.Labels;
import dev.rekey.rotation.Listing;
import dev.rekey.rotation.MintResult;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.Tracing;
import dev.rekey.rotation.Verb;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/** Asking for a key without losing one. */
public final class MintSteps {
  /** A ledger is bounded: an account with more keys than this is not counted. */
  private static final int COUNTED = 500;

  private final LedgerStore ledgers;
  private final IssuerDirectory issuers;
  private final IssuerGuard guard;
  private final Settings settings;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Setbacks setbacks;
  private final MintedKeys minting;

  /** Steps on {@code ledgers} and at {@code issuers}. */
  public MintSteps(
      LedgerStore ledgers,
      IssuerDirectory issuers,
      IssuerGuard guard,
      Settings settings,
      InstantSource clock,
      RandomGenerator random,
      Setbacks setbacks) {
    this.ledgers = ledgers;
    this.issuers = issuers;
    this.guard = guard;
    this.settings = settings;
    this.clock = clock;
    this.random = random;
    this.setbacks = setbacks;
    this.minting = new MintedKeys(ledgers);
  }

  /**
   * Opens an attempt, sends it once, writes down what came of it. Dies before the first write:
   * nothing has happened. Dies after it: the attempt stands open in the ledger, will be given up as
   * lost, and is then traced as far as the issuer allows.
   */
  Outcome mint(Doing doing, Plan.Act plan) {
    var run = run(doing.rotation());
    if (doing.rotation().attempts().stream().anyMatch(Attempt::awaitsPerson)) {
      return new Outcome.Overtaken("a person was asked already");
    }
    var opened = issuers.open(run.issuer(), doing.rotation());
    if (opened.isEmpty()) {
      return failed(doing.ledger(), lookedAhead(doing), doing, Setbacks.gone(run.issuer()));
    }
    var issuer = opened.get();
    var busy = deleting(doing, run, issuer);
    if (busy.isPresent()) {
      return failed(doing.ledger(), lookedAhead(doing), doing, busy.get());
    }
    return switch (before(issuer)) {
      case Listing.Failed(var fault) -> failed(doing.ledger(), lookedAhead(doing), doing, fault);
      case Listing.Listed before -> {
        var full = full(issuer, doing.rotation(), run, before);
        yield full.isPresent()
            ? failed(doing.ledger(), lookedAhead(doing), doing, full.get())
            : open(doing, issuer, attempt(doing, run, issuer, before), plan);
      }
    };
  }

  /**
   * The issuer is held before anything can be unfinished there. A process that dies in between
   * leaves a finalizer that is taken off again. The attempt is older than the look at the issuer:
   * if that begins to be deleted right after it, the attempt is in the ledger, or is too old to be
   * sent, when the issuer is let go.
   */
  private Outcome open(Doing doing, Issuer issuer, Attempt attempt, Plan.Act plan) {
    var forbidden = guard.hold(attempt.issuer());
    return forbidden.isPresent()
        ? failed(doing.ledger(), lookedAhead(doing), doing, forbidden.get())
        : send(doing, issuer, attempt, plan);
  }

  private Outcome send(Doing doing, Issuer issuer, Attempt attempt, Plan.Act plan) {
    // The ledger was read live for this step; if anybody has written it since, nothing is sent.
    var opened = ledgers.replace(doing.ledger(), lookedAhead(doing).opened(attempt));
    if (clock.instant().plus(issuer.capabilities().requestTimeout()).isAfter(attempt.notAfter())) {
      // This process was held up: the answer could come after others have given the attempt up, so
      // it is not sent.
      return new Outcome.Overtaken(
          "attempt " + attempt.id() + " was opened too long ago to be sent");
    }
    var sentAt = clock.instant();
    return switch (issuer.mint(request(doing, attempt))) {
      case MintResult.Minted minted ->
          minting.note(
              opened,
              attempt,
              MintedKeys.key(minted, attempt, sentAt, issuer),
              plan,
              UnaryOperator.identity());
      case MintResult.Awaiting(var what, var until) ->
          new Outcome.Done(
              ledgers.replace(opened, opened.rotation().attempt(attempt.awaiting(what, until))),
              "a person is asked for a new key of " + attempt.issuer().display(),
              plan.reason(),
              false);
      case MintResult.Refused(var fault) -> {
        var refused = opened.rotation().refused(attempt.id());
        yield failed(opened, refused, doing, fault);
      }
      case MintResult.Unclear(var fault) -> failed(opened, opened.rotation(), doing, fault);
    };
  }

  /** The request of an attempt: the same one, however often it is made. */
  static MintRequest request(Doing doing, Attempt attempt) {
    var resource = doing.seen().resource();
    return new MintRequest(attempt.id(), attempt.label(), resource.namespace(), resource.name());
  }

  /**
   * The account as it is before the mint: its ids, where keys are only counted, and how full it is,
   * where it has a quota. Nobody is asked where neither is needed.
   */
  private static Listing before(Issuer issuer) {
    var can = issuer.capabilities();
    boolean needed = can.tracing() == Tracing.COUNTABLE || can.quota().isPresent();
    return can.lists() && needed ? issuer.list() : new Listing.Listed(List.of(), false);
  }

  /**
   * Where ids are given again, a delete of another rotation's key that is still on its way could
   * meet the new key.
   */
  private Optional<Fault> deleting(Doing doing, Run run, Issuer issuer) {
    if (!issuer.capabilities().reusesIds()) {
      return Optional.empty();
    }
    var now = clock.instant();
    return ledgers
        .others(doing.rotation().binding())
        .deletingUntil(run.issuer())
        .filter(it -> it.isAfter(now))
        .map(until ->
            new Fault(
                Reason.Deleting,
                "a delete of another key at "
                    + run.issuer().display()
                    + " may still be on its way, and ids are given again there; no key is asked"
                    + " for before it has arrived",
                Optional.of(Duration.between(now, until))));
  }

  /**
   * Why the account has no room for one more key. Other teams' keys count, and expired ones where
   * the issuer lists them; so does every lost attempt, which may have left one.
   */
  private static Optional<Fault> full(
      Issuer issuer, Rotation rotation, Run run, Listing.Listed before) {
    var quota = issuer.capabilities().quota();
    int held = Quota.held(before.keys(), rotation, run.issuer());
    int lost = Quota.lost(rotation, run.issuer());
    return quota.isEmpty() || held + lost + 1 <= quota.getAsInt()
        ? Optional.empty()
        : Optional.of(
            Fault.of(
                Reason.QuotaReached,
                "the account holds "
                    + held
                    + " keys, "
                    + lost
                    + " more may exist, and its quota is "
                    + quota.getAsInt()
                    + ". Delete one that nobody needs, or raise the issuer's quota."));
  }

  private Attempt attempt(Doing doing, Run run, Issuer issuer, Listing.Listed before) {
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
        tracing(issuer, before),
        issuer.capabilities().tracing() == Tracing.COUNTABLE
            ? before.keys().stream().map(Listing.ListedKey::id).limit(COUNTED).toList()
            : List.of());
  }

  /** Keys are only counted where all of them are known, and where a ledger has room for them. */
  private static Tracing tracing(Issuer issuer, Listing.Listed before) {
    var tracing = issuer.capabilities().tracing();
    return tracing == Tracing.COUNTABLE && (!before.complete() || before.keys().size() > COUNTED)
        ? Tracing.BLIND
        : tracing;
  }

  /**
   * The step is decided on a look at the consumers, where that was not done before. Written down
   * with whatever comes of it, so that a mint that fails again and again looks at nobody.
   */
  private static Rotation lookedAhead(Doing doing) {
    var nothing = doing.foreseeing(List.of());
    return doing.rotation().run(it -> it.foreseeing(nothing));
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
