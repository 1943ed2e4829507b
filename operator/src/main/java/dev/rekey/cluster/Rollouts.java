package dev.rekey.cluster;

import dev.rekey.rotation.Consumers.WorkloadRef;
import java.time.Instant;
import java.util.Optional;

/** Argo Rollouts, always read from and written to the API server itself. */
public interface Rollouts {

  /** A Rollout, by its name; empty as well where the cluster has no such kind. */
  Optional<ArgoRollout> rollout(String namespace, String name);

  /**
   * Has every pod of a Rollout replaced that is older than {@code at}, if nobody has written the
   * Rollout since it was seen.
   *
   * @return the Rollout as it is since then
   * @throws ClusterException.Conflict when somebody has
   */
  ArgoRollout restart(String namespace, WorkloadRef rollout, Instant at);
}
