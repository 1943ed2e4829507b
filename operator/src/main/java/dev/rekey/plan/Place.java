package dev.rekey.plan;

import dev.rekey.rotation.Attempt;
import dev.rekey.rotation.Cause;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.Ledger;
import dev.rekey.rotation.Observation.Owner;
import dev.rekey.rotation.Observation.Read;
import dev.rekey.rotation.Observation.Target;
import dev.rekey.rotation.Publication;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.Run.Progress;
import dev.rekey.rotation.Terms;
import dev.rekey.rotation.Verb;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a rotation is to the limit on rollouts at once. It takes a place from before it asks for a
 * key until every consumer is on the new one: what is known of it after a restart is what its
 * ledger says.
 */
public sealed interface Place {
  /** Longer than any write takes that is about to begin a rotation whose patience is not known. */
  Duration BRIEF = Duration.ofMinutes(1);

  /** Nothing is rolled out: no rotation is under way, or all has moved. */
  record None() implements Place {}

  /**
   * A rotation has begun, and the Secret does not show its key yet. Nothing of it is known to have
   * a place.
   *
   * @param patience how long it may get nowhere
   */
  record Begun(Duration patience) implements Place {}

  /**
   * Something failed before the Secret shows the new key, or somebody writes the Secret again and
   * again: it is left alone for a while, and nobody is kept waiting for it.
   */
  record HeldUp() implements Place {}

  /**
   * Consumers are on their way to what was published.
   *
   * @param since when they got further last; empty where nobody has written that down
   * @param patience how long they may get nowhere: a rollout that is stuck keeps no place
   */
  record Rolling(Optional<Instant> since, Duration patience) implements Place {}

  /**
   * That a rotation may be waiting for its turn. One that has begun comes first: a key that was
   * minted is to be used before another one is.
   *
   * @param begun whether it has begun
   * @param since when it did, or else when it was due
   */
  record Asked(boolean begun, Instant since) implements Comparable<Asked> {
    @Override
    public int compareTo(Asked other) {
      int byStage = Boolean.compare(other.begun, begun);
      return byStage != 0 ? byStage : since.compareTo(other.since);
    }
  }

  /** What a step asks of the limit. */
  enum Need {
    /** Nothing: what is published goes on, whatever else does. */
    NONE,
    /** A place, when it is its turn. */
    IN_TURN,
    /** A place now, whether or not one is free. */
    AT_ONCE
  }

  /** What the rotation of this ledger is at {@code now}. */
  static Place of(Rotation ledger, Instant now) {
    var run = ledger.run();
    if (run.isEmpty()) {
      return new None();
    }
    if (RolloutRules.rolling(ledger).isEmpty()) {
      return isHeldUp(ledger, now) ? new HeldUp() : new Begun(run.get().progressTimeout());
    }
    if (run.get().progress().flatMap(Progress::allMovedAt).isPresent()) {
      return new None();
    }
    return isFoughtOver(ledger, now)
        ? new HeldUp()
        : new Rolling(lastMove(ledger, run.get()), run.get().progressTimeout());
  }

  private static boolean isHeldUp(Rotation ledger, Instant now) {
    // a person may take days
    return ledger.attempts().stream().anyMatch(Attempt::awaitsPerson) || hasFailed(ledger, now);
  }

  private static boolean hasFailed(Rotation ledger, Instant now) {
    return ledger.failures().stream()
        .filter(it -> now.isBefore(it.notBefore()))
        // whoever begins in spite of it has been let go on by a person
        .filter(it -> it.reason() != Reason.RolledBack)
        .anyMatch(it ->
            (it.isAbout(Verb.MINT, ledger.binding().secret()) && !hasKey(ledger))
                || it.isAbout(Verb.PUBLISH, ledger.binding().secret())
                || ledger
                    .key(Role.NEXT)
                    .map(next -> it.isAbout(Verb.VERIFY, next.name()))
                    .orElse(false));
  }

  /** What went wrong with the last mint is no matter any more once there is a key. */
  private static boolean hasKey(Rotation ledger) {
    return ledger.run().flatMap(Run::keyName).isPresent();
  }

  private static boolean isFoughtOver(Rotation ledger, Instant now) {
    return ledger
        .failure(Verb.REPAIR, ledger.binding().secret())
        .filter(it -> it.count() >= SecretRules.CONTESTED && now.isBefore(it.notBefore()))
        .isPresent();
  }

  private static Optional<Instant> lastMove(Rotation ledger, Run run) {
    return run.progress()
        .map(Progress::waitingSince)
        .or(() ->
            ledger.publication().flatMap(Publication::writtenAt).map(it -> it.plus(run.settle())));
  }

  /** How a rotation may be waiting for its turn; empty: it is none of those that may. */
  static Optional<Asked> asked(Observation seen) {
    if (!(seen.ledger() instanceof Ledger.Held held) || held.owner() != Owner.THIS_RESOURCE) {
      return Optional.empty();
    }
    var ledger = held.rotation();
    if (ledger.run().isEmpty()) {
      return Due.of(seen, ledger).filter(it -> it.isNow(seen)).map(it -> new Asked(false, it.at()));
    }
    // what is published goes on, whoever waits
    return RolloutRules.rolling(ledger).isPresent()
        ? Optional.empty()
        : ledger.run().map(it -> new Asked(true, it.startedAt()));
  }

  /** What {@code step} asks of the limit. */
  static Need need(Step step, Rotation ledger, Observation seen) {
    return switch (step) {
      case Step.Begin(var cause) ->
          // one that begins anew has, or waits for, the place of the one before
          ledger.run().isPresent() ? Need.NONE : need(cause, ledger, seen);
      case Step.Mint(), Step.Publish(var _) ->
          ledger.run().map(it -> need(it.cause(), ledger, seen)).orElse(Need.NONE);
      default -> Need.NONE;
    };
  }

  /**
   * A key that strangers have, or that works no more, waits for nobody; nor does what is left to do
   * for a resource that goes, nor a first key whose Secret is not there yet: its pods have not
   * started, and wait for it.
   */
  static Need need(Cause cause, Rotation ledger, Observation seen) {
    boolean shownIsGone =
        ledger.publication().isPresent() && SecretRules.shownOnPurpose(ledger).isEmpty();
    if (shownIsGone || seen.resource().deletingSince().isPresent()) {
      return Need.AT_ONCE;
    }
    return switch (cause) {
      case Leaked, GoneElsewhere -> Need.AT_ONCE;
      case FirstKey -> seen.secret() instanceof Target.Missing ? Need.AT_ONCE : Need.IN_TURN;
      case Interval, BeforeExpiry, Requested, IssuerChanged, DataChanged -> Need.IN_TURN;
    };
  }

  /** For how long a place is kept for a rotation that was given one and gets nowhere with it. */
  static Duration patience(Observation seen) {
    if (seen.ledger() instanceof Ledger.Held held && held.rotation().run().isPresent()) {
      return held.rotation().run().get().progressTimeout();
    }
    return seen.resource().terms() instanceof Read.Valid<Terms>(var terms)
        ? terms.progressTimeout()
        : BRIEF;
  }
}
