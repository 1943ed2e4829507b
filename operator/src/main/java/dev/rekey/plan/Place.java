package dev.rekey.plan;

import dev.rekey.rotation.Cause;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.Ledger;
import dev.rekey.rotation.Observation.Owner;
import dev.rekey.rotation.Observation.Read;
import dev.rekey.rotation.Observation.Target;
import dev.rekey.rotation.Publication;
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

  /** The same, where something failed and is left alone for a while: nobody is kept waiting. */
  record HeldUp() implements Place {}

  /**
   * Consumers are on their way to what was published.
   *
   * @param since when they got further last; empty where nobody has written that down
   * @param patience how long they may get nowhere: a rollout that is stuck keeps no place
   */
  record Rolling(Optional<Instant> since, Duration patience) implements Place {}

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
    return run.get().progress().flatMap(Progress::allMovedAt).isPresent()
        ? new None()
        : new Rolling(lastMove(ledger, run.get()), run.get().progressTimeout());
  }

  private static boolean isHeldUp(Rotation ledger, Instant now) {
    return ledger.failures().stream()
        .filter(it -> now.isBefore(it.notBefore()))
        .anyMatch(it ->
            it.isAbout(Verb.MINT, ledger.binding().secret())
                || it.isAbout(Verb.PUBLISH, ledger.binding().secret())
                || ledger
                    .key(Role.NEXT)
                    .map(next -> it.isAbout(Verb.VERIFY, next.name()))
                    .orElse(false));
  }

  private static Optional<Instant> lastMove(Rotation ledger, Run run) {
    return run.progress()
        .map(Progress::since)
        .or(() ->
            ledger.publication().flatMap(Publication::writtenAt).map(it -> it.plus(run.settle())));
  }

  /** Since when a rotation may be waiting for its turn; empty: it is none of those that may. */
  static Optional<Instant> askedSince(Observation seen) {
    if (!(seen.ledger() instanceof Ledger.Held held) || held.owner() != Owner.THIS_RESOURCE) {
      return Optional.empty();
    }
    var ledger = held.rotation();
    return switch (of(ledger, seen.now())) {
      case Rolling _ -> Optional.empty();
      case Begun _, HeldUp _ -> ledger.run().map(Run::startedAt);
      case None() ->
          ledger.run().isPresent()
              ? Optional.empty()
              : Due.of(seen, ledger).filter(it -> it.isNow(seen)).map(Due::at);
    };
  }

  /** What {@code step} asks of the limit. */
  static Need need(Step step, Rotation ledger, Target secret) {
    return switch (step) {
      case Step.Begin(var cause) ->
          // one that begins anew has, or waits for, the place of the one before
          ledger.run().isPresent() ? Need.NONE : need(cause, secret);
      case Step.Mint(), Step.Publish(var _) ->
          ledger.run().map(it -> need(it.cause(), secret)).orElse(Need.NONE);
      default -> Need.NONE;
    };
  }

  /**
   * A key that strangers have, or that works no more, waits for nobody. Nor does a first key whose
   * Secret is not there yet: its pods have not started, and wait for it.
   */
  static Need need(Cause cause, Target secret) {
    return switch (cause) {
      case Leaked, GoneElsewhere -> Need.AT_ONCE;
      case FirstKey -> secret instanceof Target.Missing ? Need.AT_ONCE : Need.IN_TURN;
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
