package dev.rekey.reconcile;

import dev.rekey.act.Outcome;
import dev.rekey.api.v1alpha1.ApiKeyRotation;
import dev.rekey.api.v1alpha1.ApiKeyRotationStatus;
import dev.rekey.cluster.Events;
import dev.rekey.consumers.Waves;
import dev.rekey.plan.Plan;
import dev.rekey.plan.Step;
import dev.rekey.rotation.Companion;
import dev.rekey.rotation.Consumers.WorkloadRef;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Reason.Mood;
import dev.rekey.rotation.Rotation;
import dev.rekey.telemetry.Meters;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Tells the story to logs, Events and meters, with the same words. */
public final class ToldStory implements Story {
  private static final Logger log = LoggerFactory.getLogger("dev.rekey.rotation");

  private final Events events;
  private final Meters meters;
  private final Waves waves;
  private final Map<String, Said> lastSaid = new ConcurrentHashMap<>();

  /** What was said last of a resource that waits; saying it again at every look would be noise. */
  private record Said(Reason reason, String message, List<Reason> troubles) {}

  /**
   * Tells it to these.
   *
   * @param waves where a restart for several Secrets finds what the other rotations restart for
   */
  public ToldStory(Events events, Meters meters, Waves waves) {
    this.events = events;
    this.meters = meters;
    this.waves = waves;
  }

  @Override
  public void done(ApiKeyRotation resource, Plan.Act plan, Outcome.Done outcome) {
    try (var name = resourceInEveryLine(resource);
        var reason = MDC.putCloseable("reason", outcome.reason().name())) {
      if (outcome.warning()) {
        log.warn(outcome.told());
      } else {
        log.info(outcome.told());
      }
    }
    meters.stepDone(outcome.reason());
    if (plan.step() instanceof Step.Warn(var warnings)) {
      // each has a reason of its own, by which people look for it
      warnings.forEach(it -> events.tell(resource, it.reason(), it.text(), true));
      return;
    }
    switch (plan.step()) {
      case Step.Complete() ->
          outcome.ledger().rotation().history().stream()
              .findFirst()
              .ifPresent(it -> meters.rotationCompleted(it.cause().name()));
      case Step.Abandon() -> {
        // the resource goes, and its Events with its namespace perhaps
        meters.keysAbandoned(newlyLeft(outcome.ledger().rotation()));
        events.tellOperator(resource, outcome.reason(), outcome.told());
      }
      case Step.StampWorkload(var workload, _, var beside) ->
          restarted(resource, workload, beside.keySet(), outcome);
      case Step.RestartRollout(var rollout, _, var beside) ->
          restarted(resource, rollout, Set.copyOf(beside), outcome);
      default -> {}
    }
    if (outcome.warning() || isWorthAnEvent(plan.step())) {
      events.tell(resource, outcome.reason(), outcome.told(), outcome.warning());
    }
  }

  private void restarted(
      ApiKeyRotation resource, WorkloadRef workload, Set<String> beside, Outcome.Done outcome) {
    if (!outcome.warning()) {
      events.tellWorkload(
          resource.getMetadata().getNamespace(),
          workload,
          outcome.reason(),
          whyRestarted(resource, outcome.ledger().rotation(), beside));
    }
  }

  @Override
  public void changed(ApiKeyRotation resource, Plan.Act plan, Outcome.Changed outcome) {
    try (var name = resourceInEveryLine(resource);
        var reason = MDC.putCloseable("reason", outcome.reason().name())) {
      log.info(outcome.told());
    }
    meters.stepDone(outcome.reason());
  }

  @Override
  public void goesRound(ApiKeyRotation resource, Optional<Step> last) {
    try (var name = resourceInEveryLine(resource)) {
      log.error(
          "a pass found no end of steps, the last was {}; Rekey looks again later. This is a fault,"
              + " please report it",
          last.map(it -> it.getClass().getSimpleName()).orElse("none"));
    }
  }

  @Override
  public void gone(ApiKeyRotation resource) {
    lastSaid.remove(nameOf(resource));
  }

  @Override
  public void overtaken(ApiKeyRotation resource, Plan.Act plan, String by) {
    try (var name = resourceInEveryLine(resource)) {
      log.info("not done, since {}: {}", by, plan.message());
    }
  }

  @Override
  public void waits(ApiKeyRotation resource, Plan.Wait wait) {
    var saying =
        new Said(
            wait.reason(),
            wait.message(),
            wait.troubles().stream().map(Plan.Trouble::reason).toList());
    if (saying.equals(lastSaid.put(nameOf(resource), saying))) {
      return;
    }
    try (var inEveryLine = resourceInEveryLine(resource);
        var reason = MDC.putCloseable("reason", wait.reason().name())) {
      log.info(wait.message());
      wait.troubles().forEach(it -> log.warn("{}: {}", it.reason(), it.message()));
    }
    boolean isNew = !readyReason(resource).equals(Optional.of(wait.reason().name()));
    if (isNew && wait.reason().mood() == Mood.TROUBLE) {
      events.tell(resource, wait.reason(), wait.message(), true);
    }
  }

  /** How many keys were left with the last one: they are written down at one instant. */
  private static int newlyLeft(Rotation ledger) {
    return (int)
        ledger.left().stream()
            .filter(it -> it.since().equals(ledger.left().getLast().since()))
            .count();
  }

  private String whyRestarted(ApiKeyRotation resource, Rotation ledger, Set<String> beside) {
    var meta = resource.getMetadata();
    var others = waves.beside(meta.getNamespace(), meta.getUid());
    return "restarted by Rekey for "
        + RestartCause.text(meta.getName(), ledger)
        + beside.stream()
            .sorted()
            .map(secret ->
                ", and for "
                    + others.stream()
                        .filter(it -> it.secret().equals(secret))
                        .map(Companion::why)
                        .findFirst()
                        .orElse("Secret " + secret + ", which was written as well"))
            .collect(Collectors.joining())
        + (beside.isEmpty()
            ? "; the old key goes once every pod is on it"
            : "; each old key goes once every pod is on the new one");
  }

  /** What people follow a rotation by; each verification and each pod's move would be noise. */
  private static boolean isWorthAnEvent(Step step) {
    return switch (step) {
      case Step.Adopt _,
          Step.Begin _,
          Step.Mint _,
          Step.WriteSecret _,
          Step.StampWorkload _,
          Step.RestartRollout _,
          Step.DeletePod _,
          Step.Condemn _,
          Step.Forget _,
          Step.Complete _,
          Step.RollBack _,
          Step.TakeIn _,
          Step.NoteDeleted _,
          Step.RevokeAll _,
          Step.Abort _,
          Step.Abandon _,
          Step.TakeOver _,
          Step.StartOver _,
          Step.Hurry _,
          Step.Rebind _ ->
          true;
      case Step.StartLedger _,
          Step.EmptyInbox _,
          Step.MarkLost _,
          Step.Sweep _,
          Step.Verify _,
          Step.Publish _,
          Step.Republish _,
          Step.NoteProgress _,
          Step.NoteHealth _,
          Step.Warn _,
          Step.Guard _,
          Step.Release _,
          Step.Handle _,
          Step.GiveUp _,
          Step.RevokeNow _,
          Step.Retire _,
          Step.SettleIn _,
          Step.Delete _ ->
          false;
    };
  }

  private static Optional<String> readyReason(ApiKeyRotation resource) {
    return Optional.ofNullable(resource.getStatus())
        .map(ApiKeyRotationStatus::conditions)
        .flatMap(it -> it.stream().filter(c -> "Ready".equals(c.getType())).findFirst())
        .map(it -> it.getReason());
  }

  private static MDC.MDCCloseable resourceInEveryLine(ApiKeyRotation resource) {
    return MDC.putCloseable("rotation", nameOf(resource));
  }

  private static String nameOf(ApiKeyRotation resource) {
    return resource.getMetadata().getNamespace() + "/" + resource.getMetadata().getName();
  }
}
