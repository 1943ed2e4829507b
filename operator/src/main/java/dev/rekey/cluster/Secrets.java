package dev.rekey.cluster;

import io.fabric8.kubernetes.api.model.Secret;
import java.util.List;
import java.util.Optional;

/** Secrets, always read from and written to the API server itself. */
public interface Secrets {

  /** The Secret as it is now. */
  Optional<Secret> get(String namespace, String name);

  /** Every Secret of the namespace that carries this label, as they are now, read by page. */
  List<Secret> list(String namespace, String label);

  /**
   * Makes it.
   *
   * @return as it was stored
   * @throws ClusterException.Conflict when it exists
   */
  Secret create(Secret secret);

  /**
   * Writes it whole, if nobody has written it since {@code secret} was read.
   *
   * @return as it was stored
   * @throws ClusterException.Conflict when somebody has
   */
  Secret replace(Secret secret);
}
