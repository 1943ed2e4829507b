package dev.rekey.act;

import dev.rekey.config.Settings;
import dev.rekey.issuer.Issuer;
import dev.rekey.issuer.IssuerDirectory;
import dev.rekey.ledger.LedgerStore;
import dev.rekey.plan.Orphans;
import dev.rekey.plan.Plan;
import dev.rekey.rotation.Attempt;
import dev.rekey.rotation.Checks;
import dev.rekey.rotation.Failure;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Left;
import dev.rekey.rotation.Listing;
import dev.rekey.rotation.MintResult;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Timestamps;
import dev.rekey.rotation.Tracing;
import dev.rekey.rotation.Verb;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Giving up on an answer, and searching the issuer's list for the key that may have been made. */
public final class SweepSteps {
  /** Longer than anybody waits. An edit of the spec ends it, or a new value of rekey.dev/rotate. */
  private static final Duration UNTIL_ASKED = Duration.ofDays(3650);

  private final LedgerStore ledgers;
  private final IssuerDirectory issuers;
  private final Settings settings;
  private final InstantSource clock;
  private final Setbacks setbacks;
  private final MintedKeys minting;

  /** Steps on {@code ledgers} and at {@code issuers}. */
  public SweepSteps(
      LedgerStore ledgers,
      IssuerDirectory issuers,
      Settings settings,
      InstantSource clock,
      Setbacks setbacks) {
    this.ledgers = ledgers;
    this.issuers = issuers;
    this.settings = settings;
    this.clock = clock;
    this.setbacks = setbacks;
    this.minting = new MintedKeys(ledgers);
  }

  /**
   * Gives up on an answer. Where the issuer leaves no trace to follow, the key that may exist is
   * named to a person at once; the second time in one rotation, that person is waited for.
   */
  Outcome markLost(Doing doing, String attemptId, Plan.Act plan) {
    var asked = doing.rotation().attempt(attemptId).filter(it -> it.tracing() == Tracing.PERSON);
    if (asked.isPresent()) {
      // whoever was to ask has ended before anybody could read it
      var nobody = ledgers.replace(doing.ledger(), doing.rotation().refused(attemptId));
      return new Outcome.Done(nobody, "nobody was asked yet", plan.reason(), false);
    }
    var found = doing.rotation().attempt(attemptId).map(it -> it.lost(doing.seen().now()));
    if (found.isEmpty()) {
      return new Outcome.Overtaken("attempt " + attemptId + " is settled");
    }
    var lost = found.get();
    var rotation = doing.rotation().attempt(lost);
    if (!lost.wasNamed()) {
      return new Outcome.Done(
          ledgers.replace(doing.ledger(), rotation), plan.message(), plan.reason(), true);
    }
    var why = lost.issuer().display() + " leaves no trace of a request whose answer was lost";
    var named = named(rotation, lost, doing);
    var written = ledgers.replace(doing.ledger(), isOneTooMany(named) ? held(named, doing) : named);
    return new Outcome.Done(written, sentence(lost, why), Reason.PossibleOrphan, true);
  }

  /** One further attempt is made without a person, and no more. */
  private static boolean isOneTooMany(Rotation rotation) {
    return rotation.attempts().stream().filter(Attempt::wasNamed).count() > 1;
  }

  /** No more keys are asked for until a person asks, or writes another spec. */
  private static Rotation held(Rotation rotation, Doing doing) {
    return rotation.failed(
        new Failure(
            Verb.MINT,
            rotation.binding().secret(),
            1,
            doing.seen().now().plus(UNTIL_ASKED),
            doing.seen().resource().generation(),
            Reason.PossibleOrphan,
            rotation.attempts().stream().filter(Attempt::wasNamed).count()
                + " answers of the issuer were lost, each of which may have left a key that Rekey"
                + " cannot find. No further key is asked for: look at the issuer for keys that"
                + " nobody uses, delete them there by hand, and then set rekey.dev/rotate to a new"
                + " value."));
  }

  private static Rotation named(Rotation rotation, Attempt attempt, Doing doing) {
    return rotation.leaving(
        new Left(
            "the key that attempt "
                + attempt.id()
                + " may have left, label "
                + attempt.label()
                + ", asked for at "
                + Timestamps.of(attempt.openedAt()),
            attempt.issuer().display(),
            Reason.PossibleOrphan,
            doing.seen().now()));
  }

  private static String sentence(Attempt attempt, String why) {
    return "attempt "
        + attempt.id()
        + " may have left a key, and "
        + why
        + ". Look there for a key that was made at about "
        + Timestamps.of(attempt.openedAt())
        + " or has the label "
        + attempt.label()
        + ", and delete it by hand if nobody uses it";
  }

  /** Traces the key of a lost attempt, as far as the issuer allows; what is found is condemned. */
  Outcome sweep(Doing doing, String attemptId, Plan.Act plan) {
    var found = doing.rotation().attempt(attemptId);
    if (found.isEmpty()) {
      return new Outcome.Overtaken("attempt " + attemptId + " is settled");
    }
    var attempt = found.get();
    var issuer = issuers.open(attempt.issuer(), doing.rotation());
    if (issuer.isEmpty()) {
      return setbacks.note(doing, Verb.SWEEP, attemptId, Setbacks.gone(attempt.issuer()));
    }
    return switch (attempt.tracing()) {
      case IDEMPOTENT -> repeat(doing, attempt, issuer.get(), plan);
      case LABELLED, COUNTABLE -> search(doing, attempt, issuer.get(), plan);
      case BLIND, PERSON ->
          new Outcome.Overtaken("attempt " + attemptId + " was named to a person");
    };
  }

  /**
   * The same request gives the same key, if there is one. Another one may be under way by now, so
   * the key is condemned, as every key whose answer was lost.
   */
  private Outcome repeat(Doing doing, Attempt attempt, Issuer issuer, Plan.Act plan) {
    if (clock.instant().isAfter(doing.seen().now().plus(issuer.capabilities().requestTimeout()))) {
      // This process was held up; somebody else may have settled the attempt meanwhile.
      return new Outcome.Overtaken("attempt " + attempt.id() + " was looked at too long ago");
    }
    var sentAt = clock.instant();
    return switch (issuer.mint(MintSteps.request(doing, attempt))) {
      case MintResult.Minted minted ->
          minting.note(
              doing.ledger(),
              attempt,
              MintedKeys.key(minted, attempt, sentAt, issuer),
              plan,
              it -> mintLater(it, doing, attempt));
      case MintResult.Refused(var fault) when fault.reason() == Reason.RequestRefused ->
          doubt(
              doing,
              mintLater(doing.rotation(), doing, attempt),
              attempt,
              plan,
              attempt.issuer().display() + " refuses to answer its request once more");
      case MintResult.Awaiting(var what, var _) ->
          notRepeated(doing, attempt, Fault.of(Reason.AwaitingPerson, what));
      case MintResult.Refused(var fault) -> notRepeated(doing, attempt, fault);
      case MintResult.Unclear(var fault) -> notRepeated(doing, attempt, fault);
    };
  }

  private Outcome notRepeated(Doing doing, Attempt attempt, Fault fault) {
    return setbacks.note(
        doing.ledger(),
        mintLater(doing.rotation(), doing, attempt),
        doing.seen(),
        Verb.SWEEP,
        attempt.id(),
        fault);
  }

  /** A repeated request is a request for a key; another one does not follow it at once. */
  private Rotation mintLater(Rotation rotation, Doing doing, Attempt attempt) {
    boolean waitsForKey = rotation.run().map(it -> it.keyName().isEmpty()).orElse(false);
    return waitsForKey
        ? setbacks.with(
            rotation,
            doing.seen(),
            Verb.MINT,
            rotation.binding().secret(),
            Fault.of(
                Reason.AnswerLost,
                "the answer to attempt "
                    + attempt.id()
                    + " was lost; another key is asked for in a moment"))
        : rotation;
  }

  private Outcome search(Doing doing, Attempt attempt, Issuer issuer, Plan.Act plan) {
    var where = attempt.issuer().display();
    if (!issuer.capabilities().lists()) {
      return doubt(doing, doing.rotation(), attempt, plan, where + " lists no keys any more");
    }
    return switch (issuer.list()) {
      case Listing.Failed(var fault) -> setbacks.note(doing, Verb.SWEEP, attempt.id(), fault);
      case Listing.Listed list ->
          switch (orphans(doing, attempt, list, issuer.capabilities().reusesIds())) {
            case Orphans.Found(var keys) -> found(doing, attempt, list, keys, plan);
            case Orphans.NoneListed() ->
                swept(
                    doing,
                    attempt,
                    doing.rotation(),
                    "no key of the lost attempt is listed at " + where,
                    plan);
            case Orphans.Doubt(var why) ->
                doubt(doing, doing.rotation(), attempt, plan, "at " + where + " " + why);
          };
    };
  }

  private Orphans orphans(Doing doing, Attempt attempt, Listing.Listed list, boolean reusesIds) {
    if (attempt.tracing() == Tracing.LABELLED) {
      return Orphans.labelled(attempt, list);
    }
    // Read after the list: whoever has put a key there since the attempt shows in these.
    var others = ledgers.others(doing.rotation().binding());
    return Orphans.counted(
        attempt,
        list,
        doing.rotation(),
        new Orphans.OtherLedgers(
            others.mayMintAt(attempt.issuer()), id -> others.hold(attempt.issuer(), id)),
        reusesIds,
        settings.clockDoubt());
  }

  /**
   * One request may have left two keys, and a list that is not complete show one of them: there it
   * is searched for to its end, and what was found before is known by then.
   */
  private Outcome found(
      Doing doing,
      Attempt attempt,
      Listing.Listed list,
      List<Listing.ListedKey> keys,
      Plan.Act plan) {
    var unknown = keys.stream().filter(it -> !isKnown(doing.rotation(), attempt, it)).toList();
    if (!unknown.isEmpty()) {
      return condemn(doing, attempt, list, unknown, plan);
    }
    var where = attempt.issuer().display();
    if (!list.complete()) {
      return doubt(
          doing, doing.rotation(), attempt, plan, "at " + where + " its list is not complete");
    }
    var written =
        ledgers.replace(
            doing.ledger(),
            doing.rotation().sweptUp(attempt.id(), List.of()).recovered(Verb.SWEEP, attempt.id()));
    return new Outcome.Done(
        written, "no other key of the lost attempt is listed at " + where, plan.reason(), false);
  }

  /** By its label, which is no other key's. What is found by counting is known to nobody. */
  private static boolean isKnown(Rotation ledger, Attempt attempt, Listing.ListedKey listed) {
    return attempt.tracing() == Tracing.LABELLED
        && ledger.keys().stream()
            .filter(it -> it.issuer().isSameAccountAs(attempt.issuer()))
            .filter(it -> it.id().equals(Optional.of(listed.id())))
            .anyMatch(it -> it.label().orElse("").equals(listed.label()));
  }

  private Outcome condemn(
      Doing doing,
      Attempt attempt,
      Listing.Listed list,
      List<Listing.ListedKey> found,
      Plan.Act plan) {
    var rotation = doing.rotation();
    var orphans = found.stream().map(it -> orphan(it, attempt, rotation)).toList();
    boolean moreMayShow = !list.complete() && attempt.nextSweep().isPresent();
    // the last search of a list that is cut short: what it did not show is a person's to look for
    boolean moreMayBe = !list.complete() && attempt.nextSweep().isEmpty();
    var swept =
        (moreMayBe ? named(rotation, attempt, doing) : rotation).sweptUp(attempt.id(), orphans);
    var written =
        ledgers.replace(
            doing.ledger(),
            moreMayShow || mayBeAnothers(attempt, doing.rotation())
                ? swept
                    .searchedOn(attempt.swept(next(attempt, doing.seen().now())))
                    .recovered(Verb.SWEEP, attempt.id())
                : swept);
    return new Outcome.Done(
        written,
        "found "
            + orphans.getFirst().display()
            + " of a lost attempt at "
            + attempt.issuer().display()
            + "; nobody has seen it, it will be deleted",
        plan.reason(),
        true);
  }

  /**
   * Where keys are only counted and several answers were lost, nobody knows which attempt has left
   * the key that was found: this one is searched for to its end.
   */
  private static boolean mayBeAnothers(Attempt attempt, Rotation rotation) {
    return attempt.tracing() == Tracing.COUNTABLE
        && attempt.nextSweep().isPresent()
        && rotation.attempts().stream()
            .anyMatch(it ->
                !it.id().equals(attempt.id()) && it.issuer().isSameAccountAs(attempt.issuer()));
  }

  /** Nothing was found this time. The last time, a person is told where a doubt remains. */
  private Outcome doubt(
      Doing doing, Rotation rotation, Attempt attempt, Plan.Act plan, String why) {
    if (attempt.nextSweep().isPresent()) {
      return swept(doing, attempt, rotation, why, plan);
    }
    var written =
        ledgers.replace(
            doing.ledger(),
            named(rotation, attempt, doing)
                .sweptUp(attempt.id(), List.of())
                .recovered(Verb.SWEEP, attempt.id()));
    return new Outcome.Done(written, sentence(attempt, why), Reason.PossibleOrphan, true);
  }

  private Outcome swept(
      Doing doing, Attempt attempt, Rotation rotation, String told, Plan.Act plan) {
    var swept =
        attempt.nextSweep().isEmpty()
            ? rotation.sweptUp(attempt.id(), List.of())
            : rotation.attempt(attempt.swept(next(attempt, doing.seen().now())));
    var written = ledgers.replace(doing.ledger(), swept.recovered(Verb.SWEEP, attempt.id()));
    return new Outcome.Done(written, told, plan.reason(), false);
  }

  private Optional<Instant> next(Attempt attempt, Instant now) {
    int done = attempt.sweeps() + 1;
    return done < settings.sweeps().size()
        ? Optional.of(now.plus(settings.sweeps().get(done)))
        : Optional.empty();
  }

  /** A key that nobody has ever seen: it has an id and no value. */
  private static Key orphan(Listing.ListedKey listed, Attempt attempt, Rotation rotation) {
    var name = attempt.id() + "/" + listed.id();
    return new Key(
        // where ids are given again, one attempt may find two keys of one id
        rotation.key(name).isPresent() ? name + "/again" : name,
        Optional.of(listed.id()),
        Role.CONDEMNED,
        Map.of(),
        "never seen",
        listed.issuedAt().orElse(attempt.openedAt()),
        listed.expiresAt(),
        Optional.of(listed.label()).filter(it -> !it.isEmpty()),
        attempt.issuer(),
        OptionalInt.empty(),
        Checks.NONE);
  }
}
