package dev.rekey.cluster;

import dev.rekey.rotation.Consumers.WorkloadRef;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Argo Rollouts behind a fence. */
record FencedRollouts(Rollouts rollouts, Fence fence) implements Rollouts {

  @Override
  public Optional<ArgoRollout> rollout(String namespace, String name) {
    return rollouts.rollout(namespace, name);
  }

  @Override
  public List<ArgoRollout> all(String namespace) {
    return rollouts.all(namespace);
  }

  @Override
  public ArgoRollout restart(String namespace, WorkloadRef rollout, Instant at) {
    fence.pass(rollout.kind() + " " + namespace + "/" + rollout.name());
    return rollouts.restart(namespace, rollout, at);
  }
}
