package dev.rekey.cluster.fabric8;

import dev.rekey.api.v1alpha1.ApiKeyRotation;
import dev.rekey.api.v1alpha1.ApiKeyRotationStatus;
import dev.rekey.cluster.Resources;
import dev.rekey.rotation.Names;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** ApiKeyRotations by the fabric8 client. */
public final class Fabric8Resources implements Resources {
  private final KubernetesClient client;

  /** Over {@code client}, which the caller closes. */
  public Fabric8Resources(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public Optional<ApiKeyRotation> get(String namespace, String name) {
    return Calls.call(
        "ApiKeyRotation " + namespace + "/" + name,
        () ->
            Optional.ofNullable(
                client
                    .resources(ApiKeyRotation.class)
                    .inNamespace(namespace)
                    .withName(name)
                    .get()));
  }

  @Override
  public void writeStatus(ApiKeyRotation resource, ApiKeyRotationStatus status) {
    var meta = resource.getMetadata();
    // A JSON patch that first tests the UID, and that replaces the status whole: a merge patch
    // would keep what is no longer true.
    var patch =
        List.of(
            Map.of("op", "test", "path", "/metadata/uid", "value", meta.getUid()),
            Map.of("op", "add", "path", "/status", "value", status));
    Calls.call(
        "ApiKeyRotation " + meta.getNamespace() + "/" + meta.getName(),
        () -> {
          try {
            return Patches.send(
                client,
                path(meta) + "/status",
                Patches.Kind.JSON,
                Serialization.asJson(patch),
                ApiKeyRotation.class);
          } catch (KubernetesClientException problem) {
            // 422: the test failed, so another resource of that name stands there by now
            if (problem.getCode() == HttpURLConnection.HTTP_NOT_FOUND || problem.getCode() == 422) {
              return resource;
            }
            throw problem;
          }
        });
  }

  @Override
  public ApiKeyRotation guard(ApiKeyRotation resource, boolean guarded) {
    var meta = resource.getMetadata();
    var name = "ApiKeyRotation " + meta.getNamespace() + "/" + meta.getName();
    var finalizers = new ArrayList<>(meta.getFinalizers());
    finalizers.remove(Names.FINALIZER);
    if (guarded) {
      finalizers.add(Names.FINALIZER);
    }
    var patch =
        Map.of(
            "metadata",
            Map.of("resourceVersion", meta.getResourceVersion(), "finalizers", finalizers));
    return Calls.call(
        name,
        () ->
            Patches.send(
                client,
                path(meta),
                Patches.Kind.MERGE,
                Serialization.asJson(patch),
                ApiKeyRotation.class));
  }

  private static String path(ObjectMeta meta) {
    return "/apis/"
        + HasMetadata.getApiVersion(ApiKeyRotation.class)
        + "/namespaces/"
        + meta.getNamespace()
        + "/"
        + HasMetadata.getPlural(ApiKeyRotation.class)
        + "/"
        + meta.getName();
  }

  @Override
  public Optional<String> namespaceUid(String name) {
    return Calls.call(
        "Namespace " + name,
        () ->
            Optional.ofNullable(client.namespaces().withName(name).get())
                .map(it -> it.getMetadata().getUid()));
  }
}
