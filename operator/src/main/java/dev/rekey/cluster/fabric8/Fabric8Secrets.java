package dev.rekey.cluster.fabric8;

import dev.rekey.cluster.Secrets;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Optional;

/** Secrets by the fabric8 client. */
public final class Fabric8Secrets implements Secrets {
  /** A ledger may be large. */
  private static final long PAGE = 50;

  private final KubernetesClient client;

  /** Over {@code client}, which the caller closes. */
  public Fabric8Secrets(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public Optional<Secret> get(String namespace, String name) {
    return Calls.call(
        object(namespace, name),
        () -> Optional.ofNullable(client.secrets().inNamespace(namespace).withName(name).get()));
  }

  @Override
  public List<Secret> list(String namespace, String label) {
    return Pages.of(
        "the Secrets of " + namespace,
        PAGE,
        client.secrets().inNamespace(namespace).withLabel(label));
  }

  @Override
  public Secret create(Secret secret) {
    return Calls.call(object(secret), () -> client.resource(secret).create());
  }

  @Override
  public Secret replace(Secret secret) {
    // update() is a PUT that carries the resourceVersion of what was read.
    return Calls.call(object(secret), () -> client.resource(secret).update());
  }

  private static String object(Secret secret) {
    return object(secret.getMetadata().getNamespace(), secret.getMetadata().getName());
  }

  private static String object(String namespace, String name) {
    return "Secret " + namespace + "/" + name;
  }
}
