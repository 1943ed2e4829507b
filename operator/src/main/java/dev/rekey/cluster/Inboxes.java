package dev.rekey.cluster;

import io.fabric8.kubernetes.api.model.Secret;
import java.util.Optional;

/** The Secrets in which people bring keys, read from and deleted at the API server itself. */
public interface Inboxes {

  /** The inbox as it is now. */
  Optional<Secret> get(String namespace, String name);

  /**
   * Deletes it, if it is as it was {@code read}.
   *
   * @throws ClusterException.Conflict when somebody has written it since
   * @throws ClusterException.NotFound when it is not there any more
   */
  void delete(Secret read);
}
