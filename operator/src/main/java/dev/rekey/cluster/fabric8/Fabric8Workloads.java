package dev.rekey.cluster.fabric8;

import dev.rekey.cluster.Workloads;
import dev.rekey.rotation.Consumers.WorkloadRef;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.WorkloadKind;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Workloads by the fabric8 client. */
public final class Fabric8Workloads implements Workloads {
  private static final long PAGE = 500;

  /** One name for the owner of our annotations, whatever program it is that writes them. */
  private static final String AS_REKEY = "?fieldManager=" + Names.FIELD_MANAGER;

  private final KubernetesClient client;

  /** Over {@code client}, which the caller closes. */
  public Fabric8Workloads(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public List<Deployment> deployments(String namespace) {
    return Pages.of(
        "the Deployments of " + namespace,
        PAGE,
        client.apps().deployments().inNamespace(namespace));
  }

  @Override
  public List<StatefulSet> statefulSets(String namespace) {
    return Pages.of(
        "the StatefulSets of " + namespace,
        PAGE,
        client.apps().statefulSets().inNamespace(namespace));
  }

  @Override
  public List<DaemonSet> daemonSets(String namespace) {
    return Pages.of(
        "the DaemonSets of " + namespace, PAGE, client.apps().daemonSets().inNamespace(namespace));
  }

  @Override
  public List<CronJob> cronJobs(String namespace) {
    return Pages.of(
        "the CronJobs of " + namespace,
        PAGE,
        client.batch().v1().cronjobs().inNamespace(namespace));
  }

  @Override
  public List<ReplicaSet> replicaSets(String namespace) {
    return Pages.of(
        "the ReplicaSets of " + namespace,
        PAGE,
        client.apps().replicaSets().inNamespace(namespace));
  }

  @Override
  public List<Pod> pods(String namespace) {
    return Pages.of("the pods of " + namespace, PAGE, client.pods().inNamespace(namespace));
  }

  @Override
  public Optional<ReplicaSet> replicaSet(String namespace, String name) {
    return Calls.call(
        "ReplicaSet " + namespace + "/" + name,
        () ->
            Optional.ofNullable(
                client.apps().replicaSets().inNamespace(namespace).withName(name).get()));
  }

  @Override
  public Optional<HasMetadata> workload(WorkloadKind kind, String namespace, String name) {
    return Calls.call(
        kind + " " + namespace + "/" + name,
        () ->
            Optional.<HasMetadata>ofNullable(
                client.resources(type(kind)).inNamespace(namespace).withName(name).get()));
  }

  @Override
  public Optional<Node> node(String name) {
    return Calls.call(
        "Node " + name, () -> Optional.ofNullable(client.nodes().withName(name).get()));
  }

  @Override
  public HasMetadata annotateTemplate(
      String namespace, WorkloadRef workload, Map<String, String> annotations) {
    Map<String, Object> template =
        Map.of("template", Map.of("metadata", Map.of("annotations", annotations)));
    var patch =
        Serialization.asJson(
            Map.of(
                "metadata",
                Map.of("resourceVersion", workload.resourceVersion()),
                "spec",
                workload.kind() == WorkloadKind.CronJob
                    ? Map.of("jobTemplate", Map.of("spec", template))
                    : template));
    return Calls.call(
        workload.kind() + " " + namespace + "/" + workload.name(),
        () ->
            Patches.send(
                client,
                path(namespace, workload) + AS_REKEY,
                Patches.Kind.MERGE,
                patch,
                type(workload.kind())));
  }

  @Override
  public void deletePod(String namespace, String name, String uid) {
    // the client's own delete sends no UID along
    var options =
        new DeleteOptionsBuilder().withNewPreconditions().withUid(uid).endPreconditions().build();
    Calls.call(
        "Pod " + namespace + "/" + name,
        () ->
            client.raw(
                "/api/v1/namespaces/" + namespace + "/pods/" + name,
                "DELETE",
                Serialization.asJson(options)));
  }

  private static String path(String namespace, WorkloadRef workload) {
    var group = workload.kind() == WorkloadKind.CronJob ? "batch/v1" : "apps/v1";
    return "/apis/"
        + group
        + "/namespaces/"
        + namespace
        + "/"
        + HasMetadata.getPlural(type(workload.kind()))
        + "/"
        + workload.name();
  }

  private static Class<? extends HasMetadata> type(WorkloadKind kind) {
    return switch (kind) {
      case Deployment -> Deployment.class;
      case StatefulSet -> StatefulSet.class;
      case DaemonSet -> DaemonSet.class;
      case CronJob -> CronJob.class;
      case Rollout -> throw new IllegalArgumentException("a Rollout is not restarted by a stamp");
    };
  }
}
