package dev.rekey.demo;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.DeploymentConditionBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatusBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** Writes what is counted into the status of Deployments and ReplicaSets, if it has changed. */
final class WorkloadStatus {

  private WorkloadStatus() {}

  static void report(KubernetesClient client, ReplicaSet set, int replicas, int ready) {
    ReplicaSetStatus status =
        new ReplicaSetStatusBuilder()
            .withObservedGeneration(set.getMetadata().getGeneration())
            .withReplicas(replicas)
            .withFullyLabeledReplicas(replicas)
            .withReadyReplicas(ready)
            .withAvailableReplicas(ready)
            .build();
    if (status.equals(set.getStatus()) && set.getSpec().getReplicas() == replicas) {
      return;
    }
    ReplicaSet scaled =
        client
            .apps()
            .replicaSets()
            .resource(set)
            .edit(
                s -> new ReplicaSetBuilder(s).editSpec().withReplicas(replicas).endSpec().build());
    status.setObservedGeneration(scaled.getMetadata().getGeneration());
    client
        .apps()
        .replicaSets()
        .resource(scaled)
        .editStatus(s -> new ReplicaSetBuilder(s).withStatus(status).build());
  }

  static void report(
      KubernetesClient client,
      Deployment deployment,
      int wanted,
      int replicas,
      int updated,
      int ready) {
    boolean done = updated == wanted && replicas == wanted && ready == wanted;
    Optional<DeploymentStatus> before = Optional.ofNullable(deployment.getStatus());
    DeploymentStatus status =
        new DeploymentStatusBuilder()
            .withObservedGeneration(deployment.getMetadata().getGeneration())
            .withReplicas(replicas)
            .withUpdatedReplicas(updated)
            .withReadyReplicas(ready)
            .withAvailableReplicas(ready)
            .withUnavailableReplicas(Math.max(0, wanted - ready))
            .withConditions(
                condition(before, "Available", ready >= wanted, "MinimumReplicas"),
                condition(
                    before,
                    "Progressing",
                    true,
                    done ? "NewReplicaSetAvailable" : "ReplicaSetUpdated"))
            .build();
    if (before.isPresent() && before.get().equals(status)) {
      return;
    }
    client
        .apps()
        .deployments()
        .resource(deployment)
        .editStatus(d -> new DeploymentBuilder(d).withStatus(status).build());
  }

  private static DeploymentCondition condition(
      Optional<DeploymentStatus> before, String type, boolean is, String reason) {
    String status = is ? "True" : "False";
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    Optional<DeploymentCondition> unchanged =
        before.map(DeploymentStatus::getConditions).orElse(List.of()).stream()
            .filter(c -> c.getType().equals(type) && c.getStatus().equals(status))
            .findFirst();
    String since = unchanged.map(DeploymentCondition::getLastTransitionTime).orElse(now);
    String updated =
        unchanged
            .filter(c -> c.getReason().equals(reason))
            .map(DeploymentCondition::getLastUpdateTime)
            .orElse(now);
    return new DeploymentConditionBuilder()
        .withType(type)
        .withStatus(status)
        .withReason(reason)
        .withLastTransitionTime(since)
        .withLastUpdateTime(updated)
        .build();
  }
}
