package dev.rekey.simulated;

import dev.rekey.cluster.Secrets;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.List;
import java.util.Optional;

/** Stands between Rekey and Secrets; what a subclass leaves alone is passed on as it is. */
abstract class ForwardingSecrets implements Secrets {
  private final Secrets real;

  ForwardingSecrets(Secrets real) {
    this.real = real;
  }

  @Override
  public Optional<Secret> get(String namespace, String name) {
    return real.get(namespace, name);
  }

  @Override
  public List<Secret> list(String namespace, String label) {
    return real.list(namespace, label);
  }

  @Override
  public Secret create(Secret secret) {
    return real.create(secret);
  }

  @Override
  public Secret replace(Secret secret) {
    return real.replace(secret);
  }

  /** Writes whatever has been written in between. */
  static final class WithoutVersions extends ForwardingSecrets {
    WithoutVersions(Secrets real) {
      super(real);
    }

    @Override
    public Secret replace(Secret secret) {
      return super.replace(
          new SecretBuilder(secret).editMetadata().withResourceVersion(null).endMetadata().build());
    }
  }
}
