package dev.rekey.cluster;

import dev.rekey.api.v1alpha1.ApiKeyRotation;
import dev.rekey.api.v1alpha1.ApiKeyRotationStatus;
import java.util.Optional;

/** ApiKeyRotations and namespaces, on the API server itself. */
public interface Resources {

  /** The resource as it is now. */
  Optional<ApiKeyRotation> get(String namespace, String name);

  /** The same resource as it is now; empty where it is gone, or was made anew. */
  default Optional<ApiKeyRotation> current(ApiKeyRotation resource) {
    var meta = resource.getMetadata();
    return get(meta.getNamespace(), meta.getName())
        .filter(it -> it.getMetadata().getUid().equals(meta.getUid()));
  }

  /**
   * Writes the status of the resource of this UID; nothing happens when it is gone or another one
   * by now. Last writer wins: a status is a projection, and the leader projects again.
   */
  void writeStatus(ApiKeyRotation resource, ApiKeyRotationStatus status);

  /**
   * Puts Rekey's finalizer on the resource, or takes it off, if nobody has written the resource
   * since it was read.
   *
   * @return as it is stored now
   * @throws ClusterException.NotFound when it is gone
   * @throws ClusterException.Conflict when somebody has
   */
  ApiKeyRotation guard(ApiKeyRotation resource, boolean guarded);

  /** The UID of a namespace. */
  Optional<String> namespaceUid(String name);
}
