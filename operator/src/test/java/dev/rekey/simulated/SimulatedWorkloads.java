package dev.rekey.simulated;

import dev.rekey.cluster.ClusterException;
import dev.rekey.cluster.Workloads;
import dev.rekey.rotation.Consumers.WorkloadRef;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.WorkloadKind;
import dev.rekey.simulated.SimulatedPod.Maker;
import dev.rekey.simulated.SimulatedPod.State;
import io.fabric8.kubernetes.api.model.HasMetadata;
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
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Deployments that roll one pod after the other, and kubelets whose caches are as far behind as
 * they may be. Controllers do one thing at each {@link #step}.
 */
final class SimulatedWorkloads implements Workloads {
  /** The kubelet's cache is this old; less than the settle of a rotation, or nothing would hold. */
  static final Duration KUBELET_LAG = Duration.ofSeconds(10);

  /** A kubelet renews a file at least so often. */
  private static final Duration RENEWAL = Duration.ofSeconds(140);

  private final InstantSource clock;
  private final Effects effects;
  private final SimulatedSecrets secrets;
  private final Map<String, Rolling> deployments = new LinkedHashMap<>();
  private final Map<String, ReplicaSet> replicaSets = new HashMap<>();
  private final List<SimulatedSet> sets = new ArrayList<>();
  private final List<SimulatedCronJob> cronJobs = new ArrayList<>();
  private final List<SimulatedPod> pods = new ArrayList<>();
  private final SimulatedNodes nodes;
  private Reads reads = Reads.VARIABLE;
  private boolean terminatingStay;
  private boolean controllersStand;
  private boolean freshFail;
  private Predicate<SimulatedPod> failing = any -> false;
  private Optional<String> contested = Optional.empty();
  private Supplier<Duration> grace = () -> Duration.ZERO;
  private Supplier<Duration> lag = () -> KUBELET_LAG;
  private Supplier<Duration> renewal = () -> RENEWAL;
  private Runnable touched = () -> {};
  private Runnable moved = () -> {};
  private int counter;
  private int looks;

  /** A Deployment. */
  private static final class Rolling {
    private final String name;
    private int replicas;
    private boolean paused;
    private Optional<String> alsoReads = Optional.empty();
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
    this.nodes = new SimulatedNodes(clock.instant());
  }

  // what Rekey does

  @Override
  public List<Deployment> deployments(String namespace) {
    looks++;
    return deployments.values().stream().map(this::asDeployment).toList();
  }

  @Override
  public List<StatefulSet> statefulSets(String namespace) {
    return sets.stream()
        .filter(it -> it.kind == WorkloadKind.StatefulSet)
        .map(it -> it.asStatefulSet(pods))
        .toList();
  }

  @Override
  public List<DaemonSet> daemonSets(String namespace) {
    return sets.stream()
        .filter(it -> it.kind == WorkloadKind.DaemonSet)
        .map(it -> it.asDaemonSet(pods))
        .toList();
  }

  @Override
  public List<CronJob> cronJobs(String namespace) {
    return cronJobs.stream().map(SimulatedCronJob::asCronJob).toList();
  }

  @Override
  public List<ReplicaSet> replicaSets(String namespace) {
    return deployments.values().stream()
        .flatMap(it ->
            it.replicaSets.values().stream()
                .map(uid -> replicaSets.computeIfAbsent(uid, any -> asReplicaSet(it, uid))))
        .toList();
  }

  @Override
  public List<Pod> pods(String namespace) {
    looks++;
    return pods.stream().map(SimulatedPod::asPod).toList();
  }

  @Override
  public Optional<ReplicaSet> replicaSet(String namespace, String name) {
    return replicaSets(namespace).stream()
        .filter(it -> it.getMetadata().getName().equals(name))
        .findFirst();
  }

  @Override
  public Optional<HasMetadata> workload(WorkloadKind kind, String namespace, String name) {
    Stream<? extends HasMetadata> all =
        switch (kind) {
          case Deployment -> deployments(namespace).stream();
          case StatefulSet -> statefulSets(namespace).stream();
          case DaemonSet -> daemonSets(namespace).stream();
          case CronJob -> cronJobs(namespace).stream();
          case Rollout -> throw new AssertionError("Rollouts are asked for elsewhere");
        };
    return all.filter(it -> it.getMetadata().getName().equals(name))
        .<HasMetadata>map(it -> it)
        .findFirst();
  }

  @Override
  public Optional<Node> node(String name) {
    looks++;
    return nodes.node(name);
  }

  @Override
  public HasMetadata annotateTemplate(
      String namespace, WorkloadRef workload, Map<String, String> annotations) {
    var what = workload.display();
    var value = annotations.getOrDefault(Names.stamp(SimulatedSecrets.TARGET), "");
    return effects.perform(
        new Effect(
            Effect.Kind.STAMP,
            value,
            what
                + ": stamped "
                + value.substring(value.lastIndexOf('.') + 1)
                + (annotations.size() > 1 ? " and for another Secret" : "")),
        new Effects.Doing<HasMetadata>() {
          @Override
          public HasMetadata act() {
            if (!workload.resourceVersion().equals(version(workload))) {
              throw new ClusterException.Conflict(what);
            }
            change(workload, annotations);
            return workload(workload.kind(), namespace, workload.name()).orElseThrow();
          }

          @Override
          public HasMetadata unclear() {
            throw new ClusterException.Unavailable(what, 0);
          }

          @Override
          public HasMetadata overtaken() {
            touch();
            throw new ClusterException.Conflict(what);
          }
        });
  }

  @Override
  public void deletePod(String namespace, String name, String uid) {
    var what = "Pod " + name;
    effects.perform(
        new Effect(Effect.Kind.POD, name, what + ": deleted"),
        new Effects.Doing<Boolean>() {
          @Override
          public Boolean act() {
            var pod =
                pods.stream()
                    .filter(it -> it.name.equals(name))
                    .findFirst()
                    .orElseThrow(() -> new ClusterException.NotFound(what));
            if (!pod.uid().equals(uid)) {
              throw new ClusterException.Conflict(what);
            }
            end(pod);
            touch();
            return true;
          }

          @Override
          public Boolean unclear() {
            throw new ClusterException.Unavailable(what, 0);
          }

          @Override
          public Boolean overtaken() {
            throw new ClusterException.Conflict(what);
          }
        });
  }

  private String version(WorkloadRef workload) {
    return switch (workload.kind()) {
      case Deployment -> Long.toString(find(workload.name()).version);
      case StatefulSet, DaemonSet -> set(workload.name()).version();
      case CronJob -> cronJob(workload.name()).version();
      case Rollout -> throw new AssertionError("there is no Argo here");
    };
  }

  private void change(WorkloadRef workload, Map<String, String> annotations) {
    switch (workload.kind()) {
      case Deployment -> change(find(workload.name()), annotations);
      case StatefulSet, DaemonSet -> {
        set(workload.name()).template.putAll(annotations);
        set(workload.name()).changed();
        touch();
      }
      case CronJob -> {
        cronJob(workload.name()).template.putAll(annotations);
        touch();
      }
      case Rollout -> throw new AssertionError("there is no Argo here");
    }
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
    boolean moved = takeStampsAway();
    var now = clock.instant();
    for (var pod : pods) {
      if (!nodes.isReady(pod.node)) {
        continue;
      }
      if (pod.is(State.STARTING)) {
        start(pod, fails(pod) ? State.UNREADY : State.READY);
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
    pods.removeIf(it -> it.is(State.OVER) && it.maker.isPresent());
    for (var deployment : deployments.values()) {
      moved |= roll(deployment);
    }
    for (var set : sets) {
      moved |= set.roll(pods, this::end, now);
    }
    if (moved) {
      moveAll();
    }
    return moved;
  }

  /** Time has passed, and kubelets have renewed what they were to renew. */
  void renewFiles() {
    var now = clock.instant();
    for (var pod : pods) {
      for (var at = pod.renewsAt(); isDue(pod, at, now); at = pod.renewsAt()) {
        var last = at.orElseThrow();
        // of many that nobody has looked at only the last ones matter
        boolean matters = last.plus(RENEWAL).plus(RENEWAL).isAfter(now);
        var then = matters ? last : now.minus(RENEWAL);
        pod.renew(secrets.valueAt(then));
        pod.renewsAt(then.plus(renewal.get()));
      }
    }
  }

  private boolean isDue(SimulatedPod pod, Optional<Instant> at, Instant now) {
    return nodes.isReady(pod.node) && at.filter(it -> !it.isAfter(now)).isPresent();
  }

  private boolean takeStampsAway() {
    boolean any = false;
    for (var deployment : deployments.values()) {
      if (contested.map(deployment.template::containsKey).orElse(false)) {
        change(deployment, Map.of(contested.orElseThrow(), ""));
        any = true;
      }
    }
    return any;
  }

  /** What a container that starts now gets: what a cache may still hold, if it holds anything. */
  private Optional<String> read() {
    return secrets.valueAt(clock.instant().minus(lag.get())).or(secrets::value);
  }

  /**
   * Whether the pod is of a template that does not work: the newest one, or whichever one a set
   * makes its pods from.
   */
  private boolean fails(SimulatedPod pod) {
    return failing.test(pod)
        || (freshFail
            && (sets.stream().anyMatch(it -> it.mine(List.of(pod)).contains(pod))
                || deployments.values().stream().anyMatch(it -> isOf(pod, it.replicaSet()))));
  }

  private boolean roll(Rolling deployment) {
    boolean moved = deployment.observed != deployment.generation;
    deployment.observed = deployment.generation;
    var current = deployment.replicaSet();
    var mine = podsOf(deployment).stream().filter(it -> !it.is(State.TERMINATING)).toList();
    if (mine.size() < deployment.replicas && deployment.paused) {
      // a paused one only keeps what it has
      var kept = mine.isEmpty() ? current : mine.getFirst().maker.orElseThrow().uid();
      var template = mine.isEmpty() ? deployment.template : mine.getFirst().annotations;
      pods.add(newPod(template, Optional.of(kept)));
      return true;
    }
    if (deployment.paused) {
      return moved;
    }
    var fresh = mine.stream().filter(it -> isOf(it, current)).toList();
    var old = mine.stream().filter(it -> !isOf(it, current)).toList();
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
      pods.add(newPod(deployment.template, Optional.of(current)));
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
        replicaSet.orElse("bare") + "-" + ++counter,
        template,
        replicaSet.map(it -> new Maker("ReplicaSet", it)),
        reads,
        clock.instant());
  }

  private static boolean isOf(SimulatedPod pod, String replicaSet) {
    return pod.maker.map(it -> it.uid().equals(replicaSet)).orElse(false);
  }

  private List<SimulatedPod> podsOf(Rolling deployment) {
    return pods.stream()
        .filter(it ->
            it.maker.map(maker -> deployment.replicaSets.containsValue(maker.uid())).orElse(false))
        .toList();
  }

  // what people do

  /** What is deployed from now on reads the Secret in this way. */
  void reading(Reads how) {
    reads = how;
  }

  /** How what is deployed reads the Secret. */
  Reads reading() {
    return reads;
  }

  /** A kubelet falls silent. */
  void nodeFalls(String name) {
    renewFiles();
    nodes.fall(name);
    touch();
  }

  /** A kubelet is back; it renews files anew by and by. */
  void nodeRises(String name) {
    if (!nodes.isReady(name)) {
      nodes.rise(name, clock.instant());
      pods.stream()
          .filter(it -> it.node.equals(name))
          .forEach(it -> it.renewsAt(clock.instant().plus(renewal.get())));
      touch();
    }
  }

  /** Every kubelet is back. */
  void nodesRise() {
    nodes.silent().forEach(this::nodeRises);
  }

  /** A pod is told to end, and takes so long. */
  void evictOne(Duration over) {
    var now = clock.instant();
    pods.stream()
        .filter(it -> it.is(State.READY))
        .findFirst()
        .ifPresent(it -> it.terminate(now, now.plus(over)));
    touch();
  }

  /** Somebody kills every pod that is made again. */
  void killAllPods() {
    pods.removeIf(it -> it.maker.filter(maker -> !"Job".equals(maker.kind())).isPresent());
    touch();
  }

  /** Somebody deploys an application. */
  void deploy(String name, int replicas) {
    deployments.put(name, new Rolling(name, replicas));
    touch();
  }

  /** Its template reads this Secret as well, from its next look on. */
  void alsoReads(String name, String secret) {
    find(name).alsoReads = Optional.of(secret);
    touch();
  }

  /** Somebody deploys a StatefulSet or a DaemonSet. */
  void deploySet(WorkloadKind kind, String name, int replicas) {
    sets.add(new SimulatedSet(kind, name, reads, replicas));
    touch();
  }

  /** Somebody deploys a CronJob. */
  void deployCronJob(String name) {
    cronJobs.add(new SimulatedCronJob(name, reads));
    touch();
  }

  /** Somebody keeps the pods of a set as they are, or lets them follow their template. */
  void hold(SimulatedSet set, boolean all) {
    set.hold(all);
    touch();
  }

  /** Every set follows its template again, by hand where it must. */
  void letSetsGo() {
    for (var set : sets) {
      if (set.isHeld()) {
        set.letGo();
        touch();
      }
    }
  }

  /** Somebody kills a pod of each set; its controller makes it again. */
  void killOnePodOfEachSet() {
    for (var set : sets) {
      set.mine(pods).stream().findFirst().ifPresent(pods::remove);
    }
    touch();
  }

  /** Somebody takes a stamp off every set and CronJob. */
  void takeOffSets(String annotation) {
    for (var set : sets) {
      set.template.remove(annotation);
      set.changed();
    }
    cronJobs.forEach(it -> it.template.remove(annotation));
    touch();
  }

  /** Every set is scaled to nothing, and no CronJob starts a Job any more. */
  void endSets() {
    sets.forEach(it -> it.scale(0));
    cronJobs.forEach(SimulatedCronJob::suspend);
    touch();
  }

  /** Every CronJob starts a Job. */
  boolean startJobs() {
    for (var cronJob : cronJobs) {
      start(cronJob.startJob(clock.instant()));
    }
    return !cronJobs.isEmpty();
  }

  /** The pods of Jobs fail, and are made once more. */
  void retryJobs() {
    for (var cronJob : cronJobs) {
      var again = cronJob.retry(pods, clock.instant());
      endJobs();
      again.ifPresent(this::start);
    }
  }

  /** The pods of Jobs have done their work. */
  void endJobs() {
    pods.stream()
        .filter(it -> it.maker.map(maker -> "Job".equals(maker.kind())).orElse(false))
        .forEach(SimulatedPod::end);
    touch();
  }

  private void start(SimulatedPod pod) {
    pods.add(pod);
    start(pod, State.READY);
    touch();
  }

  private void start(SimulatedPod pod, State then) {
    if (nodes.isReady(pod.node)) {
      pod.start(read(), then);
      pod.renewsAt(clock.instant().plus(renewal.get()));
    }
  }

  /** Somebody starts a pod that belongs to nobody. */
  void startBarePod() {
    var pod = newPod(Map.of(), Optional.empty());
    start(pod);
  }

  /** Somebody ends the pods that belong to nobody. */
  void endBarePods() {
    pods.stream().filter(it -> it.maker.isEmpty()).forEach(SimulatedPod::end);
    touch();
  }

  /** Somebody kills a pod of the application; its controller makes up for it. */
  void killOnePod(String name) {
    podsOf(find(name)).stream().findFirst().ifPresent(pods::remove);
    touch();
  }

  /** Every pod of every application goes at once; others follow. */
  void drain() {
    deployments.values().forEach(it -> podsOf(it).forEach(pods::remove));
    touch();
  }

  /** A node stops a pod of the application without a word; what it held it holds no more. */
  void restartContainers() {
    pods.stream()
        .filter(it -> it.is(State.READY) || it.is(State.UNREADY))
        .filter(it -> nodes.isReady(it.node))
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

  /** These pods run and never become ready. */
  void fail(Predicate<SimulatedPod> which) {
    failing = which;
    touch();
  }

  /** Somebody takes this annotation off every Deployment, again and again; empty: nobody does. */
  void contest(Optional<String> annotation) {
    contested = annotation;
    touch();
  }

  /** How long pods take to end, and how old what a kubelet reads is. */
  void timing(Supplier<Duration> graces, Supplier<Duration> lags, Supplier<Duration> renewals) {
    grace = graces;
    lag = lags;
    renewal = renewals;
  }

  /** Called whenever pods may be other than before. */
  void whenMoved(Runnable told) {
    moved = told;
  }

  /** Called when there is something to do for controllers. */
  void whenTouched(Runnable told) {
    touched = told;
  }

  private void touch() {
    moveAll();
    touched.run();
  }

  private void moveAll() {
    deployments.values().forEach(Rolling::move);
    sets.forEach(SimulatedSet::move);
    cronJobs.forEach(SimulatedCronJob::move);
    moved.run();
  }

  /** The StatefulSets and DaemonSets there are. */
  List<SimulatedSet> sets() {
    return List.copyOf(sets);
  }

  private SimulatedSet set(String name) {
    return sets.stream().filter(it -> it.name.equals(name)).findFirst().orElseThrow();
  }

  private SimulatedCronJob cronJob(String name) {
    return cronJobs.stream().filter(it -> it.name.equals(name)).findFirst().orElseThrow();
  }

  /** The applications there are. */
  List<String> names() {
    return List.copyOf(deployments.keySet());
  }

  /** Whether any application wants pods, whether or not it has them. */
  boolean wantPods() {
    return deployments.values().stream().anyMatch(it -> it.replicas > 0);
  }

  /** Whether every replica of every application runs on its newest template and is ready. */
  boolean allRolledOut() {
    return deployments.values().stream().allMatch(this::isRolledOut)
        && sets.stream().allMatch(it -> it.isRolledOut(pods));
  }

  private boolean isRolledOut(Rolling deployment) {
    var current = deployment.replicaSet();
    var mine = podsOf(deployment).stream().filter(it -> !it.is(State.TERMINATING)).toList();
    return deployment.observed == deployment.generation
        && mine.size() == deployment.replicas
        && mine.stream().allMatch(it -> it.is(State.READY) && isOf(it, current));
  }

  /** Somebody sets an annotation of the template; an empty value takes it away. */
  void annotate(String name, String annotation, String value) {
    change(find(name), Map.of(annotation, value));
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
    return looks;
  }

  /** Every pod whose containers may run. */
  List<SimulatedPod> live() {
    return pods.stream().filter(SimulatedPod::isLive).toList();
  }

  /** Every pod that is there, started or not. */
  List<SimulatedPod> all() {
    return List.copyOf(pods);
  }

  /** How often its template was changed. */
  long generation(String name) {
    return find(name).generation;
  }

  /** The annotations of the template. */
  Map<String, String> template(String name) {
    return Map.copyOf(find(name).template);
  }

  private void change(Rolling deployment, Map<String, String> annotations) {
    annotations.forEach((annotation, value) -> {
      if (value.isEmpty()) {
        deployment.template.remove(annotation);
      } else {
        deployment.template.put(annotation, value);
      }
    });
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
    var current = deployment.replicaSet();
    var meta = new ObjectMeta();
    meta.setNamespace(SimulatedSecrets.TEAM);
    meta.setName(deployment.name);
    meta.setUid("deployment-" + deployment.name);
    meta.setGeneration(deployment.generation);
    meta.setResourceVersion(Long.toString(deployment.version));
    var template = new PodTemplateSpec();
    template.setMetadata(new ObjectMeta());
    template.getMetadata().setAnnotations(Map.copyOf(deployment.template));
    template.setSpec(deployment.alsoReads.map(reads::specThatAlsoReads).orElseGet(reads::spec));
    var spec = new DeploymentSpec();
    spec.setReplicas(deployment.replicas);
    spec.setPaused(deployment.paused ? true : null);
    spec.setTemplate(template);
    var status = new DeploymentStatus();
    status.setObservedGeneration(deployment.observed);
    status.setReplicas(mine.size());
    status.setUpdatedReplicas((int) mine.stream().filter(it -> isOf(it, current)).count());
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
