package dev.rekey.simulated;

import dev.rekey.rotation.WorkloadKind;
import dev.rekey.simulated.SimulatedPod.Maker;
import dev.rekey.simulated.SimulatedPod.State;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A StatefulSet or a DaemonSet: its pods are numbered and never doubled, each is made again only
 * once the one before is gone, and one at a time follows a new template, the highest number first.
 */
final class SimulatedSet {
  final WorkloadKind kind;
  final String name;
  final Map<String, String> template = new HashMap<>();
  private Map<String, String> current = Map.of();
  private final Reads reads;
  private int replicas;
  private boolean onDelete;
  private int partition;
  private long generation = 1;
  private long observed;
  private long version = 1;
  private Optional<StatefulSet> shownSet = Optional.empty();
  private Optional<DaemonSet> shownDaemons = Optional.empty();

  SimulatedSet(WorkloadKind kind, String name, Reads reads, int replicas) {
    this.kind = kind;
    this.name = name;
    this.reads = reads;
    this.replicas = replicas;
  }

  String uid() {
    return kind + "-" + name;
  }

  String version() {
    return Long.toString(version);
  }

  void move() {
    version++;
    shownSet = Optional.empty();
    shownDaemons = Optional.empty();
  }

  void changed() {
    generation++;
  }

  /** Somebody scales it. */
  void scale(int to) {
    replicas = to;
    changed();
  }

  /** Somebody keeps pods on the template before, all of them or the lower ones. */
  void hold(boolean all) {
    onDelete = all;
    partition = all || kind == WorkloadKind.DaemonSet ? 0 : 1;
    changed();
  }

  /** Whether somebody keeps pods on the template before. */
  boolean isHeld() {
    return onDelete || partition > 0;
  }

  /** Nobody does any more. */
  void letGo() {
    onDelete = false;
    partition = 0;
    changed();
  }

  /** Its controller does one thing, if there is any to do. */
  boolean roll(List<SimulatedPod> pods, Consumer<SimulatedPod> end, Instant now) {
    boolean moved = observed != generation;
    observed = generation;
    var mine = mine(pods);
    if (mine.stream().anyMatch(it -> it.is(State.TERMINATING) || it.is(State.OVER))) {
      return moved;
    }
    if (mine.size() > replicas) {
      end.accept(mine.getLast());
      return true;
    }
    if (mine.stream().anyMatch(it -> !it.is(State.READY))) {
      return moved;
    }
    for (int i = 0; i < replicas; i++) {
      var podName = name + "-" + i;
      if (mine.stream().noneMatch(it -> it.name.equals(podName))) {
        var from = i < partition ? current : template;
        pods.add(new SimulatedPod(podName, from, Optional.of(maker()), reads, now));
        return true;
      }
    }
    var behind =
        mine.stream()
            .filter(it -> !onDelete && ordinal(it) >= partition && !it.annotations.equals(template))
            .max(Comparator.comparing(SimulatedSet::ordinal));
    behind.ifPresent(end);
    if (mine.stream().allMatch(it -> it.annotations.equals(template))) {
      current = Map.copyOf(template);
    }
    return moved || behind.isPresent();
  }

  boolean isRolledOut(List<SimulatedPod> pods) {
    var mine = mine(pods);
    return observed == generation
        && mine.size() == replicas
        && mine.stream().allMatch(it -> it.is(State.READY) && it.annotations.equals(template));
  }

  List<SimulatedPod> mine(List<SimulatedPod> pods) {
    return pods.stream()
        .filter(it -> it.maker.equals(Optional.of(maker())))
        .sorted(Comparator.comparing(SimulatedSet::ordinal))
        .toList();
  }

  private Maker maker() {
    return new Maker(kind.name(), uid());
  }

  private static int ordinal(SimulatedPod pod) {
    return Integer.parseInt(pod.name.substring(pod.name.lastIndexOf('-') + 1));
  }

  private int updated(List<SimulatedPod> pods) {
    return (int)
        mine(pods).stream()
            .filter(it -> !it.is(State.TERMINATING) && it.annotations.equals(template))
            .count();
  }

  private int available(List<SimulatedPod> pods) {
    return (int) mine(pods).stream().filter(it -> it.is(State.READY)).count();
  }

  private ObjectMeta meta() {
    var meta = new ObjectMeta();
    meta.setNamespace(SimulatedSecrets.TEAM);
    meta.setName(name);
    meta.setUid(uid());
    meta.setGeneration(generation);
    meta.setResourceVersion(version());
    return meta;
  }

  private PodTemplateSpec podTemplate() {
    var pod = new PodTemplateSpec();
    pod.setMetadata(new ObjectMeta());
    pod.getMetadata().setAnnotations(Map.copyOf(template));
    pod.setSpec(reads.spec());
    return pod;
  }

  StatefulSet asStatefulSet(List<SimulatedPod> pods) {
    shownSet = Optional.of(shownSet.orElseGet(() -> newStatefulSet(pods)));
    return shownSet.orElseThrow();
  }

  DaemonSet asDaemonSet(List<SimulatedPod> pods) {
    shownDaemons = Optional.of(shownDaemons.orElseGet(() -> newDaemonSet(pods)));
    return shownDaemons.orElseThrow();
  }

  private StatefulSet newStatefulSet(List<SimulatedPod> pods) {
    return new StatefulSetBuilder()
        .withMetadata(meta())
        .withNewSpec()
        .withReplicas(replicas)
        .withTemplate(podTemplate())
        .withNewUpdateStrategy()
        .withType(onDelete ? "OnDelete" : "RollingUpdate")
        .withNewRollingUpdate()
        .withPartition(partition)
        .endRollingUpdate()
        .endUpdateStrategy()
        .endSpec()
        .withNewStatus()
        .withObservedGeneration(observed)
        .withReplicas(mine(pods).size())
        .withUpdatedReplicas(updated(pods))
        .withAvailableReplicas(available(pods))
        .endStatus()
        .build();
  }

  private DaemonSet newDaemonSet(List<SimulatedPod> pods) {
    return new DaemonSetBuilder()
        .withMetadata(meta())
        .withNewSpec()
        .withTemplate(podTemplate())
        .withNewUpdateStrategy()
        .withType(onDelete ? "OnDelete" : "RollingUpdate")
        .endUpdateStrategy()
        .endSpec()
        .withNewStatus()
        .withObservedGeneration(observed)
        .withDesiredNumberScheduled(replicas)
        .withCurrentNumberScheduled(mine(pods).size())
        .withUpdatedNumberScheduled(updated(pods))
        .withNumberAvailable(available(pods))
        .endStatus()
        .build();
  }
}
