package dev.rekey.plan;

import dev.rekey.config.Settings;
import dev.rekey.plan.Rule.Answer;
import dev.rekey.rotation.Consumers;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.Ledger;
import dev.rekey.rotation.Observation.Owner;
import dev.rekey.rotation.Observation.Read;
import dev.rekey.rotation.Observation.Target;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Terms;
import dev.rekey.rotation.Timestamps;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What becomes of keys when their resource is deleted. A finalizer of Rekey's keeps the resource
 * until nothing is unfinished, for at most the deletion deadline.
 */
final class DeletionRules {
  private static final int NAMED = 5;

  private final Settings settings;

  DeletionRules(Settings settings) {
    this.settings = settings;
  }

  /** A resource without a ledger of its own has nothing to finish. */
  Answer releaseWhenNotOurs(Observation seen) {
    if (seen.resource().deletingSince().isEmpty() || !seen.resource().guarded()) {
      return Rule.pass();
    }
    boolean holdsNothing =
        switch (seen.ledger()) {
          case Ledger.Missing() -> true;
          case Ledger.Held held ->
              held.owner() == Owner.OTHER_RESOURCE || held.owner() == Owner.OTHER_CLUSTER;
          case Ledger.Unreadable unreadable -> isOverdue(seen);
          case Ledger.Stale() -> false;
        };
    return holdsNothing
        ? release("it has no ledger of its own that could be followed")
        : Rule.pass();
  }

  /**
   * The resource is being deleted: what is unfinished is finished, in order, and nothing begins.
   */
  Answer finishDeletion(Observation seen, Rotation ledger) {
    if (seen.resource().deletingSince().isEmpty()) {
      return Rule.pass();
    }
    var unseen = ledger.key(Role.NEXT).filter(it -> it.lastPublication().isEmpty());
    if (unseen.isPresent()) {
      return Rule.act(
          new Step.Condemn(unseen.get().name()),
          Reason.FinishingDeletion,
          unseen.get().display()
              + " is given up, since the resource is being deleted and nobody has seen that key");
    }
    if (cannotGoOn(seen, ledger)) {
      return Rule.act(
          new Step.Abort(),
          Reason.FinishingDeletion,
          "the rotation under way ends, since its resource is being deleted");
    }
    var revoke = revokes(seen) ? revoke(seen, ledger) : Rule.pass();
    if (!(revoke instanceof Answer.Passes)) {
      return revoke;
    }
    if (!seen.resource().guarded()) {
      return Rule.pass();
    }
    if (!ledger.hasUnfinished() && (!revokes(seen) || ledger.keys().isEmpty())) {
      return release("nothing of it is unfinished");
    }
    return isOverdue(seen) ? abandonOnce(seen, ledger) : Rule.pass();
  }

  /** A rotation without a key, or one whose Secret is gone: that is never made again now. */
  private static boolean cannotGoOn(Observation seen, Rotation ledger) {
    boolean noKey = ledger.run().map(it -> it.keyName().isEmpty()).orElse(false);
    boolean noSecret = ledger.run().isPresent() && seen.secret() instanceof Target.Missing;
    return noKey || (noSecret && !revokes(seen));
  }

  /** Every key goes, once nobody reads the Secret any more. */
  private Answer revoke(Observation seen, Rotation ledger) {
    boolean allCondemned = ledger.keys().stream().allMatch(it -> it.role() == Role.CONDEMNED);
    if (allCondemned) {
      return Rule.pass();
    }
    var readers = readers(seen);
    if (readers.isEmpty()) {
      return Rule.act(
          new Step.RevokeAll(),
          Reason.FinishingDeletion,
          "no pod and no workload reads Secret "
              + ledger.binding().secret()
              + " any more, and spec.deletionPolicy is Revoke; its keys will be deleted");
    }
    if (isOverdue(seen)) {
      return abandonOnce(seen, ledger);
    }
    var since = seen.resource().deletingSince().orElse(seen.now());
    var until = seen.now().plus(settings.lookAgain(since, seen.now()));
    var message =
        "the resource is being deleted; "
            + ledger.key(Role.CURRENT).map(Key::display).orElse("its key")
            + " is deleted once nobody reads Secret "
            + ledger.binding().secret()
            + " any more: "
            + readers.stream().limit(NAMED).collect(Collectors.joining(", "))
            + (readers.size() > NAMED ? " and " + (readers.size() - NAMED) + " more" : "")
            + ". At "
            + Timestamps.of(deadline(seen))
            + " the resource goes all the same, and the key stays";
    // Whoever still reads the Secret is to find the right key in it; but where it is gone, it is
    // not made again, and nobody is restarted for it.
    return seen.secret() instanceof Target.Missing
        ? Rule.wait(until, Reason.WaitingForReaders, message)
        : Rule.yields(until, Reason.WaitingForReaders, message);
  }

  /** A workload that wants pods counts even while it has none: it makes the next one at once. */
  private static List<String> readers(Observation seen) {
    return seen.consumers() instanceof Consumers.Seen consumers
        ? Stream.concat(
                consumers.workloads().stream()
                    .filter(Consumers.Workload::wantsPods)
                    .map(it -> it.ref().display()),
                consumers.pods().stream().filter(it -> !it.over()).map(it -> "pod " + it.name()))
            .toList()
        : List.of("pods that were not looked at yet");
  }

  private Answer abandonOnce(Observation seen, Rotation ledger) {
    var since = seen.resource().deletingSince().orElseThrow();
    boolean named =
        ledger.left().stream()
            .anyMatch(it -> it.reason() == Reason.Abandoned && !it.since().isBefore(since));
    if (!seen.resource().guarded()) {
      return Rule.pass();
    }
    return named
        ? release("the deadline of its deletion is over")
        : Rule.act(
            new Step.Abandon(),
            Reason.Abandoned,
            "the resource is being deleted since "
                + Timestamps.of(since)
                + ", and not everything could be finished; what is left is named in the ledger of"
                + " Secret "
                + ledger.binding().secret());
  }

  private static Answer release(String why) {
    return Rule.act(new Step.Release(), Reason.Releasing, "the resource may be deleted: " + why);
  }

  /** From the opening of an attempt until nothing is unfinished; always, where keys go with it. */
  Answer guardWhileUnfinished(Observation seen, Rotation ledger) {
    if (seen.resource().guarded() || seen.resource().deletingSince().isPresent()) {
      return Rule.pass();
    }
    return revokes(seen) || ledger.hasUnfinished()
        ? Rule.act(
            new Step.Guard(),
            Reason.Guarding,
            "the resource is kept from being deleted while keys are unfinished")
        : Rule.pass();
  }

  /** Nothing is unfinished, and nothing is to go with the resource. */
  Answer releaseWhenFinished(Observation seen, Rotation ledger) {
    return seen.resource().guarded()
            && seen.resource().deletingSince().isEmpty()
            && seen.resource().terms() instanceof Read.Valid
            && !revokes(seen)
            && !ledger.hasUnfinished()
        ? release("nothing of it is unfinished")
        : Rule.pass();
  }

  /** A resource that is being deleted begins nothing. */
  Answer beginNothingWhenDeleted(Observation seen) {
    return seen.resource()
        .deletingSince()
        .map(since ->
            Rule.wait(
                seen.now().plus(settings.heldLook()),
                Reason.FinishingDeletion,
                "the resource is being deleted since "
                    + Timestamps.of(since)
                    + "; what is unfinished is finished first"))
        .orElse(Rule.pass());
  }

  /** Whether the key goes with the resource. A spec that cannot be read asks for nothing. */
  static boolean revokes(Observation seen) {
    return seen.resource().terms() instanceof Read.Valid<Terms>(var terms)
        && terms.revokesOnDeletion();
  }

  private boolean isOverdue(Observation seen) {
    return !seen.now().isBefore(deadline(seen));
  }

  private Instant deadline(Observation seen) {
    return seen.resource().deletingSince().orElseThrow().plus(settings.deletionDeadline());
  }
}
