package dev.rekey.node;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Composes the status of one pod as a kubelet reports it. */
final class PodStatuses {

  private static final String HOST_IP = "10.0.0.1";

  private final Pod pod;
  private final String podIp;
  private final String since = now();
  private @Nullable Exit last;
  private boolean wasReady;
  private String turned = since;

  PodStatuses(Pod pod, String podIp) {
    this.pod = pod;
    this.podIp = podIp;
  }

  PodStatus waiting(String reason, String message, int restarts) {
    return status(
        "Pending",
        false,
        restarts,
        new ContainerStateBuilder()
            .withNewWaiting()
            .withReason(reason)
            .withMessage(message)
            .endWaiting()
            .build());
  }

  PodStatus running(boolean ready, int restarts, String startedAt) {
    return status(
        "Running",
        ready,
        restarts,
        new ContainerStateBuilder().withNewRunning().withStartedAt(startedAt).endRunning().build());
  }

  /** Waits until it is started again; from now on its status says how it ended. */
  PodStatus crashLooping(int restarts, Exit exit) {
    last = exit;
    return status(
        "Running",
        false,
        restarts,
        new ContainerStateBuilder()
            .withNewWaiting()
            .withReason("CrashLoopBackOff")
            .withMessage("the container exited and is started again after a while")
            .endWaiting()
            .build());
  }

  PodStatus ended(Exit exit, int restarts) {
    return status(exit.well() ? "Succeeded" : "Failed", false, restarts, terminated(exit));
  }

  private static ContainerState terminated(Exit exit) {
    return new ContainerStateBuilder()
        .withNewTerminated()
        .withExitCode(exit.code())
        .withReason(exit.well() ? "Completed" : "Error")
        .withMessage(exit.lastWords().isEmpty() ? null : exit.lastWords())
        .withFinishedAt(now())
        .endTerminated()
        .build();
  }

  static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private PodStatus status(String phase, boolean ready, int restarts, ContainerState state) {
    if (ready != wasReady) {
      wasReady = ready;
      turned = now();
    }
    return new PodStatusBuilder()
        .withPhase(phase)
        .withConditions(
            condition("PodScheduled", true, since),
            condition("Initialized", true, since),
            condition("ContainersReady", ready, turned),
            condition("Ready", ready, turned))
        .withHostIP(HOST_IP)
        .addNewHostIP(HOST_IP)
        .withPodIP(podIp)
        .addNewPodIP(podIp)
        .withStartTime(since)
        .withContainerStatuses(
            pod.getSpec().getContainers().stream()
                .map(container ->
                    container(
                        container,
                        ready,
                        restarts,
                        state,
                        Optional.ofNullable(last).map(PodStatuses::terminated).orElse(null)))
                .toList())
        .withInitContainerStatuses(initContainers())
        .build();
  }

  private List<ContainerStatus> initContainers() {
    // they have nothing to do here: their end is reported with the start of the others
    ContainerState done =
        new ContainerStateBuilder()
            .withNewTerminated()
            .withExitCode(0)
            .withReason("Completed")
            .withFinishedAt(since)
            .endTerminated()
            .build();
    return pod.getSpec().getInitContainers().stream()
        .map(container -> container(container, true, 0, done, null))
        .toList();
  }

  private static ContainerStatus container(
      Container container,
      boolean ready,
      int restarts,
      ContainerState state,
      @Nullable ContainerState last) {
    return new ContainerStatusBuilder()
        .withName(container.getName())
        .withImage(container.getImage())
        .withImageID("")
        .withReady(ready)
        .withStarted(state.getRunning() != null)
        .withRestartCount(restarts)
        .withState(state)
        .withLastState(last)
        .build();
  }

  private static PodCondition condition(String type, boolean status, String since) {
    return new PodConditionBuilder()
        .withType(type)
        .withStatus(status ? "True" : "False")
        .withLastTransitionTime(since)
        .build();
  }
}
