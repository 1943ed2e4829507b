package dev.rekey.simulated;

import dev.rekey.cluster.ClusterException;
import dev.rekey.cluster.Workloads;
import dev.rekey.simulated.SimulatedPod.State;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Deployments that roll one pod after the other, and a kubelet whose cache is as far behind as it
 * may be. Controllers do one thing at each {@link #step}.
 */
final class SimulatedWorkloads implements Workloads {
  /** The kubelet's cache is this old; less than the settle of a rotation, or nothing would hold. */
  static final Duration KUBELET_LAG = Duration.ofSeconds(10);

  private final InstantSource clock;
  private final Effects effects;
  private final SimulatedSecrets secrets;
  private final Map<String, Rolling> deployments = new LinkedHashMap<>();
  private final List<SimulatedPod> pods = new ArrayList<>();
  private boolean terminatingStay;
  private boolean controllersStand;
  private int counter;
  private int reads;

  /** A Deployment. */
  private static final class Rolling {
    private final String name;
    private final int replicas;
    private final Map<String, String> template = new HashMap<>();
    private final Map<Map<String, String>, String> replicaSets = new LinkedHashMap<>();
    private long generation = 1;
    private long observed;
    private long version = 1;

    private Rolling(String name, int replicas) {
      this.name = name;
      this.replicas = replicas;
    }

    /** Each template has a ReplicaSet of its own; an old template finds its old one again. */
    private String replicaSet() {
      return replicaSets.computeIfAbsent(
          Map.copyOf(template), it -> name + "-" + (replicaSets.size() + 1));
    }
  }

  SimulatedWorkloads(InstantSource clock, Effects effects, SimulatedSecrets secrets) {
    this.clock = clock;
    this.effects = effects;
    this.secrets = secrets;
  }

  // what Rekey does

  @Override
  public List<Deployment> deployments(String namespace) {
    reads++;
    return deployments.values().stream().map(this::asDeployment).toList();
  }

  @Override
  public List<ReplicaSet> replicaSets(String namespace) {
    return deployments.values().stream()
        .flatMap(it -> it.replicaSets.values().stream().map(uid -> asReplicaSet(it, uid)))
        .toList();
  }

  @Override
  public List<Pod> pods(String namespace) {
    reads++;
    return pods.stream().map(SimulatedPod::asPod).toList();
  }

  @Override
  public void annotateTemplate(
      String namespace, String name, String resourceVersion, String annotation, String value) {
    var deployment = find(name);
    effects.perform(
        new Effect(
            Effect.Kind.STAMP,
            value,
            "Deployment " + name + ": stamped " + value.substring(value.lastIndexOf('.') + 1)),
        new Effects.Doing<Boolean>() {
          @Override
          public Boolean act() {
            if (!resourceVersion.equals(Long.toString(deployment.version))) {
              throw new ClusterException.Conflict("Deployment " + name);
            }
            change(deployment, annotation, value);
            return true;
          }

          @Override
          public Boolean unclear() {
            throw new ClusterException.Unavailable("Deployment " + name, 0);
          }

          @Override
          public Boolean overtaken() {
            deployment.version++;
            throw new ClusterException.Conflict("Deployment " + name);
          }
        });
  }

  // what controllers and kubelets do

  /** Every controller and kubelet does one thing. */
  void step() {
    if (controllersStand) {
      return;
    }
    for (var pod : pods) {
      if (pod.is(State.STARTING)) {
        pod.start(read());
      } else if (pod.is(State.TERMINATING) && !terminatingStay) {
        pod.end();
      }
    }
    // a pod of a ReplicaSet is removed once it is over; one that belongs to nobody stays
    pods.removeIf(it -> it.is(State.OVER) && it.replicaSet.isPresent());
    deployments.values().forEach(this::roll);
  }

  /** What a container that starts now gets: what a cache may still hold, if it holds anything. */
  private Optional<String> read() {
    return secrets.valueAt(clock.instant().minus(KUBELET_LAG)).or(secrets::value);
  }

  private void roll(Rolling deployment) {
    deployment.observed = deployment.generation;
    deployment.version++;
    var current = Optional.of(deployment.replicaSet());
    var mine = podsOf(deployment).stream().filter(it -> !it.is(State.TERMINATING)).toList();
    var fresh = mine.stream().filter(it -> it.replicaSet.equals(current)).toList();
    var old = mine.stream().filter(it -> !it.replicaSet.equals(current)).toList();
    long ready = mine.stream().filter(it -> it.is(State.READY)).count();
    if (!old.isEmpty() && (ready > deployment.replicas || fresh.size() > deployment.replicas)) {
      old.getFirst().terminate(clock.instant());
    } else if (!old.isEmpty() && !old.getFirst().is(State.READY)) {
      old.getFirst().terminate(clock.instant());
    } else if (fresh.size() < deployment.replicas && mine.size() <= deployment.replicas) {
      pods.add(newPod(deployment.template, current));
    }
  }

  private SimulatedPod newPod(Map<String, String> template, Optional<String> replicaSet) {
    return new SimulatedPod(
        replicaSet.orElse("bare") + "-" + ++counter, template, replicaSet, clock.instant());
  }

  private List<SimulatedPod> podsOf(Rolling deployment) {
    return pods.stream()
        .filter(it -> it.replicaSet.map(deployment.replicaSets::containsValue).orElse(false))
        .toList();
  }

  // what people do

  /** Somebody deploys an application. */
  void deploy(String name, int replicas) {
    deployments.put(name, new Rolling(name, replicas));
  }

  /** Somebody starts a pod that belongs to nobody. */
  void startBarePod() {
    var pod = newPod(Map.of(), Optional.empty());
    pods.add(pod);
    pod.start(read());
  }

  /** Somebody ends the pods that belong to nobody. */
  void endBarePods() {
    pods.stream().filter(it -> it.replicaSet.isEmpty()).forEach(SimulatedPod::end);
  }

  /** Somebody kills a pod of the application; its controller makes up for it. */
  void killOnePod(String name) {
    var victim = podsOf(find(name)).getFirst();
    pods.remove(victim);
  }

  /** Somebody sets an annotation of the template; an empty value takes it away. */
  void annotate(String name, String annotation, String value) {
    change(find(name), annotation, value);
  }

  /** Pods that are told to end take their time, until they are let go. */
  void terminatingStay(boolean stay) {
    terminatingStay = stay;
  }

  /** Controllers and kubelets do nothing, until they are let go. */
  void controllersStand(boolean stand) {
    controllersStand = stand;
  }

  // what a test looks at

  /** How often Rekey has looked at workloads and pods. */
  int reads() {
    return reads;
  }

  /** Every pod whose containers may run. */
  List<SimulatedPod> live() {
    return pods.stream().filter(SimulatedPod::isLive).toList();
  }

  /** Every pod that is there, started or not. */
  List<SimulatedPod> all() {
    return List.copyOf(pods);
  }

  /** The annotations of the template. */
  Map<String, String> template(String name) {
    return Map.copyOf(find(name).template);
  }

  private void change(Rolling deployment, String annotation, String value) {
    if (value.isEmpty()) {
      deployment.template.remove(annotation);
    } else {
      deployment.template.put(annotation, value);
    }
    deployment.generation++;
    deployment.version++;
  }

  private Rolling find(String name) {
    return Optional.ofNullable(deployments.get(name))
        .orElseThrow(() -> new ClusterException.NotFound("Deployment " + name));
  }

  private Deployment asDeployment(Rolling deployment) {
    var mine = podsOf(deployment).stream().filter(it -> !it.is(State.TERMINATING)).toList();
    var current = Optional.of(deployment.replicaSet());
    return new DeploymentBuilder()
        .withNewMetadata()
        .withNamespace(SimulatedSecrets.TEAM)
        .withName(deployment.name)
        .withUid("deployment-" + deployment.name)
        .withGeneration(deployment.generation)
        .withResourceVersion(Long.toString(deployment.version))
        .endMetadata()
        .withNewSpec()
        .withReplicas(deployment.replicas)
        .withNewTemplate()
        .withNewMetadata()
        .withAnnotations(Map.copyOf(deployment.template))
        .endMetadata()
        .withSpec(SimulatedPod.spec())
        .endTemplate()
        .endSpec()
        .withNewStatus()
        .withObservedGeneration(deployment.observed)
        .withReplicas(mine.size())
        .withUpdatedReplicas(
            (int) mine.stream().filter(it -> it.replicaSet.equals(current)).count())
        .withAvailableReplicas((int) mine.stream().filter(it -> it.is(State.READY)).count())
        .endStatus()
        .build();
  }

  private static ReplicaSet asReplicaSet(Rolling deployment, String uid) {
    return new ReplicaSetBuilder()
        .withNewMetadata()
        .withNamespace(SimulatedSecrets.TEAM)
        .withName(uid)
        .withUid(uid)
        .addNewOwnerReference()
        .withKind("Deployment")
        .withUid("deployment-" + deployment.name)
        .withController(true)
        .endOwnerReference()
        .endMetadata()
        .build();
  }
}
