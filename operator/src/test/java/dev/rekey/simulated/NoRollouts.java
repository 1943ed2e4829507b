package dev.rekey.simulated;

import dev.rekey.cluster.ArgoRollout;
import dev.rekey.cluster.Rollouts;
import dev.rekey.rotation.Consumers.WorkloadRef;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A cluster without Argo. */
enum NoRollouts implements Rollouts {
  ANY;

  @Override
  public Optional<ArgoRollout> rollout(String namespace, String name) {
    throw new AssertionError("nobody asks for Rollouts where no pod is of one");
  }

  @Override
  public List<ArgoRollout> all(String namespace) {
    return List.of();
  }

  @Override
  public ArgoRollout restart(String namespace, WorkloadRef rollout, Instant at) {
    throw new AssertionError("there is no Rollout to restart");
  }
}
