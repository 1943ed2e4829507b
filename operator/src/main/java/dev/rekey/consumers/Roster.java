package dev.rekey.consumers;

import dev.rekey.cluster.Workloads;
import dev.rekey.rotation.Consumers;
import dev.rekey.rotation.Consumers.WorkloadRef;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.Stamp;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds, in one namespace, who reads a Secret. */
public final class Roster {
  private final Workloads workloads;

  /** Over {@code workloads}. */
  public Roster(Workloads workloads) {
    this.workloads = workloads;
  }

  /** The workloads whose templates read {@code secret}, and every pod that does. */
  public Consumers.Seen of(String namespace, String secret) {
    var annotation = Names.stamp(secret);
    // Pods last: a pod that comes up while workloads are listed is seen all the same.
    var deployments =
        workloads.deployments(namespace).stream()
            .filter(it -> SecretReaders.reads(it.getSpec().getTemplate().getSpec(), secret))
            .toList();
    var stampedSets = deployments.isEmpty() ? Set.<String>of() : ownedBy(namespace, deployments);
    var pods =
        workloads.pods(namespace).stream()
            .filter(it -> SecretReaders.reads(it.getSpec(), secret))
            .map(it -> pod(it, annotation, stampedSets))
            .toList();
    return new Consumers.Seen(
        deployments.stream().map(it -> workload(it, annotation)).toList(), pods);
  }

  /** The UIDs of the ReplicaSets that belong to one of these Deployments. */
  private Set<String> ownedBy(String namespace, List<Deployment> deployments) {
    var owners =
        deployments.stream().map(it -> it.getMetadata().getUid()).collect(Collectors.toSet());
    var owned = new HashSet<String>();
    for (var set : workloads.replicaSets(namespace)) {
      controller(set.getMetadata())
          .filter(it -> owners.contains(it.getUid()))
          .ifPresent(it -> owned.add(set.getMetadata().getUid()));
    }
    return owned;
  }

  private static Consumers.Workload workload(Deployment deployment, String annotation) {
    var meta = deployment.getMetadata();
    return new Consumers.Workload(
        new WorkloadRef("Deployment", meta.getName(), meta.getUid(), meta.getResourceVersion()),
        stamp(deployment.getSpec().getTemplate().getMetadata(), annotation),
        RolloutProgress.isDone(deployment),
        RolloutProgress.describe(deployment),
        RolloutProgress.wanted(deployment) > 0);
  }

  private static Consumers.Pod pod(Pod pod, String annotation, Set<String> stampedSets) {
    var meta = pod.getMetadata();
    return new Consumers.Pod(
        meta.getName(),
        // A pod without a creation time is no older and no younger than anything: never moved by
        // it.
        meta.getCreationTimestamp() == null
            ? Instant.EPOCH
            : Instant.parse(meta.getCreationTimestamp()),
        stamp(meta, annotation),
        controller(meta).map(it -> stampedSets.contains(it.getUid())).orElse(false),
        isOver(pod.getStatus()),
        meta.getDeletionTimestamp() != null,
        isReady(pod.getStatus()));
  }

  private static Optional<OwnerReference> controller(ObjectMeta meta) {
    return meta.getOwnerReferences().stream()
        .filter(it -> Boolean.TRUE.equals(it.getController()))
        .findFirst();
  }

  private static Optional<Stamp> stamp(@Nullable ObjectMeta meta, String annotation) {
    return Optional.ofNullable(meta)
        .map(ObjectMeta::getAnnotations)
        .map((Map<String, String> it) -> it.get(annotation))
        .flatMap(Stamp::parse);
  }

  /** Ended for good: the phase alone is not enough, it runs ahead of the containers. */
  private static boolean isOver(@Nullable PodStatus status) {
    return status != null
        && ("Succeeded".equals(status.getPhase()) || "Failed".equals(status.getPhase()))
        && status.getContainerStatuses().stream()
            .allMatch(it -> it.getState() != null && it.getState().getTerminated() != null);
  }

  private static boolean isReady(@Nullable PodStatus status) {
    return status != null
        && status.getConditions().stream()
            .anyMatch(it -> "Ready".equals(it.getType()) && "True".equals(it.getStatus()));
  }
}
