package dev.rekey.consumers;

import dev.rekey.cluster.ArgoRollout;
import dev.rekey.cluster.Workloads;
import dev.rekey.rotation.Consumers;
import dev.rekey.rotation.Consumers.OtherSecret;
import dev.rekey.rotation.Consumers.WorkloadRef;
import dev.rekey.rotation.Hindrance;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.Reading;
import dev.rekey.rotation.WorkloadKind;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The pod template of a workload of one of the kinds that Rekey restarts.
 *
 * @param kind the workload's kind
 * @param meta the workload's own metadata
 * @param pods what its pods are made from
 * @param progress how far the workload is with the template as it stands
 * @param firstThatMoves pods below this ordinal stay on the template before
 * @param ordered whether its controller replaces no pod while one of its pods is not ready
 * @param rollout the Argo Rollout that it is of, where it is of one
 */
record Template(
    WorkloadKind kind,
    ObjectMeta meta,
    PodTemplateSpec pods,
    RolloutProgress progress,
    int firstThatMoves,
    boolean ordered,
    Optional<ArgoRollout> rollout) {

  private static final String IN_ORDER = "OrderedReady";

  private Template(
      WorkloadKind kind,
      ObjectMeta meta,
      PodTemplateSpec pods,
      RolloutProgress progress,
      int firstThatMoves,
      boolean ordered) {
    this(kind, meta, pods, progress, firstThatMoves, ordered, Optional.empty());
  }

  static Template of(Deployment it) {
    return new Template(
        WorkloadKind.Deployment,
        it.getMetadata(),
        it.getSpec().getTemplate(),
        RolloutProgress.of(it),
        0,
        false);
  }

  static Template of(StatefulSet it) {
    return new Template(
        WorkloadKind.StatefulSet,
        it.getMetadata(),
        it.getSpec().getTemplate(),
        RolloutProgress.of(it),
        RolloutProgress.firstThatMoves(it),
        // what is not said is this as well
        IN_ORDER.equals(
            Objects.requireNonNullElse(it.getSpec().getPodManagementPolicy(), IN_ORDER)));
  }

  static Template of(DaemonSet it) {
    return new Template(
        WorkloadKind.DaemonSet,
        it.getMetadata(),
        it.getSpec().getTemplate(),
        RolloutProgress.of(it),
        0,
        false);
  }

  static Template of(CronJob it) {
    return new Template(
        WorkloadKind.CronJob,
        it.getMetadata(),
        it.getSpec().getJobTemplate().getSpec().getTemplate(),
        RolloutProgress.of(it),
        0,
        false);
  }

  /** A workload of one of these kinds. */
  static Template of(HasMetadata workload) {
    return switch (workload) {
      case Deployment it -> of(it);
      case StatefulSet it -> of(it);
      case DaemonSet it -> of(it);
      case CronJob it -> of(it);
      default ->
          throw new IllegalArgumentException(workload.getKind() + " is no kind that is stamped");
    };
  }

  /** Every workload of a kind that is stamped, in a namespace. */
  static Stream<Template> all(Workloads workloads, WorkloadKind kind, String namespace) {
    return switch (kind) {
      case Deployment -> workloads.deployments(namespace).stream().map(Template::of);
      case StatefulSet -> workloads.statefulSets(namespace).stream().map(Template::of);
      case DaemonSet -> workloads.daemonSets(namespace).stream().map(Template::of);
      case CronJob -> workloads.cronJobs(namespace).stream().map(Template::of);
      case Rollout -> throw new IllegalArgumentException("Rollouts are found from their pods up");
    };
  }

  /** Whether pods or ReplicaSets may be made by a workload of this kind that is stamped. */
  static boolean isStamped(String kind) {
    return WorkloadKind.STAMPED.stream().anyMatch(it -> it.name().equals(kind));
  }

  /** The time that none of its pods is to be older than, where its kind has that. */
  Optional<Instant> restartAt() {
    return rollout.flatMap(ArgoRollout::restartAt);
  }

  /** It as its ReplicaSets name it. */
  OwnerReference asController() {
    return new OwnerReferenceBuilder()
        .withKind(kind.name())
        .withName(meta.getName())
        .withUid(meta.getUid())
        .withController(true)
        .build();
  }

  Optional<Reading> reading(String secret) {
    return SecretReaders.reading(pods.getSpec(), secret);
  }

  private WorkloadRef ref() {
    return new WorkloadRef(kind, meta.getName(), meta.getUid(), meta.getResourceVersion());
  }

  /** As people write it: {@code Deployment api}. */
  String display() {
    return ref().display();
  }

  Consumers.Workload workload(Reading reading, String annotation, String secret) {
    return new Consumers.Workload(
        ref(),
        Stamps.on(pods.getMetadata(), annotation),
        reading,
        progress.done(),
        progress.hindrance().map(Hindrance::why).orElse(progress.standing()),
        progress.wantsPods(),
        reloadedBy(secret),
        others(secret),
        restartAt());
  }

  private List<OtherSecret> others(String secret) {
    return SecretReaders.held(pods.getSpec()).stream()
        .filter(it -> !it.equals(secret))
        .map(it -> new OtherSecret(it, Stamps.on(pods.getMetadata(), Names.stamp(it))))
        .toList();
  }

  /** A CronJob has nothing that is restarted: Reloader starts a Job of it instead. */
  private Optional<String> reloadedBy(String secret) {
    return kind == WorkloadKind.CronJob
        ? Optional.empty()
        : Reloader.annotation(meta, pods.getMetadata(), secret);
  }

  /** What keeps this pod of it from following the template. */
  Optional<Hindrance> hindrance(Pod pod) {
    return firstThatMoves == 0
        ? progress.hindrance()
        : progress.hindrance().filter(it -> ordinal(pod) < firstThatMoves);
  }

  /** A pod of a StatefulSet is named after it and its ordinal; any doubt counts as the lowest. */
  private static int ordinal(Pod pod) {
    var name = pod.getMetadata().getName();
    try {
      return Integer.parseInt(name.substring(name.lastIndexOf('-') + 1));
    } catch (NumberFormatException notAnOrdinal) {
      return 0;
    }
  }
}
