package dev.rekey.plan;

import dev.rekey.config.Settings;
import dev.rekey.plan.Rule.Answer;
import dev.rekey.rotation.Consumers;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.Ledger;
import dev.rekey.rotation.Observation.Target;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Verb;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** Whose ledger it is, and whether it can be believed. */
public final class LedgerRules {
  private final Settings settings;

  LedgerRules(Settings settings) {
    this.settings = settings;
  }

  /** A ledger that is foreign, behind, newer or claimed is left as it is. */
  Answer holdWhenNotOurs(Observation seen) {
    return switch (seen.ledger()) {
      case Ledger.Missing() -> Rule.pass();
      case Ledger.Stale() ->
          Rule.wait(
              seen.now().plus(settings.cacheLag()),
              Reason.CacheBehind,
              Reason.CacheBehind.sentence());
      case Ledger.Unreadable(var reason, var message) -> hold(seen, reason, message);
      case Ledger.Held held ->
          switch (held.owner()) {
            case OTHER_RESOURCE ->
                hold(
                    seen,
                    Reason.SecretClaimed,
                    "ApiKeyRotation "
                        + held.rotation().binding().resource()
                        + " already rotates Secret "
                        + held.rotation().binding().secret()
                        + ". Delete one of the two, or name another Secret.");
            case OTHER_CLUSTER -> ofAnotherCluster(seen, held.rotation());
            case THIS_RESOURCE, RESOURCE_GONE -> Rule.pass();
          };
    };
  }

  /** Nothing is touched, unless a person names the lineage that is to be taken over. */
  private Answer ofAnotherCluster(Observation seen, Rotation ledger) {
    boolean asked = seen.resource().wishes().takeover().equals(Optional.of(ledger.lineage()));
    var what =
        "the ledger of Secret " + ledger.binding().secret() + " was written for another cluster";
    if (!asked) {
      return hold(
          seen,
          Reason.ForeignLedger,
          what
              + ". Nothing is touched. Annotate this resource with rekey.dev/takeover: "
              + ledger.lineage()
              + " if this cluster is to go on with the key in use.");
    }
    return switch (seen.issuer()) {
      case Observation.IssuerView.Unusable(var reason, var message) ->
          hold(seen, reason, what + " and cannot be taken over yet: " + message);
      case Observation.IssuerView.Usable usable ->
          inUse(ledger)
              .filter(it -> !it.issuer().account().equals(usable.binding().account()))
              .map(it ->
                  hold(
                      seen,
                      Reason.ForeignLedger,
                      what
                          + ", and its key is of another account than "
                          + usable.binding().display()
                          + ". Name an issuer of the same address in spec.issuerRef."))
              .orElseGet(() ->
                  Rule.act(
                      new Step.TakeOver(),
                      Reason.TakingOver,
                      what + "; its key in use is taken over, and nothing else of it"));
    };
  }

  /** The key that applications were made to read last. */
  public static Optional<Key> inUse(Rotation ledger) {
    return ledger
        .publication()
        .flatMap(it -> ledger.key(it.keyName()))
        .filter(it -> it.role() != Role.CONDEMNED)
        .or(() -> ledger.key(Role.CURRENT));
  }

  /**
   * The Secret or those who read it have gone on without this ledger: it was restored from a
   * backup. What it knows may be old, so nothing of it is followed; the key that the Secret shows
   * is adopted next.
   */
  Answer startOverWhenBehind(Observation seen, Rotation ledger) {
    var doubted =
        isOfAnotherLineage(seen, ledger) ? ledger.key(Role.CURRENT) : Optional.<Key>empty();
    var untried =
        doubted
            .filter(it -> !isRejected(it))
            .filter(it -> !Gate.acceptedLately(seen, it, settings.freshness()))
            .filter(it -> !Pauses.isOn(seen, ledger.failure(Verb.VERIFY, it.name())));
    if (untried.isPresent()) {
      // The Secret may have been copied from elsewhere, or this ledger may be that old: the issuer
      // knows which of the two.
      return Rule.act(
          new Step.Verify(untried.get().name()),
          Reason.Verifying,
          "Secret "
              + ledger.binding().secret()
              + " was written under another lineage; shows "
              + untried.get().display()
              + " to its issuer before it is put back");
    }
    boolean stampedAhead = isStampedAhead(seen, ledger);
    if (!isBehind(ledger, seen.secret())
        && !stampedAhead
        && !doubted.map(LedgerRules::isRejected).orElse(false)) {
      return Rule.pass();
    }
    var what =
        (stampedAhead ? "A pod or workload that reads Secret " : "Secret ")
            + ledger.binding().secret()
            + " carries a later publication than the ledger knows, as after a restore from a"
            + " backup. ";
    // what only a cache says is looked at live first
    var arriving = seen.live() ? deletesUntil(seen, ledger) : Optional.<Instant>empty();
    return arriving.isPresent()
        ? Rule.wait(
            arriving.get(),
            Reason.LedgerBehind,
            what
                + "A delete may still be on its way where ids are given again; before it has"
                + " arrived, nothing is begun anew")
        : Rule.act(
            new Step.StartOver(),
            Reason.LedgerBehind,
            what
                + "The key in the Secret is taken over; whatever else the ledger knows is left to a"
                + " person, and nothing is deleted");
  }

  /** Until when a delete may meet the next key of its id; nobody would wait for it afterwards. */
  private static Optional<Instant> deletesUntil(Observation seen, Rotation ledger) {
    return ledger.keys(Role.CONDEMNED).stream()
        .flatMap(it -> MintRules.deleteArrivesUntil(seen, it))
        .filter(it -> it.isAfter(seen.now()))
        .max(Comparator.naturalOrder());
  }

  /** Nobody has looked after the key in use for a while: whether it works is asked once. */
  Answer verifyCurrent(Observation seen, Rotation ledger) {
    var current = ledger.key(Role.CURRENT).orElse(null);
    if (current == null
        || ledger.run().isPresent()
        || current.fields().isEmpty()
        || current.lastPublication().orElse(0) == 0
        || current.checks().acceptedInARow() > 0
        || !(seen.issuerOf(current.issuer()) instanceof Observation.IssuerView.Usable usable)
        || !usable.capabilities().verifies()) {
      return Rule.pass();
    }
    var pause = ledger.failure(Verb.VERIFY, current.name());
    return Pauses.isOn(seen, pause)
        ? Pauses.yieldTo(pause.orElseThrow())
        : Rule.act(
            new Step.Verify(current.name()),
            Reason.Verifying,
            "shows " + current.display() + ", which is in use, to its issuer");
  }

  private static boolean isOfAnotherLineage(Observation seen, Rotation ledger) {
    return ledger.run().isEmpty()
        && seen.secret() instanceof Target.Present secret
        && !secret.lineage().isEmpty()
        && !secret.lineage().equals(ledger.lineage())
        && ledger.publication().isPresent()
        && secret
            .keyId()
            .map(id -> ledger.keys().stream().noneMatch(it -> it.id().equals(Optional.of(id))))
            .orElse(false);
  }

  private static boolean isRejected(Key key) {
    return key.checks().acceptedInARow() == 0 && key.checks().rejectedAt().isPresent();
  }

  private static boolean isBehind(Rotation rotation, Target secret) {
    return secret instanceof Target.Present present && present.isAfter(rotation);
  }

  /**
   * Whether a consumer carries a stamp that this ledger, as it is, has not given yet: it would take
   * that stamp for a proof one day. None is given of a publication before it is in the Secret.
   */
  private static boolean isStampedAhead(Observation seen, Rotation ledger) {
    boolean unwritten = ledger.publication().map(it -> it.writtenAt().isEmpty()).orElse(false);
    int ahead = ledger.publicationNumber() + (unwritten ? 0 : 1);
    return seen.consumers() instanceof Consumers.Seen consumers
        && Stream.concat(
                consumers.workloads().stream().map(Consumers.Workload::stamp),
                consumers.pods().stream().map(Consumers.Pod::stamp))
            .flatMap(Optional::stream)
            .anyMatch(it -> it.reaches(ledger.lineage(), ahead));
  }

  /** The resource was made anew; what its ledger holds stays as it is, and nothing is minted. */
  Answer rebindWhenResourceIsNew(Observation seen) {
    return seen.ledger() instanceof Ledger.Held held
            && held.owner() == Observation.Owner.RESOURCE_GONE
        ? Rule.act(
            new Step.Rebind(),
            Reason.LedgerRebound,
            "takes up the ledger of Secret " + held.rotation().binding().secret())
        : Rule.pass();
  }

  private Answer hold(Observation seen, Reason reason, String message) {
    return Rule.wait(seen.now().plus(settings.heldLook()), reason, message);
  }
}
