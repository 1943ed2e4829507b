package dev.rekey.simulated;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;

/** A pod that reads the target Secret when it starts, and where it is a file, again and again. */
final class SimulatedPod {
  final String name;
  final String node;
  final Map<String, String> annotations;
  final Optional<Maker> maker;
  final Instant createdAt;
  private final Reads reads;
  private State state = State.STARTING;
  private Optional<String> holds = Optional.empty();
  private Optional<Instant> terminatingSince = Optional.empty();
  private Optional<Instant> endsAt = Optional.empty();
  private Optional<Instant> renewsAt = Optional.empty();
  private Optional<Pod> shown = Optional.empty();

  /** What has made a pod, and makes another one when it is gone. */
  record Maker(String kind, String uid) {}

  /** Where a pod is in its life. */
  enum State {
    /** It has no container yet. */
    STARTING,
    /** Its containers run, and it does not serve. */
    UNREADY,
    /** It serves. */
    READY,
    /** It was told to end, and serves on until it has. */
    TERMINATING,
    /** Every container of it has ended. */
    OVER
  }

  SimulatedPod(
      String name,
      Map<String, String> annotations,
      Optional<Maker> maker,
      Reads reads,
      Instant now) {
    this.name = name;
    this.node = SimulatedNodes.of(name);
    this.reads = reads;
    this.annotations = Map.copyOf(annotations);
    this.maker = maker;
    this.createdAt = now;
  }

  /** One that is made again under its name is another one. */
  String uid() {
    return "pod-" + name + "-" + createdAt.toEpochMilli();
  }

  State state() {
    return state;
  }

  boolean is(State other) {
    return state == other;
  }

  /** Whether containers of it may run. */
  boolean isLive() {
    return state == State.READY || state == State.UNREADY || state == State.TERMINATING;
  }

  /** The value that it has read. */
  Optional<String> holds() {
    return holds;
  }

  /** Its kubelet starts it with this value; without one it cannot start. */
  void start(Optional<String> value) {
    start(value, State.READY);
  }

  /** The same, and it is ready or not. */
  void start(Optional<String> value, State then) {
    if (value.isPresent()) {
      holds = value;
      become(then);
    }
  }

  /** A container of it is started anew, and reads the Secret once more. */
  void restartContainer(Optional<String> value) {
    if (value.isPresent()) {
      holds = value;
    }
  }

  /** The next time at which its kubelet renews its file, as long as it renews files. */
  Optional<Instant> renewsAt() {
    return renewsAt.filter(_ -> state == State.READY || state == State.UNREADY);
  }

  /** Its kubelet will renew its file then. */
  void renewsAt(Instant then) {
    renewsAt = reads == Reads.FILE ? Optional.of(then) : Optional.empty();
  }

  /** Its kubelet renews its file now; of a Secret that is gone it keeps the last one. */
  void renew(Optional<String> value) {
    if (holds.isPresent() && value.isPresent()) {
      holds = value;
    }
  }

  /** It is in this state from now on. */
  void become(State next) {
    state = next;
    shown = Optional.empty();
  }

  void terminate(Instant now) {
    terminate(now, now);
  }

  /** It is told to end, and will have at {@code over}. */
  void terminate(Instant now, Instant over) {
    terminatingSince = Optional.of(now);
    endsAt = Optional.of(over);
    become(State.TERMINATING);
  }

  /** Whether it was told to end and has had its time. */
  boolean isDone(Instant now) {
    return state == State.TERMINATING && endsAt.map(it -> !it.isAfter(now)).orElse(true);
  }

  void end() {
    become(State.OVER);
  }

  Pod asPod() {
    if (shown.isEmpty()) {
      shown = Optional.of(build());
    }
    return shown.get();
  }

  private Pod build() {
    var pod =
        new PodBuilder()
            .withNewMetadata()
            .withNamespace(SimulatedSecrets.TEAM)
            .withName(name)
            .withUid(uid())
            .withAnnotations(annotations)
            .withCreationTimestamp(seconds(createdAt))
            .endMetadata()
            .withSpec(reads.on(node))
            .withNewStatus()
            .withPhase(
                switch (state) {
                  case STARTING -> "Pending";
                  case UNREADY, READY, TERMINATING -> "Running";
                  case OVER -> "Succeeded";
                })
            .addNewCondition()
            .withType("Ready")
            .withStatus(state == State.READY ? "True" : "False")
            .endCondition()
            .endStatus();
    maker.ifPresent(it ->
        pod.editMetadata()
            .addNewOwnerReference()
            .withKind(it.kind())
            .withName(it.uid())
            .withUid(it.uid())
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
