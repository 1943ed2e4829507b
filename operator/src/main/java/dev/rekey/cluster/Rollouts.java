package dev.rekey.cluster;

import dev.rekey.rotation.Consumers.WorkloadRef;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Argo Rollouts, always read from and written to the API server itself. */
public interface Rollouts {

  /** A Rollout, by its name; empty as well where the cluster has no such kind. */
  Optional<ArgoRollout> rollout(String namespace, String name);

  /**
   * Every Rollout of the namespace, read page by page; none where the cluster has no such kind, or
   * where Rekey may not look, which is then said.
   */
  List<ArgoRollout> all(String namespace);

  /**
   * Has every pod of a Rollout replaced that is older than {@code at}, if nobody has written the
   * Rollout since it was seen.
   *
   * @return the Rollout as it is since then
   * @throws ClusterException.Conflict when somebody has
   */
  ArgoRollout restart(String namespace, WorkloadRef rollout, Instant at);
}
