package dev.rekey.node;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One pod from its start to its end, told from top to bottom: a virtual thread each. What the API
 * server says about the pod in between arrives by {@link #terminate} and {@link #vanish}.
 */
final class PodWorker {

  /** How often a kubelet looks again for a Secret that was not there. */
  private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

  /** How often the readiness probe is asked. */
  private static final Duration PROBE = Duration.ofMillis(250);

  /** A watch may be a moment behind what was reported. */
  private static final int LOOKS_IN_DOUBT = 8;

  private static final Duration FIRST_BACKOFF = Duration.ofSeconds(1);
  private static final int MOST_DOUBLINGS = 4;
  private static final long DEFAULT_GRACE_SECONDS = 30;
  private static final Duration FOR_EVER = Duration.ofDays(365);

  private final KubernetesClient client;
  private final PodApi api;
  private final PodProgram program;
  private final Images images;
  private final Consumer<SecretRead> reads;
  private final Pod pod;
  private final PodStatuses statuses;
  private volatile Pod latest;

  /** Completes with the pod as it was when its deletion was asked for. */
  private final CompletableFuture<Pod> terminating = new CompletableFuture<>();

  /** Completes when the object is gone, whatever this node thinks about it. */
  private final CompletableFuture<Boolean> gone = new CompletableFuture<>();

  PodWorker(
      KubernetesClient client,
      PodProgram program,
      Images images,
      Consumer<SecretRead> reads,
      Pod pod,
      String podIp) {
    this.client = client;
    this.api = new PodApi(client);
    this.program = program;
    this.images = images;
    this.reads = reads;
    this.pod = pod;
    this.latest = pod;
    this.statuses = new PodStatuses(pod, podIp);
  }

  /** What the API server has of the pod by now. */
  void see(Pod current) {
    latest = current;
  }

  /** The pod has a deletionTimestamp. */
  void terminate(Pod deleted) {
    terminating.complete(deleted);
  }

  /** The pod is no more: force-deleted by somebody, or by this node itself. */
  void vanish() {
    gone.complete(true);
  }

  void run() throws InterruptedException {
    if (hasEnded()) {
      // seen after a restart of the node: there is nothing to run any more, only its end to confirm
      awaitAny(FOR_EVER, terminating, gone);
    }
    awaitAny(PodSwitches.of(pod).startDelay(), terminating, gone);
    for (int restarts = 0; !over(); restarts++) {
      runOnce(restarts);
    }
    if (!gone.isDone()) {
      api.remove(pod);
    }
  }

  private boolean hasEnded() {
    String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
    return "Succeeded".equals(phase) || "Failed".equals(phase);
  }

  private boolean over() {
    return terminating.isDone() || gone.isDone();
  }

  /** One container start, to the end of the container and the time until the next start. */
  private void runOnce(int restarts) throws InterruptedException {
    ContainerInputs inputs = awaitInputs(restarts);
    if (inputs == null) {
      return;
    }
    PodView view =
        new PodView(
            pod.getMetadata().getNamespace(),
            pod.getMetadata().getName(),
            pod.getMetadata().getUid(),
            inputs);
    Exit exit;
    try (RunningContainer container = RunningContainer.start(program, view)) {
      serve(container, view, restarts);
      if (!over()) {
        exit =
            container
                .ended()
                .getNow(PodSwitches.of(pod).complete().isPresent() ? Exit.WELL : Exit.BADLY);
      } else {
        linger(container);
        exit = Exit.WELL;
      }
    }
    if (gone.isDone()) {
      return;
    }
    if (terminating.isDone()) {
      api.report(pod, statuses.ended(exit, restarts));
    } else if (restartsAfter(exit.well())) {
      api.report(pod, statuses.crashLooping(restarts, exit));
      awaitAny(backoff(restarts), terminating, gone);
    } else {
      api.report(pod, statuses.ended(exit, restarts));
      awaitAny(FOR_EVER, terminating, gone);
    }
  }

  /** The inputs as soon as all are there, or null where the pod ends before. */
  private @Nullable ContainerInputs awaitInputs(int restarts) throws InterruptedException {
    String reported = "";
    while (!over()) {
      try {
        images.pull(pod);
        return new InputResolver(client, reads, pod).resolve();
      } catch (MissingInputException e) {
        if (!reported.equals(e.text())) {
          api.report(pod, statuses.waiting(e.reason(), e.text(), restarts));
          reported = e.text();
        }
        awaitAny(LOOK_AGAIN, terminating, gone);
      }
    }
    return null;
  }

  /** Reports the pod running, then ready, and waits for its end of whatever kind. */
  private void serve(RunningContainer container, PodView view, int restarts)
      throws InterruptedException {
    PodSwitches switches = PodSwitches.of(pod);
    String startedAt = PodStatuses.now();
    Instant started = Instant.now();
    boolean readyAtOnce =
        !switches.neverReady() && switches.readyDelay().isZero() && program.ready(view);
    api.report(pod, statuses.running(readyAtOnce, restarts, startedAt));
    Duration life = switches.crash().or(switches::complete).orElse(FOR_EVER);
    if (!readyAtOnce && !switches.neverReady() && switches.readyDelay().compareTo(life) < 0) {
      if (awaitAny(switches.readyDelay(), container.ended(), terminating, gone)) {
        return;
      }
    }
    boolean reported = readyAtOnce;
    int doubted = 0;
    var end = CompletableFuture.anyOf(container.ended(), terminating, gone);
    var files = new MountedFiles(client, reads, pod, view);
    while (true) {
      boolean ready = !switches.neverReady() && program.ready(view);
      // somebody else may have written it, as the control plane does where a node is not ready
      doubted = ready == saysReady(latest) ? 0 : doubted + 1;
      if (ready != reported || doubted >= LOOKS_IN_DOUBT) {
        api.report(pod, statuses.running(ready, restarts, startedAt));
        reported = ready;
        doubted = 0;
      }
      Duration left = life.minus(Duration.between(started, Instant.now()));
      if (awaits(left.compareTo(PROBE) < 0 ? left : PROBE, end) || left.compareTo(PROBE) < 0) {
        return;
      }
      files.renewWhenDue();
    }
  }

  private static boolean saysReady(Pod pod) {
    return pod.getStatus() != null
        && pod.getStatus().getConditions().stream()
            .anyMatch(it -> "Ready".equals(it.getType()) && "True".equals(it.getStatus()));
  }

  /** Told to end, the program works on for a while, at most for the grace period. */
  private void linger(RunningContainer container) throws InterruptedException {
    Pod deleted = terminating.getNow(pod);
    Duration delay = PodSwitches.of(deleted).terminationDelay();
    Duration grace =
        Duration.ofSeconds(
            Optional.ofNullable(deleted.getMetadata().getDeletionGracePeriodSeconds())
                .orElse(DEFAULT_GRACE_SECONDS));
    awaitAny(delay.compareTo(grace) < 0 ? delay : grace, container.ended(), gone);
  }

  private boolean restartsAfter(boolean well) {
    String policy = pod.getSpec().getRestartPolicy();
    return switch (policy == null ? "Always" : policy) {
      case "Never" -> false;
      case "OnFailure" -> !well;
      default -> true;
    };
  }

  private static Duration backoff(int restarts) {
    return FIRST_BACKOFF.multipliedBy(1L << Math.min(restarts, MOST_DOUBLINGS));
  }

  /** Waits until one of them has happened, or for that long; tells whether one has. */
  private static boolean awaitAny(Duration atMost, CompletableFuture<?>... events)
      throws InterruptedException {
    return awaits(atMost, CompletableFuture.anyOf(events));
  }

  private static boolean awaits(Duration atMost, CompletableFuture<?> event)
      throws InterruptedException {
    try {
      event.get(Math.max(0, atMost.toMillis()), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("these are never completed exceptionally", e);
    }
  }
}
