package dev.rekey.act;

import dev.rekey.cluster.ClusterException;
import dev.rekey.cluster.Inboxes;
import dev.rekey.issuer.Issuer;
import dev.rekey.issuer.IssuerDirectory;
import dev.rekey.issuer.manual.InboxEntry;
import dev.rekey.issuer.manual.InboxEntry.Brought;
import dev.rekey.ledger.LedgerStore;
import dev.rekey.plan.Plan;
import dev.rekey.rotation.Attempt;
import dev.rekey.rotation.Checks;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Verb;
import dev.rekey.rotation.Verdict;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Taking in keys that people bring, each once and none lost. */
public final class InboxSteps {
  private static final Duration A_DAY = Duration.ofDays(1);

  private final LedgerStore ledgers;
  private final Inboxes inboxes;
  private final IssuerDirectory issuers;
  private final InstantSource clock;
  private final Setbacks setbacks;

  /** Steps on {@code ledgers} and {@code inboxes}. */
  public InboxSteps(
      LedgerStore ledgers,
      Inboxes inboxes,
      IssuerDirectory issuers,
      InstantSource clock,
      Setbacks setbacks) {
    this.ledgers = ledgers;
    this.inboxes = inboxes;
    this.issuers = issuers;
    this.clock = clock;
    this.setbacks = setbacks;
  }

  /**
   * Takes the key into the ledger, and then out of the inbox. Dies before the first write: the key
   * is still in the inbox. Dies after it: the ledger has the key and knows that it was in the
   * inbox, so that it is removed from there and never taken in again.
   */
  Outcome takeIn(Doing doing, String attemptId, Plan.Act plan) {
    var attempt = doing.rotation().attempt(attemptId).filter(Attempt::awaitsPerson);
    var inbox = inbox(doing);
    if (attempt.isEmpty() || inbox.isEmpty()) {
      return new Outcome.Overtaken("nothing is waited for, or nothing is in the inbox any more");
    }
    if (InboxEntry.seen(inbox.get()).wasTaken(doing.rotation())) {
      return new Outcome.Overtaken("what is in the inbox was taken in before");
    }
    return switch (InboxEntry.read(inbox.get(), clock.instant())) {
      case InboxEntry.Unusable(var why) -> refused(doing, inbox.get(), unusable(doing, why));
      case Brought brought -> {
        var known = knownAlready(doing, brought);
        yield known.isPresent()
            ? refused(doing, inbox.get(), unusable(doing, known.get()))
            : judge(doing, attempt.get(), inbox.get(), brought, plan);
      }
    };
  }

  private Optional<Secret> inbox(Doing doing) {
    return inboxes
        .get(doing.namespace(), Names.inbox(doing.rotation().binding().secret()))
        .filter(InboxEntry::isInbox);
  }

  /** Why it is no new key, for people. */
  private static Optional<String> knownAlready(Doing doing, Brought brought) {
    var keys = doing.rotation().keys();
    return keys.stream()
        .filter(it -> it.fields().containsValue(brought.value()))
        .findFirst()
        .map(it -> "it is " + it.display() + ", which is known already; make a new key")
        .or(() ->
            brought
                .id()
                // without an id, the label is what people tell it by
                .or(brought::label)
                .filter(id -> keys.stream().anyMatch(it -> it.id().equals(Optional.of(id))))
                .map(id ->
                    "another key is told by "
                        + id
                        + " already; write an id for the new one, as its last five characters"));
  }

  private Outcome judge(
      Doing doing, Attempt attempt, Secret inbox, Brought brought, Plan.Act plan) {
    var issuer = issuers.open(attempt.issuer());
    if (issuer.isEmpty()) {
      return refused(doing, inbox, Setbacks.gone(attempt.issuer()));
    }
    var key = key(attempt, inbox, brought, issuer.get());
    var wrong = wrongEnd(key, issuer.get());
    if (wrong.isPresent()) {
      return refused(doing, inbox, unusable(doing, wrong.get()));
    }
    if (!issuer.get().capabilities().verifies()) {
      return take(doing, attempt, inbox, key, plan);
    }
    var askedAt = clock.instant();
    return switch (issuer.get().verify(key)) {
      case Verdict.Accepted() ->
          take(doing, attempt, inbox, key.checked(key.checks().accepted(askedAt)), plan);
      case Verdict.Rejected() ->
          refused(
              doing,
              inbox,
              Fault.of(
                  Reason.KeyNotAccepted,
                  attempt.issuer().display()
                      + " does not accept the key "
                      + key.hint()
                      + " that is in Secret "
                      + inbox.getMetadata().getName()
                      + ". Look whether all of it is there, or make another one."));
      case Verdict.Unknown(var fault) -> refused(doing, inbox, fault);
    };
  }

  /** What is wrong with the date that it works until, as it was written or as it comes out. */
  private Optional<String> wrongEnd(Key key, Issuer issuer) {
    var now = clock.instant();
    var latest = issuer.capabilities().maxAge().map(it -> now.plus(it).plus(A_DAY));
    return key.expiresAt()
        .flatMap(end ->
            !end.isAfter(now)
                ? Optional.of(
                    "nobody knows when it was made, and by spec.maxAge it could be over; write"
                        + " expiresAt, until when it works")
                : latest
                    .filter(end::isAfter)
                    .map(any ->
                        "expiresAt is later than spec.maxAge of its issuer allows; write the date"
                            + " that stands at the dashboard"));
  }

  /** The key, as old as it may be: it was made after it was asked for, or stood there before. */
  private Key key(Attempt attempt, Secret inbox, Brought brought, Issuer issuer) {
    var broughtAt = Instant.parse(inbox.getMetadata().getCreationTimestamp());
    var made = broughtAt.isBefore(attempt.openedAt()) ? broughtAt : attempt.openedAt();
    var label = brought.label().orElse(attempt.label());
    return new Key(
        attempt.id(),
        Optional.of(brought.id().orElse(label)),
        Role.NEXT,
        Map.of("value", brought.value()),
        brought.value().hint(),
        clock.instant(),
        brought.expiresAt().or(() -> issuer.capabilities().maxAge().map(made::plus)),
        Optional.of(label),
        attempt.issuer(),
        OptionalInt.empty(),
        Checks.NONE);
  }

  private Outcome take(Doing doing, Attempt attempt, Secret inbox, Key key, Plan.Act plan) {
    var token = InboxEntry.seen(inbox).token();
    var written =
        ledgers.replace(doing.ledger(), doing.rotation().broughtByPerson(attempt.id(), key, token));
    var left = remove(inbox);
    return new Outcome.Done(
        written,
        "took "
            + key.display()
            + " from Secret "
            + inbox.getMetadata().getName()
            + left.map(it -> ", where it still stands: " + it).orElse(""),
        plan.reason(),
        false);
  }

  /** What was taken in before is removed, and nothing else. */
  Outcome empty(Doing doing, Plan.Act plan) {
    var inbox = inbox(doing).filter(it -> InboxEntry.seen(it).wasTaken(doing.rotation()));
    if (inbox.isEmpty()) {
      return new Outcome.Overtaken("the inbox holds nothing that was taken in");
    }
    return remove(inbox.get())
        .map(why ->
            refused(
                doing,
                inbox.get(),
                Fault.of(
                    Reason.InboxUnusable,
                    why
                        + ". The key in Secret "
                        + inbox.get().getMetadata().getName()
                        + " was taken in; delete that Secret, or let the operator delete it.")))
        .orElseGet(() -> emptied(doing, inbox.get(), plan));
  }

  /**
   * It is noted as if it had failed: what is put there again and again by something else is removed
   * ever more rarely, and keeps nothing from going on.
   */
  private Outcome emptied(Doing doing, Secret inbox, Plan.Act plan) {
    var token = InboxEntry.seen(inbox).token();
    var noted =
        setbacks.with(
            doing.rotation(),
            doing.seen(),
            Verb.INTAKE,
            token,
            Fault.of(
                Reason.InboxUnusable,
                "Secret "
                    + inbox.getMetadata().getName()
                    + " holds a key that was taken in, was removed and is there again. Find out"
                    + " what makes it, and have it stop."));
    return new Outcome.Done(
        ledgers.replace(doing.ledger(), noted), plan.message(), plan.reason(), false);
  }

  /** Why it still stands there, for people; empty: it does not, as it was read. */
  private Optional<String> remove(Secret inbox) {
    try {
      inboxes.delete(inbox);
      return Optional.empty();
    } catch (ClusterException.NotFound gone) {
      return Optional.empty();
    } catch (ClusterException.LeaseLost lost) {
      throw lost;
    } catch (ClusterException problem) {
      return Optional.of(problem.getMessage());
    }
  }

  private static Fault unusable(Doing doing, String why) {
    return Fault.of(
        Reason.InboxUnusable,
        "What is in Secret "
            + Names.inbox(doing.rotation().binding().secret())
            + " cannot be taken in: "
            + why
            + ".");
  }

  /** It stays where it is, and is left alone until somebody changes it, or for a while. */
  private Outcome refused(Doing doing, Secret inbox, Fault fault) {
    var version = InboxEntry.seen(inbox).version();
    var failure =
        setbacks
            .with(doing.rotation(), doing.seen(), Verb.INTAKE, version, fault)
            .failure(Verb.INTAKE, version)
            .orElseThrow();
    return new Outcome.Done(
        ledgers.replace(doing.ledger(), doing.rotation().notTakenIn(failure)),
        fault.message(),
        fault.reason(),
        true);
  }
}
