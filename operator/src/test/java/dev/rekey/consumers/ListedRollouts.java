package dev.rekey.consumers;

import dev.rekey.cluster.ArgoRollout;
import dev.rekey.cluster.ClusterException;
import dev.rekey.cluster.Rollouts;
import dev.rekey.rotation.Consumers.WorkloadRef;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Argo Rollouts by their names, and who was asked for. */
final class ListedRollouts implements Rollouts {
  final Map<String, ArgoRollout> rollouts = new HashMap<>();
  final List<String> asked = new ArrayList<>();
  boolean mayAsk = true;

  @Override
  public Optional<ArgoRollout> rollout(String namespace, String name) {
    asked.add(name);
    if (!mayAsk) {
      throw new ClusterException.Refused("Rollout " + name, 403);
    }
    return Optional.ofNullable(rollouts.get(name));
  }

  @Override
  public List<ArgoRollout> all(String namespace) {
    asked.add("all");
    return List.copyOf(rollouts.values());
  }

  @Override
  public ArgoRollout restart(String namespace, WorkloadRef rollout, Instant at) {
    throw new AssertionError("nobody restarts here");
  }
}
