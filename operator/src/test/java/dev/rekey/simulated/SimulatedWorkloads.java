package dev.rekey.simulated;

import dev.rekey.cluster.ClusterException;
import dev.rekey.cluster.Workloads;
import dev.rekey.rotation.Consumers.WorkloadRef;
import dev.rekey.simulated.SimulatedPod.State;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentSpec;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

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
  private final Map<String, ReplicaSet> sets = new HashMap<>();
  private final List<SimulatedPod> pods = new ArrayList<>();
  private boolean terminatingStay;
  private boolean controllersStand;
  private boolean freshFail;
  private Supplier<Duration> grace = () -> Duration.ZERO;
  private Supplier<Duration> lag = () -> KUBELET_LAG;
  private Runnable touched = () -> {};
  private int counter;
  private int reads;

  /** A Deployment. */
  private static final class Rolling {
    private final String name;
    private int replicas;
    private boolean paused;
    private Optional<Deployment> shown = Optional.empty();
    private final Map<String, String> template = new HashMap<>();
    private final Map<Map<String, String>, String> replicaSets = new LinkedHashMap<>();
    private long generation = 1;
    private long observed;
    private long version = 1;

    private void move() {
      version++;
      shown = Optional.empty();
    }

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
  public List<StatefulSet> statefulSets(String namespace) {
    return List.of();
  }

  @Override
  public List<DaemonSet> daemonSets(String namespace) {
    return List.of();
  }

  @Override
  public List<CronJob> cronJobs(String namespace) {
    return List.of();
  }

  @Override
  public List<ReplicaSet> replicaSets(String namespace) {
    return deployments.values().stream()
        .flatMap(it ->
            it.replicaSets.values().stream()
                .map(uid -> sets.computeIfAbsent(uid, any -> asReplicaSet(it, uid))))
        .toList();
  }

  @Override
  public List<Pod> pods(String namespace) {
    reads++;
    return pods.stream().map(SimulatedPod::asPod).toList();
  }

  @Override
  public Optional<Node> node(String name) {
    return Optional.empty();
  }

  @Override
  public void annotateTemplate(
      String namespace, WorkloadRef workload, String annotation, String value) {
    var name = workload.name();
    var deployment = find(name);
    effects.perform(
        new Effect(
            Effect.Kind.STAMP,
            value,
            "Deployment " + name + ": stamped " + value.substring(value.lastIndexOf('.') + 1)),
        new Effects.Doing<Boolean>() {
          @Override
          public Boolean act() {
            if (!workload.resourceVersion().equals(Long.toString(deployment.version))) {
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
            deployment.move();
            throw new ClusterException.Conflict("Deployment " + name);
          }
        });
  }

  // what controllers and kubelets do

  /**
   * Every controller and kubelet does one thing.
   *
   * @return whether there may be more to do
   */
  boolean step() {
    if (controllersStand) {
      return false;
    }
    boolean moved = false;
    var now = clock.instant();
    for (var pod : pods) {
      if (pod.is(State.STARTING)) {
        pod.start(read(), fails(pod) ? State.UNREADY : State.READY);
        moved |= !pod.is(State.STARTING);
      } else if (pod.is(State.UNREADY) && !fails(pod)) {
        pod.become(State.READY);
        moved = true;
      } else if (pod.is(State.TERMINATING) && !terminatingStay) {
        if (pod.isDone(now)) {
          pod.end();
        }
        moved = true;
      }
    }
    // a pod of a ReplicaSet is removed once it is over; one that belongs to nobody stays
    pods.removeIf(it -> it.is(State.OVER) && it.replicaSet.isPresent());
    for (var deployment : deployments.values()) {
      moved |= roll(deployment);
    }
    if (moved) {
      deployments.values().forEach(Rolling::move);
    }
    return moved;
  }

  /** What a container that starts now gets: what a cache may still hold, if it holds anything. */
  private Optional<String> read() {
    return secrets.valueAt(clock.instant().minus(lag.get())).or(secrets::value);
  }

  /** Whether the pod is of a template that does not work. */
  private boolean fails(SimulatedPod pod) {
    return freshFail
        && deployments.values().stream()
            .anyMatch(it -> pod.replicaSet.equals(Optional.of(it.replicaSet())));
  }

  private boolean roll(Rolling deployment) {
    boolean moved = deployment.observed != deployment.generation;
    deployment.observed = deployment.generation;
    var current = Optional.of(deployment.replicaSet());
    var mine = podsOf(deployment).stream().filter(it -> !it.is(State.TERMINATING)).toList();
    if (mine.size() < deployment.replicas && deployment.paused) {
      // a paused one only keeps what it has
      var kept = mine.isEmpty() ? current : mine.getFirst().replicaSet;
      var template = mine.isEmpty() ? deployment.template : mine.getFirst().annotations;
      pods.add(newPod(template, kept));
      return true;
    }
    if (deployment.paused) {
      return moved;
    }
    var fresh = mine.stream().filter(it -> it.replicaSet.equals(current)).toList();
    var old = mine.stream().filter(it -> !it.replicaSet.equals(current)).toList();
    long ready = mine.stream().filter(it -> it.is(State.READY)).count();
    if (fresh.size() > deployment.replicas) {
      end(fresh.getFirst());
    } else if (!old.isEmpty()
        && (ready > deployment.replicas || fresh.size() > deployment.replicas)) {
      end(old.getFirst());
    } else if (!old.isEmpty() && !old.getFirst().is(State.READY)) {
      end(old.getFirst());
    } else if (!old.isEmpty() && deployment.replicas == 0) {
      end(old.getFirst());
    } else if (fresh.size() < deployment.replicas && mine.size() <= deployment.replicas) {
      pods.add(newPod(deployment.template, current));
    } else {
      return moved;
    }
    return true;
  }

  private void end(SimulatedPod pod) {
    var now = clock.instant();
    pod.terminate(now, now.plus(grace.get()));
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
    touch();
  }

  /** Somebody starts a pod that belongs to nobody. */
  void startBarePod() {
    var pod = newPod(Map.of(), Optional.empty());
    pods.add(pod);
    pod.start(read());
    touch();
  }

  /** Somebody ends the pods that belong to nobody. */
  void endBarePods() {
    pods.stream().filter(it -> it.replicaSet.isEmpty()).forEach(SimulatedPod::end);
    touch();
  }

  /** Somebody kills a pod of the application; its controller makes up for it. */
  void killOnePod(String name) {
    podsOf(find(name)).stream().findFirst().ifPresent(pods::remove);
    touch();
  }

  /** A node stops a pod of the application without a word; what it held it holds no more. */
  void restartContainers() {
    pods.stream()
        .filter(it -> it.is(State.READY) || it.is(State.UNREADY))
        .forEach(it -> it.restartContainer(read()));
    touch();
  }

  /** Somebody pauses the rollout of an application, or lets it go on. */
  void pause(String name, boolean paused) {
    var deployment = find(name);
    deployment.paused = paused;
    deployment.generation++;
    touch();
  }

  /** Somebody scales an application. */
  void scale(String name, int replicas) {
    var deployment = find(name);
    deployment.replicas = replicas;
    deployment.generation++;
    touch();
  }

  /** Pods of the newest template run and never become ready, until they are let. */
  void freshFail(boolean fail) {
    freshFail = fail;
    touch();
  }

  /** How long pods take to end, and how old what a kubelet reads is. */
  void timing(Supplier<Duration> graces, Supplier<Duration> lags) {
    grace = graces;
    lag = lags;
  }

  /** Called when there is something to do for controllers. */
  void whenTouched(Runnable told) {
    touched = told;
  }

  private void touch() {
    deployments.values().forEach(Rolling::move);
    touched.run();
  }

  /** The applications there are. */
  List<String> names() {
    return List.copyOf(deployments.keySet());
  }

  /** Whether every replica of every application runs on its newest template and is ready. */
  boolean allRolledOut() {
    return deployments.values().stream().allMatch(this::isRolledOut);
  }

  private boolean isRolledOut(Rolling deployment) {
    var current = Optional.of(deployment.replicaSet());
    var mine = podsOf(deployment).stream().filter(it -> !it.is(State.TERMINATING)).toList();
    return deployment.observed == deployment.generation
        && mine.size() == deployment.replicas
        && mine.stream().allMatch(it -> it.is(State.READY) && it.replicaSet.equals(current));
  }

  /** Somebody sets an annotation of the template; an empty value takes it away. */
  void annotate(String name, String annotation, String value) {
    change(find(name), annotation, value);
  }

  /** Pods that are told to end take their time, until they are let go. */
  void terminatingStay(boolean stay) {
    terminatingStay = stay;
    touch();
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
    touch();
  }

  private Rolling find(String name) {
    return Optional.ofNullable(deployments.get(name))
        .orElseThrow(() -> new ClusterException.NotFound("Deployment " + name));
  }

  private Deployment asDeployment(Rolling deployment) {
    if (deployment.shown.isEmpty()) {
      deployment.shown = Optional.of(build(deployment));
    }
    return deployment.shown.get();
  }

  private Deployment build(Rolling deployment) {
    var mine = podsOf(deployment).stream().filter(it -> !it.is(State.TERMINATING)).toList();
    var current = Optional.of(deployment.replicaSet());
    var meta = new ObjectMeta();
    meta.setNamespace(SimulatedSecrets.TEAM);
    meta.setName(deployment.name);
    meta.setUid("deployment-" + deployment.name);
    meta.setGeneration(deployment.generation);
    meta.setResourceVersion(Long.toString(deployment.version));
    var template = new PodTemplateSpec();
    template.setMetadata(new ObjectMeta());
    template.getMetadata().setAnnotations(Map.copyOf(deployment.template));
    template.setSpec(SimulatedPod.spec());
    var spec = new DeploymentSpec();
    spec.setReplicas(deployment.replicas);
    spec.setPaused(deployment.paused ? true : null);
    spec.setTemplate(template);
    var status = new DeploymentStatus();
    status.setObservedGeneration(deployment.observed);
    status.setReplicas(mine.size());
    status.setUpdatedReplicas(
        (int) mine.stream().filter(it -> it.replicaSet.equals(current)).count());
    status.setAvailableReplicas((int) mine.stream().filter(it -> it.is(State.READY)).count());
    var built = new Deployment();
    built.setMetadata(meta);
    built.setSpec(spec);
    built.setStatus(status);
    return built;
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
