package dev.rekey.plan;

import dev.rekey.config.Settings;
import dev.rekey.rotation.Cause;
import dev.rekey.rotation.Companion;
import dev.rekey.rotation.Companion.Intent;
import dev.rekey.rotation.Consumers.OtherSecret;
import dev.rekey.rotation.Consumers.Workload;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.IssuerView;
import dev.rekey.rotation.Observation.Ledger;
import dev.rekey.rotation.Observation.Owner;
import dev.rekey.rotation.Observation.Target;
import dev.rekey.rotation.Observation.Turn;
import dev.rekey.rotation.Phase;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.Stamp;
import dev.rekey.rotation.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Rotations that restart the same workload within a minute restart it once. Whoever is ready first
 * waits for the others, and whoever patches first writes the stamps of all that have settled.
 */
public final class Wave {
  private final Settings settings;

  Wave(Settings settings) {
    this.settings = settings;
  }

  /**
   * A workload that is restarted a little later.
   *
   * @param until when to look again
   * @param message together with what, for people
   */
  record Held(Instant until, String message) {}

  /** What a rotation that decides {@code plan} is about to do; empty: nothing to wait for. */
  public static Optional<Intent> intent(Observation seen, Plan plan) {
    if (!(seen.ledger() instanceof Ledger.Held held)
        || held.owner() != Owner.THIS_RESOURCE
        || seen.resource().suspended()
        // whoever stands in line may stand there for longer than anybody waits
        || seen.turn() instanceof Turn.Waiting
        || seen.resource().deletingSince().isPresent()) {
      return Optional.empty();
    }
    var ledger = held.rotation();
    var run = ledger.run();
    if (run.isEmpty()) {
      return atRest(seen, ledger, plan);
    }
    var rolling = RolloutRules.rolling(ledger);
    if (rolling.isEmpty() || ledger.publication().flatMap(it -> it.writtenAt()).isEmpty()) {
      return isWell(plan) ? Optional.of(new Intent.Coming(Optional.empty())) : Optional.empty();
    }
    if (!isShown(seen, ledger)) {
      return Optional.empty();
    }
    var settledAt = RolloutRules.settledAt(ledger, rolling.get());
    if (seen.now().isBefore(settledAt) || notesHealth(plan)) {
      return isWell(plan)
          ? Optional.of(new Intent.Coming(Optional.of(settledAt)))
          : Optional.empty();
    }
    // where the old key stands elsewhere in the Secret, a container that starts now may read it
    if (RolloutRules.oldKeyElsewhere(seen, ledger).isPresent()) {
      return Optional.empty();
    }
    // what is held above the restarts, or past them, puts no stamp on anything
    var phase = plan.reason().phase();
    return phase == Phase.Rolling || phase == Phase.Soaking
        ? Optional.of(new Intent.Settled(ledger.stamp(), settledAt))
        : Optional.empty();
  }

  /** What was well before is noted first: a restart for it would make that look unwell. */
  private static boolean notesHealth(Plan plan) {
    return plan instanceof Plan.Act(Step.NoteHealth(var _), var _, var _);
  }

  private static Optional<Intent> atRest(Observation seen, Rotation ledger, Plan plan) {
    if (plan instanceof Plan.Act(Step.Begin(var _), var _, var _)) {
      return Optional.of(new Intent.Coming(Optional.empty()));
    }
    return plan.reason() == Reason.Idle && isWell(plan)
        ? Due.of(seen, ledger).map(it -> new Intent.Resting(it.at()))
        : Optional.empty();
  }

  private static boolean isWell(Plan plan) {
    return switch (plan) {
      case Plan.Act(var _, var reason, var _) -> reason.mood() != Reason.Mood.TROUBLE;
      case Plan.Wait wait ->
          wait.reason().mood() != Reason.Mood.TROUBLE && wait.troubles().isEmpty();
    };
  }

  private static boolean isShown(Observation seen, Rotation ledger) {
    return seen.secret() instanceof Target.Present secret
        && ledger.publication().filter(secret::shows).isPresent();
  }

  /** Why {@code workload} is not restarted yet; empty: it is now. */
  Optional<Held> held(Observation seen, Rotation ledger, Run run, Workload workload) {
    var deadline = RolloutRules.settledAt(ledger, run).plus(settings.wave());
    if (!seen.now().isBefore(deadline) || isInHaste(seen, ledger, run)) {
      return Optional.empty();
    }
    var awaited =
        seen.companions().stream()
            .filter(it -> restarts(it, workload) && other(it, workload).isPresent())
            .filter(it -> it.isBelieved(seen.now(), settings.wave()))
            .filter(it -> isAboutTo(it.intent(), workload, seen.now(), run, deadline))
            .sorted(Comparator.comparing(Companion::secret))
            .toList();
    return awaited.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Held(
                awaited.stream()
                    .map(it -> look(it.intent(), seen.now(), deadline))
                    .min(Comparator.naturalOrder())
                    .orElse(deadline),
                "restarts "
                    + workload.ref().display()
                    + " once, together with "
                    + named(awaited)
                    + "; waits for that until "
                    + Timestamps.of(deadline)
                    + " at most"));
  }

  /**
   * The stamps that go onto the template of {@code workload} in the same write, by the Secret that
   * each is about. Only what its own rotation would write: no stamp goes down, and one of another
   * lineage is not touched.
   */
  Map<String, Stamp> beside(Observation seen, Workload workload) {
    var stamps = new TreeMap<String, Stamp>();
    for (var companion : seen.companions()) {
      if (companion.intent() instanceof Intent.Settled(var stamp, var _)
          && companion.isBelieved(seen.now(), settings.wave())
          && restarts(companion, workload)
          && other(companion, workload).filter(it -> it.isBefore(stamp)).isPresent()) {
        stamps.put(companion.secret(), stamp);
      }
    }
    return stamps;
  }

  /**
   * The times that a Rollout may have no pod from before for the Secrets of other rotations that
   * have settled, where it was not told so yet, by these Secrets. Each time is over: who is told of
   * it now is restarted for all of them.
   */
  Map<String, Instant> timesBeside(Observation seen, Workload rollout) {
    var times = new TreeMap<String, Instant>();
    for (var companion : seen.companions()) {
      if (companion.intent() instanceof Intent.Settled(var _, var settledAt)
          && companion.isBelieved(seen.now(), settings.wave())
          && restarts(companion, rollout)
          && other(companion, rollout).isPresent()) {
        var since = RolloutRules.startsTell(settledAt, settings);
        if (!since.isAfter(seen.now()) && !rollout.isToldToRestart(since)) {
          times.put(companion.secret(), since);
        }
      }
    }
    return times;
  }

  private static boolean restarts(Companion companion, Workload workload) {
    return companion.restarts().include(workload.ref().display());
  }

  private static Optional<OtherSecret> other(Companion companion, Workload workload) {
    return workload.others().stream()
        .filter(it -> it.name().equals(companion.secret()))
        .findFirst();
  }

  /** Whether it will restart workloads before this rotation stops waiting. */
  private boolean isAboutTo(
      Intent intent, Workload workload, Instant now, Run run, Instant deadline) {
    return switch (intent) {
      case Intent.Resting(var dueAt) ->
          dueAt.isBefore(run.startedAt().plus(settings.wave())) && dueAt.isBefore(deadline);
      case Intent.Coming(var settlesAt) -> settlesAt.map(it -> it.isBefore(deadline)).orElse(true);
      // whoever has settled waits for nobody but those who have not
      // but for a moment, where only the time that a pod starts tells on what
      case Intent.Settled(var _, var settledAt) -> {
        var since = RolloutRules.startsTell(settledAt, settings);
        yield !workload.ref().kind().stamped() && now.isBefore(since) && since.isBefore(deadline);
      }
    };
  }

  /** A look costs the API server some lists: whoever settles restarts the workload for all. */
  private Instant look(Intent intent, Instant now, Instant deadline) {
    var seldom = now.plus(settings.wave().dividedBy(4));
    var next =
        switch (intent) {
          case Intent.Resting(var _) -> seldom;
          case Intent.Coming(var settlesAt) ->
              settlesAt.map(it -> later(it, now).plus(settings.look())).orElse(seldom);
          case Intent.Settled(var _, var settledAt) -> RolloutRules.startsTell(settledAt, settings);
        };
    return next.isBefore(deadline) ? next : deadline;
  }

  private static Instant later(Instant one, Instant other) {
    return one.isBefore(other) ? other : one;
  }

  private static String named(List<Companion> awaited) {
    return awaited.stream()
        .map(it ->
            "Secret "
                + it.secret()
                + switch (it.intent()) {
                  case Intent.Resting(var dueAt) ->
                      ", whose rotation is due at " + Timestamps.of(dueAt);
                  case Intent.Coming(var settlesAt) ->
                      settlesAt
                          .map(at -> ", whose new key settles at " + Timestamps.of(at))
                          .orElse(", whose new key is about to be published");
                  case Intent.Settled(var _, var _) -> ", whose new key has just settled";
                })
        .collect(Collectors.joining(" and "));
  }

  /**
   * Whether each minute counts: the old key is known to strangers or gone already, pods fail on the
   * key that was taken back, the resource goes, or the old key expires so soon that the rest of the
   * rotation may not fit before it.
   */
  private static boolean isInHaste(Observation seen, Rotation ledger, Run run) {
    return run.cause() == Cause.Leaked
        || run.cause() == Cause.GoneElsewhere
        || run.rollback() == Run.Rollback.DONE
        || seen.resource().deletingSince().isPresent()
        || Gate.oldKey(ledger)
            .flatMap(old ->
                seen.issuerOf(old.issuer()) instanceof IssuerView.Usable usable
                    ? Due.expiry(old, usable.capabilities())
                        .map(it -> it.minus(spare(Duration.between(old.issuedAt(), it), run)))
                    : old.expiresAt())
            .filter(latest -> !seen.now().isBefore(latest))
            .isPresent();
  }

  /** What is kept between the restarts and the end of a key that lives for so long. */
  private static Duration spare(Duration life, Run run) {
    return run.progressTimeout().multipliedBy(3).plus(run.soak()).plus(LatestSafe.margin(life));
  }
}
