package dev.rekey.cluster;

import dev.rekey.api.v1alpha1.ClusterKeyIssuer;
import dev.rekey.api.v1alpha1.KeyIssuer;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Optional;

/** Issuers, and the marks by which they and their credentials are kept, on the API server. */
public interface Issuers {

  /** The KeyIssuer as it is now. */
  Optional<KeyIssuer> keyIssuer(String namespace, String name);

  /** The ClusterKeyIssuer as it is now. */
  Optional<ClusterKeyIssuer> clusterKeyIssuer(String name);

  /**
   * Puts Rekey's finalizer on an issuer or on the Secret with its credential, or takes it off, and
   * writes one annotation with it. Nothing else of the object is written.
   *
   * @param read the object as it was read
   * @param value the annotation's value; absent: it goes
   * @throws ClusterException.NotFound when the object is gone
   * @throws ClusterException.Conflict when somebody has written it since
   */
  void mark(HasMetadata read, boolean guarded, String annotation, Optional<String> value);
}
