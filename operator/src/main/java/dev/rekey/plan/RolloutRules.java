package dev.rekey.plan;

import dev.rekey.config.Settings;
import dev.rekey.plan.Rule.Answer;
import dev.rekey.rotation.Cause;
import dev.rekey.rotation.Consumers;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.IssuerView;
import dev.rekey.rotation.Observation.Target;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.Run.Progress;
import dev.rekey.rotation.Stamp;
import dev.rekey.rotation.Timestamps;
import dev.rekey.rotation.Verb;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** From a written Secret to every consumer ready on the new key, and for a while longer. */
final class RolloutRules {
  private final Settings settings;
  private final Wave wave;

  RolloutRules(Settings settings) {
    this.settings = settings;
    this.wave = new Wave(settings);
  }

  /**
   * A pod that is restarted while the Secret shows the old key somewhere would look moved, and hold
   * it. Rekey does not touch data keys that are not its own, so a person has to.
   */
  Answer holdWhileOldKeyIsElsewhere(Observation seen, Rotation ledger) {
    if (rolling(ledger).isEmpty()) {
      return Rule.pass();
    }
    return oldKeyElsewhere(seen, ledger)
        .map(dataKey ->
            Rule.wait(
                seen.now().plus(settings.heldLook()),
                Reason.SecretHoldsOldKey,
                "Secret "
                    + ledger.binding().secret()
                    + " shows the old key under data key "
                    + dataKey
                    + ", which Rekey does not write. Remove it, or name it in spec.secret.data."))
        .orElse(Rule.pass());
  }

  /** The data key under which the Secret shows the old key, though it is to show the new one. */
  static Optional<String> oldKeyElsewhere(Observation seen, Rotation ledger) {
    return seen.secret() instanceof Target.Present secret
        ? Gate.oldKey(ledger).stream()
            .flatMap(old -> old.fields().values().stream())
            .flatMap(value -> secret.holds(value).stream())
            .findFirst()
        : Optional.empty();
  }

  /** Kubelets read Secrets through a cache: nothing is restarted before they see the new one. */
  Answer settle(Observation seen, Rotation ledger) {
    return rolling(ledger)
        .map(run -> settledAt(ledger, run))
        .filter(settled -> seen.now().isBefore(settled))
        .map(settled ->
            Rule.wait(
                settled,
                Reason.Settling,
                "publication "
                    + ledger.publicationNumber()
                    + " is in Secret "
                    + ledger.binding().secret()
                    + "; nothing is restarted before kubelets have seen it"))
        .orElse(Rule.pass());
  }

  /**
   * Each workload whose template does not carry the newest stamp yet is restarted; one that reads
   * other Secrets as well, once for all of them that change within a minute. An Argo Rollout
   * carries none: it is told to have no pod from before every kubelet had seen the Secret, by a
   * time that is over.
   */
  Answer roll(Observation seen, Rotation ledger) {
    if (rolling(ledger).isEmpty()) {
      return Rule.pass();
    }
    if (!(seen.consumers() instanceof Consumers.Seen consumers)) {
      return notLookedAt(seen);
    }
    var run = rolling(ledger).orElseThrow();
    if (run.rollback() == Run.Rollback.ONCE && run.healthyBefore().isEmpty()) {
      return Rule.act(
          new Step.NoteHealth(
              consumers.workloads().stream()
                  .filter(Consumers.Workload::rolledOut)
                  .map(it -> it.ref().display())
                  .toList()),
          Reason.Rolling,
          "notes which workloads are well, before the first is restarted");
    }
    var stamp = ledger.stamp();
    var restartAt = startsTell(ledger, run, settings);
    var answers = new ArrayList<Answer>();
    var later = new ArrayList<Wave.Held>();
    for (var workload : consumers.workloads()) {
      if (!workload.holdsValue()
          || !run.restarts().include(workload.ref().display())
          || workload.follows(stamp, restartAt)
          // pods that start before that would have to be restarted again
          || (!workload.ref().kind().stamped() && seen.now().isBefore(restartAt))) {
        continue;
      }
      var pause = ledger.failure(Verb.STAMP, workload.ref().display());
      if (Pauses.isOn(seen, pause)) {
        answers.add(Pauses.yieldTo(pause.orElseThrow()));
        continue;
      }
      var held = wave.held(seen, ledger, run, workload);
      if (held.isPresent()) {
        later.add(held.get());
        continue;
      }
      var step = restart(seen, workload, stamp, restartAt);
      return Rule.act(
          step.what(),
          Reason.Rolling,
          "restarts "
              + workload.ref().display()
              + ", which reads Secret "
              + ledger.binding().secret()
              + step.beside().stream()
                  .sorted()
                  .map(it -> ", and Secret " + it + " as well")
                  .collect(Collectors.joining()));
    }
    return later.stream()
        .min(Comparator.comparing(Wave.Held::until))
        .map(it -> Rule.wait(it.until(), Reason.RestartingTogether, it.message()))
        .orElseGet(() -> Rule.several(answers));
  }

  /**
   * One restart of a workload.
   *
   * @param what how it is restarted
   * @param beside the other Secrets that it is restarted for as well
   */
  private record Restart(Step what, Set<String> beside) {}

  private Restart restart(
      Observation seen, Consumers.Workload workload, Stamp stamp, Instant restartAt) {
    if (workload.ref().kind().stamped()) {
      var stamps = wave.beside(seen, workload);
      return new Restart(new Step.StampWorkload(workload.ref(), stamp, stamps), stamps.keySet());
    }
    var times = wave.timesBeside(seen, workload);
    // one time that is late enough for all of them
    var latest =
        Stream.concat(Stream.of(restartAt), times.values().stream())
            .max(Comparator.naturalOrder())
            .orElse(restartAt);
    return new Restart(
        new Step.RestartRollout(workload.ref(), latest, List.copyOf(times.keySet())),
        times.keySet());
  }

  /** Every pod that reads the Secret counts, one by one, terminating ones as well. */
  Answer waitForConsumers(Observation seen, Rotation ledger) {
    var run = rolling(ledger).orElse(null);
    if (run == null) {
      return Rule.pass();
    }
    if (!(seen.consumers() instanceof Consumers.Seen consumers)) {
      return notLookedAt(seen);
    }
    var standing = Standing.of(consumers, ledger, run, seen.now(), settings);
    var steadiness = Steadiness.of(consumers, standing, ledger, run, seen.now(), settings);
    var before = run.progress();
    var progress =
        before
            .map(
                it -> it.then(look(seen, consumers, standing, steadiness, ledger, run), seen.now()))
            .orElseGet(() ->
                new Progress(
                    standing.total(), standing.moved(), seen.now(), steadiness.allSince()));
    if (!before.equals(Optional.of(progress))) {
      return Rule.act(
          new Step.NoteProgress(progress),
          Reason.WaitingForConsumers,
          standing.moved()
              + " of "
              + standing.total()
              + " pods are on the new key"
              + steadiness
                  .broken()
                  .map(it ->
                      "; pod "
                          + it.pod()
                          + switch (it.by()) {
                            case NOT_READY -> " was not ready all the while";
                            case MAY_HOLD_OLD_KEY -> " may hold the old key";
                          }
                          + ", so the soak begins anew with all ready on the new one")
                  .orElse(""));
    }
    if (standing.complete()) {
      return Rule.pass();
    }
    var since = progress.waitingSince();
    boolean stuck =
        hasStalled(seen, run, since)
            || (progress.allMovedAt().isEmpty() && comesAndGoes(seen, ledger, run, settings));
    var reason =
        standing
            .hindrance()
            .filter(_ -> seen.now().isAfter(startsTell(ledger, run, settings)))
            .orElse(stuck ? Reason.ConsumersStuck : Reason.WaitingForConsumers);
    var old = Gate.oldKey(ledger);
    if (stuck && old.isPresent() && RevokeRules.isLeft(seen)) {
      // nothing is deleted, so nobody is put at risk, and a person knows who may still hold it
      return RevokeRules.leave(old.get(), "Who may still hold it: " + standing.behindText());
    }
    return Rule.wait(
        seen.now().plus(stuck ? settings.heldLook() : settings.lookAgain(since, seen.now())),
        reason,
        standing.moved()
            + " of "
            + standing.total()
            + " pods are on the new key; behind: "
            + standing.behindText()
            + (reason.mood() == Reason.Mood.TROUBLE ? ". " + reason.sentence() : ""));
  }

  /**
   * Whether nobody has got any further for too long, also by this look: who waits for somebody that
   * goes only now has his whole time from then on.
   */
  boolean isStuck(Observation seen, Consumers.Seen consumers, Rotation ledger, Run run) {
    var standing = Standing.of(consumers, ledger, run, seen.now(), settings);
    var steadiness = Steadiness.of(consumers, standing, ledger, run, seen.now(), settings);
    return run.progress()
        .map(it -> it.then(look(seen, consumers, standing, steadiness, ledger, run), seen.now()))
        .filter(it -> hasStalled(seen, run, it.waitingSince()))
        .isPresent();
  }

  private Run.Look look(
      Observation seen,
      Consumers.Seen consumers,
      Standing standing,
      Steadiness steadiness,
      Rotation ledger,
      Run run) {
    return new Run.Look(
        standing.total(),
        standing.moved(),
        Standing.remade(consumers, ledger, run, seen.now(), settings),
        steadiness.allSince(),
        steadiness.broken(),
        !standing.complete(),
        run.progress().filter(it -> isSoaked(seen, ledger, run, it)).isPresent());
  }

  /** The old key outlives the last move for a while, for what nobody thought of. */
  Answer soak(Observation seen, Rotation ledger) {
    var run = rolling(ledger).orElse(null);
    var progress = Optional.ofNullable(run).flatMap(Run::progress).orElse(null);
    if (run == null || progress == null || progress.allMovedAt().isEmpty()) {
      return Rule.pass();
    }
    var since = progress.allMovedAt().get();
    var soak = soak(seen, ledger, run, settings);
    var over = since.plus(soak);
    var until = overlapEnd(run).isAfter(over) ? overlapEnd(run) : over;
    if (!seen.now().isBefore(until)) {
      return Rule.pass();
    }
    return unsteady(progress, since, run, soak)
        // from then on it is waited for something else
        .filter(_ -> seen.now().isBefore(over))
        .map(it ->
            Rule.wait(
                until,
                Reason.ConsumersStuck,
                "the soak has begun anew "
                    + it.times()
                    + " times, now at "
                    + Timestamps.of(since)
                    + ": pod "
                    + it.pod()
                    + " was the last that was not on the new key, or not ready, all the while. Both"
                    + " keys work until every pod has been both for "
                    + soak.toSeconds()
                    + " s on end; find out why that pod was not"))
        .orElseGet(() ->
            Rule.wait(
                until,
                Reason.Soaking,
                "every consumer is on the new key; the old one keeps working until "
                    + Timestamps.of(until)));
  }

  /** Whether something else is waited for: the look at a soak's end tells what happened in it. */
  private boolean isSoaked(Observation seen, Rotation ledger, Run run, Progress progress) {
    return progress
        .allMovedAt()
        .map(it -> it.plus(soak(seen, ledger, run, settings)))
        .filter(over ->
            overlapEnd(run).isAfter(over)
                ? !seen.now().isBefore(over)
                : seen.now().isAfter(over.plus(settings.rareLook())))
        .isPresent();
  }

  /** Whether nobody has got any further for too long since then. */
  private static boolean hasStalled(Observation seen, Run run, Instant since) {
    return seen.now().isAfter(since.plus(run.progressTimeout()));
  }

  /** Whether soaks are broken again and again, and have been for too long now. */
  private static boolean comesAndGoes(
      Observation seen, Rotation ledger, Run run, Settings settings) {
    return run.progress()
        .flatMap(it -> unsteady(it, seen.now(), run, soak(seen, ledger, run, settings)))
        .isPresent();
  }

  /** Whether that is for pods on the new key, which may be why; no other says anything about it. */
  static boolean failsAgainAndAgain(Observation seen, Rotation ledger, Run run, Settings settings) {
    var longest = longest(run, soak(seen, ledger, run, settings));
    return run.progress()
        .flatMap(Progress::unsteady)
        .filter(it -> it.notReady() > 1)
        .flatMap(Run.Unsteady::notReadySince)
        .filter(it -> seen.now().isAfter(it.plus(longest)))
        .isPresent();
  }

  /** Who breaks the soak, where that happens again and again and for too long. */
  private static Optional<Run.Unsteady> unsteady(
      Progress progress, Instant since, Run run, Duration soak) {
    var first = progress.firstAllMovedAt().orElse(since);
    return progress
        .unsteady()
        .filter(it -> it.times() > 1 && since.isAfter(first.plus(longest(run, soak))));
  }

  private static Duration longest(Run run, Duration soak) {
    return soak.compareTo(run.progressTimeout()) > 0 ? soak : run.progressTimeout();
  }

  /**
   * The new key is tried once more: the old one is not given up for one that has stopped working.
   */
  Answer verifyAgain(Observation seen, Rotation ledger) {
    var next = rolling(ledger).flatMap(Run::keyName).flatMap(ledger::key).orElse(null);
    if (next == null
        || Gate.oldKey(ledger).isEmpty()
        || Gate.acceptedLately(seen, next, settings.freshness())) {
      return Rule.pass();
    }
    var pause = ledger.failure(Verb.VERIFY, next.name());
    if (Pauses.isOn(seen, pause)) {
      var failure = pause.orElseThrow();
      return Rule.wait(failure.notBefore(), failure.reason(), failure.message());
    }
    return Rule.act(
        new Step.Verify(next.name()),
        Reason.VerifyingAgain,
        "shows "
            + next.display()
            + " to "
            + next.issuer().display()
            + " once more, before the old key goes");
  }

  /** The rotation under way whose key the Secret is to show, until it is over. */
  static Optional<Run> rolling(Rotation ledger) {
    return ledger
        .run()
        .filter(run ->
            run.keyName()
                .flatMap(ledger::key)
                .flatMap(key -> ledger.publication().filter(it -> it.keyName().equals(key.name())))
                // a key that only changes its form was in the Secret before, in the old one
                .filter(it -> !run.keepsKey() || it.templates().equals(run.data()))
                .isPresent());
  }

  /** When every kubelet has seen the newest publication. */
  static Instant settledAt(Rotation ledger, Run run) {
    return ledger
        .publication()
        .flatMap(it -> it.writtenAt())
        .map(at -> at.plus(run.settle()))
        .orElse(Instant.MAX);
  }

  /**
   * From when on a pod that starts is known to have started on the newest publication; creation
   * times are whole seconds. Nobody is asked to restart anything before that: it would be in vain.
   */
  static Instant startsTell(Rotation ledger, Run run, Settings settings) {
    return startsTell(settledAt(ledger, run), settings);
  }

  static Instant startsTell(Instant settledAt, Settings settings) {
    return settledAt.equals(Instant.MAX)
        ? settledAt
        : settledAt.plus(settings.clockDoubt()).plusSeconds(1).truncatedTo(ChronoUnit.SECONDS);
  }

  /** How long the old key outlives the last move: longer, where nothing could be verified. */
  static Duration soak(Observation seen, Rotation ledger, Run run, Settings settings) {
    if (run.cause() == Cause.Leaked) {
      // a key that strangers have is worse than one that nobody could try
      return run.soak();
    }
    // after a rollback the key that is shown may be of another issuer than the run's
    var issuer = run.keyName().flatMap(ledger::key).map(Key::issuer).orElse(run.issuer());
    boolean verifies =
        seen.issuerOf(issuer) instanceof IssuerView.Usable usable
            && usable.capabilities().verifies();
    return verifies || run.soak().compareTo(settings.unverifiedSoak()) > 0
        ? run.soak()
        : settings.unverifiedSoak();
  }

  /** Until when both keys work at least. */
  static Instant overlapEnd(Run run) {
    return run.shownAt().map(it -> it.plus(run.minOverlap())).orElse(Instant.MIN);
  }

  private Answer notLookedAt(Observation seen) {
    return Rule.wait(
        seen.now().plus(settings.look()),
        Reason.WaitingForConsumers,
        "the pods of namespace "
            + seen.resource().namespace()
            + " that read the Secret were not looked at yet");
  }
}
