package dev.rekey.cluster.fabric8;

import dev.rekey.cluster.Inboxes;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Optional;

/** Inboxes by the fabric8 client. */
public final class Fabric8Inboxes implements Inboxes {
  private final KubernetesClient client;

  /** Over {@code client}, which the caller closes. */
  public Fabric8Inboxes(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public Optional<Secret> get(String namespace, String name) {
    return Calls.call(
        object(namespace, name),
        () -> Optional.ofNullable(client.secrets().inNamespace(namespace).withName(name).get()));
  }

  @Override
  public void delete(Secret read) {
    var meta = read.getMetadata();
    // the client's own delete sends neither along
    var options =
        new DeleteOptionsBuilder()
            .withNewPreconditions()
            .withUid(meta.getUid())
            .withResourceVersion(meta.getResourceVersion())
            .endPreconditions()
            .build();
    Calls.call(
        object(meta.getNamespace(), meta.getName()),
        () ->
            client.raw(
                "/api/v1/namespaces/" + meta.getNamespace() + "/secrets/" + meta.getName(),
                "DELETE",
                Serialization.asJson(options)));
  }

  private static String object(String namespace, String name) {
    return "Secret " + namespace + "/" + name;
  }
}
