package dev.rekey.cluster.fabric8;

import dev.rekey.cluster.Workloads;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;

/** Workloads by the fabric8 client. */
public final class Fabric8Workloads implements Workloads {
  private static final long PAGE = 500;

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
  public void annotateTemplate(
      String namespace, String name, String resourceVersion, String annotation, String value) {
    var patch =
        Map.of(
            "metadata",
            Map.of("resourceVersion", resourceVersion),
            "spec",
            Map.of(
                "template", Map.of("metadata", Map.of("annotations", Map.of(annotation, value)))));
    Calls.call(
        "Deployment " + namespace + "/" + name,
        () ->
            client
                .apps()
                .deployments()
                .inNamespace(namespace)
                .withName(name)
                .patch(PatchContext.of(PatchType.JSON_MERGE), Serialization.asJson(patch)));
  }
}
