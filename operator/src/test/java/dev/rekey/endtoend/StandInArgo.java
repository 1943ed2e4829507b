package dev.rekey.endtoend;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.NamespacedKubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Does with one Rollout what Argo's controller does as far as restarts go: a ReplicaSet of its own,
 * and, once {@code spec.restartAt} is over, one pod after the other that is older is deleted, until
 * {@code status.restartedAt} says that all are newer.
 */
final class StandInArgo implements AutoCloseable {
  static final String CRD =
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: {name: rollouts.argoproj.io}
      spec:
        group: argoproj.io
        scope: Namespaced
        names: {kind: Rollout, listKind: RolloutList, plural: rollouts, singular: rollout}
        versions:
        - name: v1alpha1
          served: true
          storage: true
          subresources: {status: {}}
          schema:
            openAPIV3Schema:
              type: object
              properties:
                spec: {type: object, x-kubernetes-preserve-unknown-fields: true}
                status: {type: object, x-kubernetes-preserve-unknown-fields: true}
      """;

  private static final ResourceDefinitionContext KIND =
      new ResourceDefinitionContext.Builder()
          .withGroup("argoproj.io")
          .withVersion("v1alpha1")
          .withKind("Rollout")
          .withPlural("rollouts")
          .withNamespaced(true)
          .build();

  private final NamespacedKubernetesClient client;
  private final String namespace;
  private final String name;
  private final Set<String> restarts = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService turns = Executors.newSingleThreadScheduledExecutor();

  StandInArgo(NamespacedKubernetesClient client, String namespace, String name) {
    this.client = client;
    this.namespace = namespace;
    this.name = name;
    turns.scheduleWithFixedDelay(this::turn, 0, 100, TimeUnit.MILLISECONDS);
  }

  /** Every {@code spec.restartAt} that it has seen. */
  Set<String> restarts() {
    return Set.copyOf(restarts);
  }

  GenericKubernetesResource rollout() {
    return named().get();
  }

  private Resource<GenericKubernetesResource> named() {
    return client.genericKubernetesResources(KIND).inNamespace(namespace).withName(name);
  }

  private void turn() {
    try {
      work(rollout());
    } catch (KubernetesClientException somebodyWasFaster) {
      // the next turn sees what they did
    }
  }

  private void work(@Nullable GenericKubernetesResource rollout) {
    if (rollout == null) {
      return;
    }
    var set = client.apps().replicaSets().inNamespace(namespace).withName(name + "-1").get();
    if (set == null) {
      client.resource(setOf(rollout)).create();
      return;
    }
    var available = set.getStatus() == null ? null : set.getStatus().getAvailableReplicas();
    var status = new HashMap<String, Object>();
    status.put("observedGeneration", String.valueOf(rollout.getMetadata().getGeneration()));
    status.put("replicas", set.getStatus() == null ? 0 : set.getStatus().getReplicas());
    status.put("availableReplicas", available == null ? 0 : available);
    String restartAt = rollout.get("spec", "restartAt");
    if (restartAt != null) {
      restarts.add(restartAt);
      boolean done = restartAt.equals(rollout.get("status", "restartedAt"));
      if (!done
          && Instant.now().isAfter(Instant.parse(restartAt))
          && set.getSpec().getReplicas().equals(available)) {
        done = allAreNewer(Instant.parse(restartAt));
      }
      if (done) {
        status.put("restartedAt", restartAt);
      }
    }
    if (!status.equals(rollout.get("status"))) {
      named()
          .subresource("status")
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              Serialization.asJson(Map.of("status", status)));
    }
  }

  /** Deletes the next one that is older, where none is on its way out. */
  private boolean allAreNewer(Instant restartAt) {
    List<Pod> pods = client.pods().inNamespace(namespace).withLabel("app", name).list().getItems();
    if (pods.stream().anyMatch(it -> it.getMetadata().getDeletionTimestamp() != null)) {
      return false;
    }
    var older =
        pods.stream()
            .filter(
                it -> Instant.parse(it.getMetadata().getCreationTimestamp()).isBefore(restartAt))
            .min(Comparator.comparing(it -> it.getMetadata().getName()));
    older.ifPresent(it -> client.resource(it).delete());
    return older.isEmpty();
  }

  private ReplicaSet setOf(GenericKubernetesResource rollout) {
    var owner =
        new OwnerReferenceBuilder()
            .withApiVersion("argoproj.io/v1alpha1")
            .withKind("Rollout")
            .withName(name)
            .withUid(rollout.getMetadata().getUid())
            .withController(true)
            .withBlockOwnerDeletion(true)
            .build();
    var spec = Serialization.asJson(rollout.get("spec"));
    var set = Serialization.unmarshal("{\"spec\": " + spec + "}", ReplicaSet.class);
    return set.edit()
        .editOrNewMetadata()
        .withNamespace(namespace)
        .withName(name + "-1")
        .withOwnerReferences(owner)
        .endMetadata()
        .build();
  }

  @Override
  public void close() {
    turns.shutdownNow();
  }
}
