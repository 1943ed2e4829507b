package dev.rekey.demo;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Rolls Deployments with one pod more than wanted and never one ready pod less. Every pass reads
 * everything anew, does what can be done now, and waits for the next event.
 */
final class DeploymentController {

  static final String HASH_LABEL = "pod-template-hash";

  private static final String REVISION = "deployment.kubernetes.io/revision";
  private static final int MAX_SURGE = 1;

  private final KubernetesClient client;
  private final String nodeName;

  DeploymentController(KubernetesClient client, String nodeName) {
    this.client = client;
    this.nodeName = nodeName;
  }

  void reconcile(String namespace, String name) {
    Deployment deployment = client.apps().deployments().inNamespace(namespace).withName(name).get();
    String uid = deployment == null ? "" : deployment.getMetadata().getUid();
    List<ReplicaSet> ours = new ArrayList<>();
    for (ReplicaSet set : client.apps().replicaSets().inNamespace(namespace).list().getItems()) {
      Optional<OwnerReference> owner =
          DemoControllers.owner(set, "Deployment").filter(o -> o.getName().equals(name));
      if (owner.isPresent() && owner.get().getUid().equals(uid)) {
        ours.add(set);
      } else if (owner.isPresent()) {
        collect(set);
      }
    }
    if (deployment != null && deployment.getMetadata().getDeletionTimestamp() == null) {
      roll(deployment, ours);
    }
  }

  /** Garbage: the Deployment of this ReplicaSet is gone. */
  private void collect(ReplicaSet set) {
    podsOf(set).forEach(this::delete);
    client.apps().replicaSets().resource(set).delete();
  }

  private void roll(Deployment deployment, List<ReplicaSet> sets) {
    String hash = TemplateHash.of(deployment.getSpec().getTemplate());
    ReplicaSet current =
        sets.stream()
            .filter(set -> hash.equals(set.getMetadata().getLabels().get(HASH_LABEL)))
            .findFirst()
            .orElse(null);
    boolean paused = Boolean.TRUE.equals(deployment.getSpec().getPaused());
    if (current == null && !paused) {
      current = create(deployment, hash, sets.size() + 1);
      sets.add(current);
    }
    int wanted = Objects.requireNonNullElse(deployment.getSpec().getReplicas(), 1);
    if (current != null && !paused) {
      step(current, sets, wanted);
    }
    report(deployment, current, sets, wanted);
  }

  /** Creates and deletes as many pods as may be created and deleted now. */
  private void step(ReplicaSet current, List<ReplicaSet> sets, int wanted) {
    List<Pod> fresh = activePodsOf(current);
    List<Pod> old =
        sets.stream()
            .filter(set -> !isSame(set, current))
            .flatMap(set -> activePodsOf(set).stream())
            .sorted(Comparator.comparing(DeploymentController::isReady))
            .toList();
    int room = wanted + MAX_SURGE - fresh.size() - old.size();
    for (int i = 0; i < Math.min(wanted - fresh.size(), room); i++) {
      createPod(current);
    }
    fresh.stream().skip(wanted).forEach(this::delete);
    // old pods that are not ready serve nobody; a ready one may go when enough others are ready
    long spare =
        fresh.stream().filter(DeploymentController::isReady).count()
            + old.stream().filter(DeploymentController::isReady).count()
            - wanted;
    for (Pod pod : old) {
      if (!isReady(pod)) {
        delete(pod);
      } else if (spare-- > 0) {
        delete(pod);
      }
    }
  }

  private ReplicaSet create(Deployment deployment, String hash, int revision) {
    PodTemplateSpec template = deployment.getSpec().getTemplate();
    ReplicaSet set =
        new ReplicaSetBuilder()
            .withNewMetadata()
            .withName(deployment.getMetadata().getName() + "-" + hash)
            .withNamespace(deployment.getMetadata().getNamespace())
            .withLabels(template.getMetadata().getLabels())
            .addToLabels(HASH_LABEL, hash)
            .addToAnnotations(REVISION, Integer.toString(revision))
            .withOwnerReferences(
                controller(
                    "Deployment",
                    deployment.getMetadata().getName(),
                    deployment.getMetadata().getUid()))
            .endMetadata()
            .withNewSpec()
            .withReplicas(0)
            .withNewSelector()
            .withMatchLabels(deployment.getSpec().getSelector().getMatchLabels())
            .addToMatchLabels(HASH_LABEL, hash)
            .endSelector()
            .withNewTemplateLike(template)
            .editOrNewMetadata()
            .addToLabels(HASH_LABEL, hash)
            .endMetadata()
            .endTemplate()
            .endSpec()
            .build();
    return client.apps().replicaSets().resource(set).create();
  }

  private void createPod(ReplicaSet set) {
    PodTemplateSpec template = set.getSpec().getTemplate();
    Pod pod =
        new PodBuilder()
            .withMetadata(template.getMetadata())
            .editMetadata()
            .withName(
                set.getMetadata().getName() + "-" + UUID.randomUUID().toString().substring(0, 5))
            .withGenerateName(set.getMetadata().getName() + "-")
            .withNamespace(set.getMetadata().getNamespace())
            .withOwnerReferences(
                controller("ReplicaSet", set.getMetadata().getName(), set.getMetadata().getUid()))
            .endMetadata()
            .withSpec(template.getSpec())
            .editSpec()
            .withNodeName(nodeName)
            .endSpec()
            .withNewStatus()
            .withPhase("Pending")
            .endStatus()
            .build();
    client.pods().resource(pod).create();
  }

  private void delete(Pod pod) {
    client.pods().resource(pod).delete();
  }

  private void report(
      Deployment deployment, @Nullable ReplicaSet current, List<ReplicaSet> sets, int wanted) {
    int replicas = 0;
    int ready = 0;
    int updated = 0;
    for (ReplicaSet set : sets) {
      List<Pod> pods = activePodsOf(set);
      int readyPods = (int) pods.stream().filter(DeploymentController::isReady).count();
      WorkloadStatus.report(client, set, pods.size(), readyPods);
      replicas += pods.size();
      ready += readyPods;
      updated += isSame(set, current) ? pods.size() : 0;
    }
    WorkloadStatus.report(client, deployment, wanted, replicas, updated, ready);
  }

  private List<Pod> activePodsOf(ReplicaSet set) {
    return podsOf(set).stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .toList();
  }

  private List<Pod> podsOf(ReplicaSet set) {
    String uid = set.getMetadata().getUid();
    return client.pods().inNamespace(set.getMetadata().getNamespace()).list().getItems().stream()
        .filter(pod ->
            DemoControllers.owner(pod, "ReplicaSet")
                .filter(owner -> owner.getUid().equals(uid))
                .isPresent())
        .toList();
  }

  private static boolean isSame(ReplicaSet one, @Nullable ReplicaSet other) {
    return other != null && one.getMetadata().getUid().equals(other.getMetadata().getUid());
  }

  private static boolean isReady(Pod pod) {
    return pod.getStatus() != null
        && pod.getStatus().getConditions().stream()
            .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
  }

  private static OwnerReference controller(String kind, String name, String uid) {
    return new OwnerReferenceBuilder()
        .withApiVersion("apps/v1")
        .withKind(kind)
        .withName(name)
        .withUid(uid)
        .withController(true)
        .withBlockOwnerDeletion(true)
        .build();
  }
}
