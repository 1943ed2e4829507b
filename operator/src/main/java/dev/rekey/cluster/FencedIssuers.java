package dev.rekey.cluster;

import dev.rekey.api.v1alpha1.ClusterKeyIssuer;
import dev.rekey.api.v1alpha1.KeyIssuer;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Optional;

/** Issuers behind a fence. */
record FencedIssuers(Issuers issuers, Fence fence) implements Issuers {

  @Override
  public Optional<KeyIssuer> keyIssuer(String namespace, String name) {
    return issuers.keyIssuer(namespace, name);
  }

  @Override
  public Optional<ClusterKeyIssuer> clusterKeyIssuer(String name) {
    return issuers.clusterKeyIssuer(name);
  }

  @Override
  public void mark(HasMetadata read, boolean guarded, String annotation, Optional<String> value) {
    var meta = read.getMetadata();
    fence.pass(
        read.getKind()
            + " "
            + (meta.getNamespace() == null ? "" : meta.getNamespace() + "/")
            + meta.getName());
    issuers.mark(read, guarded, annotation, value);
  }
}
