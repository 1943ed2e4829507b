package dev.rekey.simulated;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;

/** A pod that reads the target Secret into its environment when it starts, and never again. */
final class SimulatedPod {
  final String name;
  final Map<String, String> annotations;
  final Optional<String> replicaSet;
  final Instant createdAt;
  private State state = State.STARTING;
  private Optional<String> holds = Optional.empty();
  private Optional<Instant> terminatingSince = Optional.empty();

  /** Where a pod is in its life. */
  enum State {
    /** It has no container yet. */
    STARTING,
    /** It serves. */
    READY,
    /** It was told to end, and serves on until it has. */
    TERMINATING,
    /** Every container of it has ended. */
    OVER
  }

  SimulatedPod(
      String name, Map<String, String> annotations, Optional<String> replicaSet, Instant now) {
    this.name = name;
    this.annotations = Map.copyOf(annotations);
    this.replicaSet = replicaSet;
    this.createdAt = now;
  }

  State state() {
    return state;
  }

  boolean is(State other) {
    return state == other;
  }

  /** Whether containers of it may run. */
  boolean isLive() {
    return state == State.READY || state == State.TERMINATING;
  }

  /** The value in its environment. */
  Optional<String> holds() {
    return holds;
  }

  /** Its kubelet starts it with this value; without one it cannot start. */
  void start(Optional<String> value) {
    if (value.isPresent()) {
      holds = value;
      state = State.READY;
    }
  }

  void terminate(Instant now) {
    state = State.TERMINATING;
    terminatingSince = Optional.of(now);
  }

  void end() {
    state = State.OVER;
  }

  static PodSpec spec() {
    return new PodSpecBuilder()
        .addNewContainer()
        .withName("app")
        .addNewEnv()
        .withName("API_KEY")
        .withNewValueFrom()
        .withNewSecretKeyRef()
        .withName(SimulatedSecrets.TARGET)
        .withKey(SimulatedSecrets.DATA_KEY)
        .endSecretKeyRef()
        .endValueFrom()
        .endEnv()
        .endContainer()
        .build();
  }

  Pod asPod() {
    var pod =
        new PodBuilder()
            .withNewMetadata()
            .withNamespace(SimulatedSecrets.TEAM)
            .withName(name)
            .withUid("pod-" + name)
            .withAnnotations(annotations)
            .withCreationTimestamp(seconds(createdAt))
            .endMetadata()
            .withSpec(spec())
            .withNewStatus()
            .withPhase(
                switch (state) {
                  case STARTING -> "Pending";
                  case READY, TERMINATING -> "Running";
                  case OVER -> "Succeeded";
                })
            .addNewCondition()
            .withType("Ready")
            .withStatus(state == State.READY ? "True" : "False")
            .endCondition()
            .endStatus();
    replicaSet.ifPresent(it ->
        pod.editMetadata()
            .addNewOwnerReference()
            .withKind("ReplicaSet")
            .withUid(it)
            .withController(true)
            .endOwnerReference()
            .endMetadata());
    terminatingSince.ifPresent(
        it -> pod.editMetadata().withDeletionTimestamp(seconds(it)).endMetadata());
    if (state == State.OVER) {
      pod.editStatus()
          .addNewContainerStatus()
          .withName("app")
          .withNewState()
          .withNewTerminated()
          .withExitCode(0)
          .endTerminated()
          .endState()
          .endContainerStatus()
          .endStatus();
    }
    return pod.build();
  }

  private static String seconds(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
