package dev.rekey.cluster;

import io.fabric8.kubernetes.api.model.Secret;
import java.util.List;
import java.util.Optional;

/** Secrets behind a fence. */
record FencedSecrets(Secrets secrets, Fence fence) implements Secrets {

  @Override
  public Optional<Secret> get(String namespace, String name) {
    return secrets.get(namespace, name);
  }

  @Override
  public List<Secret> list(String namespace, String label) {
    return secrets.list(namespace, label);
  }

  @Override
  public Secret create(Secret secret) {
    fence.pass(display(secret));
    return secrets.create(secret);
  }

  @Override
  public Secret replace(Secret secret) {
    fence.pass(display(secret));
    return secrets.replace(secret);
  }

  private static String display(Secret secret) {
    return "Secret " + secret.getMetadata().getNamespace() + "/" + secret.getMetadata().getName();
  }
}
