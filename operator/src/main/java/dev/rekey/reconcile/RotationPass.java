package dev.rekey.reconcile;

import dev.rekey.act.Executor;
import dev.rekey.act.Outcome;
import dev.rekey.api.v1alpha1.ApiKeyRotation;
import dev.rekey.cluster.Resources;
import dev.rekey.config.Settings;
import dev.rekey.consumers.Waves;
import dev.rekey.observe.Observer;
import dev.rekey.observe.Observer.Known;
import dev.rekey.observe.Turns;
import dev.rekey.plan.Basis;
import dev.rekey.plan.Plan;
import dev.rekey.plan.Planner;
import dev.rekey.plan.Step;
import dev.rekey.plan.Wave;
import dev.rekey.rotation.Companion;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.Observation.Ledger;
import dev.rekey.status.StatusComposer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * One pass over one resource: observe, plan, perform one step, until the plan says wait. Start
 * reading here, then {@link dev.rekey.plan.Rules}.
 */
public final class RotationPass {
  /** More steps than any pass has: a plan that never waits is a fault, and must not run hot. */
  private static final int STEPS = 100;

  private final Observer observer;
  private final Planner planner;
  private final Turns turns;
  private final Executor executor;
  private final Resources resources;
  private final Story story;
  private final Settings settings;
  private final Waves waves;
  private final BooleanSupplier mayWork;

  /**
   * A pass made of these.
   *
   * @param waves where it says what it is about to do to workloads
   * @param mayWork whether this replica surely leads at this instant
   */
  public RotationPass(
      Observer observer,
      Planner planner,
      Turns turns,
      Executor executor,
      Resources resources,
      Story story,
      Settings settings,
      Waves waves,
      BooleanSupplier mayWork) {
    this.observer = observer;
    this.planner = planner;
    this.turns = turns;
    this.executor = executor;
    this.resources = resources;
    this.story = story;
    this.settings = settings;
    this.waves = waves;
    this.mayWork = mayWork;
  }

  /** Goes as far as it can, and says how long to wait before the next look. */
  public Duration run(ApiKeyRotation cached) {
    var resource = cached;
    Optional<Known> known = Optional.empty();
    Optional<Observer.Seen> before = Optional.empty();
    Optional<Step> last = Optional.empty();
    boolean resourceIsRead = false;
    for (int step = 0; step < STEPS; step++) {
      var seen = look(resource, known, before);
      var plan = planner.plan(seen.observation());
      while (plan instanceof Plan.Act act && !act.step().basis().isMetBy(seen.basis())) {
        // decided again, on as much as the step asks for; what comes of it may ask for more
        var there = stillThere(resource);
        if (there.isEmpty()) {
          story.overtaken(resource, act, "the resource is gone, or was made anew");
          gone(resource);
          return settings.backoff();
        }
        resource = there.get();
        seen = observer.observeFor(act.step(), resource, seen, known);
        if (Basis.LEDGER.isMetBy(seen.basis())) {
          // a cache that is behind it is not asked again in this pass
          known = seen.ledger().map(observer::written);
        }
        plan = planner.plan(seen.observation());
      }
      if (plan instanceof Plan.Act act && begins(act.step(), resource) && !resourceIsRead) {
        var there = resources.current(resource);
        if (there.isEmpty()) {
          story.overtaken(resource, act, "the resource is gone, or was made anew");
          gone(resource);
          return settings.backoff();
        }
        // planned once more, on the resource as it is now
        resource = there.get();
        resourceIsRead = true;
        before = Optional.of(seen);
        continue;
      }
      if (!mayWork.getAsBoolean()) {
        return settings.backoff();
      }
      if (plan instanceof Plan.Act act && !turns.take(seen.observation(), act.step())) {
        // another pass was faster: planned once more, as one that waits
        before = Optional.of(seen);
        continue;
      }
      say(seen, plan);
      switch (plan) {
        case Plan.Wait wait -> {
          turns.ended(seen.observation(), wait);
          tell(resource, seen, wait);
          return until(wait.until(), seen.observation().now());
        }
        case Plan.Act act -> {
          switch (executor.perform(act, seen)) {
            case Outcome.Done done -> {
              story.done(resource, act, done);
              known = Optional.of(observer.written(done.ledger()));
              before = holdsAfter(act.step(), seen);
              last = Optional.of(act.step());
            }
            case Outcome.Changed changed -> {
              story.changed(resource, act, changed);
              resource = changed.resource();
              before = Optional.of(seen);
              last = Optional.of(act.step());
              if (isGone(resource)) {
                gone(resource);
                return settings.idleLook();
              }
            }
            case Outcome.Overtaken(var by) -> {
              story.overtaken(resource, act, by);
              return settings.cacheLag();
            }
          }
        }
      }
    }
    story.goesRound(resource, last);
    return settings.backoffCeiling();
  }

  /**
   * It is not there any more: nothing is held for it, and nobody waits for what it was about to do.
   */
  public void gone(ApiKeyRotation resource) {
    observer.gone(resource);
    var meta = resource.getMetadata();
    waves.say(meta.getNamespace(), meta.getUid(), Optional.empty());
  }

  /** Other rotations may restart the same workloads, and wait a moment for this one. */
  private void say(Observer.Seen seen, Plan plan) {
    var observation = seen.observation();
    if (observation.ledger() instanceof Ledger.Stale) {
      // what was said last still holds
      return;
    }
    var meta = seen.resource().getMetadata();
    waves.say(
        meta.getNamespace(),
        meta.getUid(),
        Wave.intent(observation, plan)
            .map(it ->
                new Companion(
                    seen.resource().getSpec().secret().name(),
                    RestartCause.text(meta.getName(), seen.ledger().orElseThrow().rotation()),
                    it,
                    seen.restarts(),
                    observation.now())));
  }

  /** Anew, or as it was a moment ago where only this pass has changed anything since. */
  private Observer.Seen look(
      ApiKeyRotation resource, Optional<Known> known, Optional<Observer.Seen> before) {
    return before
        .flatMap(it ->
            known
                .map(Known::ledger)
                .or(it::ledger)
                .flatMap(ledger -> observer.stillSeen(it, resource, ledger)))
        .orElseGet(() -> observer.observe(resource, known));
  }

  /**
   * What is as it was once this step is done, beside the ledger; empty: it has to be read again.
   */
  private static Optional<Observer.Seen> holdsAfter(Step done, Observer.Seen seen) {
    return switch (done) {
      case Step.WriteSecret(), Step.DeletePod(var _, var _) -> Optional.empty();
      case Step.StampWorkload(var workload, var stamp, var beside) ->
          Optional.of(seen.stamped(workload, stamp, beside));
      case Step.RestartRollout(var rollout, var at, var _) ->
          Optional.of(seen.restarted(rollout, at));
      default -> Optional.of(seen);
    };
  }

  /**
   * A resource that is being deleted as it is now; empty where it is not there any more. No key
   * goes with one that somebody has made again, or that is to leave its keys by now.
   */
  private Optional<ApiKeyRotation> stillThere(ApiKeyRotation cached) {
    return cached.getMetadata().getDeletionTimestamp() == null
        ? Optional.of(cached)
        : resources.current(cached);
  }

  /**
   * Whether something new is begun, which nobody would look after where the resource is gone. One
   * that carries the finalizer stays until a ledger is written that says so, and then the
   * compare-and-set before a key is asked for fails.
   */
  private static boolean begins(Step step, ApiKeyRotation resource) {
    return step instanceof Step.Begin
        || (step instanceof Step.Mint
            && !resource.getMetadata().getFinalizers().contains(Names.FINALIZER));
  }

  /** Nothing keeps it any more: the API server deletes it at this moment. */
  private static boolean isGone(ApiKeyRotation resource) {
    return resource.getMetadata().getDeletionTimestamp() != null
        && resource.getMetadata().getFinalizers().isEmpty();
  }

  private void tell(ApiKeyRotation resource, Observer.Seen seen, Plan.Wait wait) {
    if (seen.observation().ledger() instanceof Ledger.Stale) {
      // Nothing is known at the moment, so nothing is said: what was said last still holds.
      return;
    }
    story.waits(resource, wait);
    var before = resource.getStatus();
    var status = StatusComposer.compose(before, seen.observation(), wait, settings);
    if (!status.equals(before)) {
      resources.writeStatus(resource, status);
    }
  }

  /** At least a moment: a time that has just passed must not make a loop of it. */
  private Duration until(Instant time, Instant now) {
    var pause = Duration.between(now, time);
    return pause.compareTo(settings.cacheLag()) < 0 ? settings.cacheLag() : pause;
  }
}
