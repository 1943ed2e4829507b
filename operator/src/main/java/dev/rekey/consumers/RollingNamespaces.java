package dev.rekey.consumers;

import dev.rekey.cluster.ArgoRollout;
import dev.rekey.cluster.PodWatches;
import dev.rekey.cluster.Rollouts;
import dev.rekey.cluster.Volumes;
import dev.rekey.cluster.Workloads;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The namespaces in which something rolls, each held once for all rotations there: its pods by a
 * watch, its workloads as they were read last. It is dropped as soon as no rotation needs it: at
 * rest nothing is watched.
 */
public final class RollingNamespaces {
  private final Workloads workloads;
  private final Rollouts rollouts;
  private final Volumes volumes;
  private final PodWatches watches;
  private final InstantSource clock;
  private final Duration look;
  private final Map<String, RollingNamespace> held = new HashMap<>();
  private final Map<String, Set<String>> neededBy = new HashMap<>();

  /**
   * Over these.
   *
   * @param look how long what was read of a workload is not read again, though its pods say that it
   *     has moved on
   */
  public RollingNamespaces(
      Workloads workloads,
      Rollouts rollouts,
      Volumes volumes,
      PodWatches watches,
      InstantSource clock,
      Duration look) {
    this.workloads = workloads;
    this.rollouts = rollouts;
    this.volumes = volumes;
    this.watches = watches;
    this.clock = clock;
    this.look = look;
  }

  /** The namespace, from now on held for the rotation of this Secret. */
  synchronized RollingNamespace of(String namespace, String secret) {
    neededBy.computeIfAbsent(namespace, any -> new HashSet<>()).add(secret);
    return held.computeIfAbsent(
        namespace,
        any -> new RollingNamespace(namespace, workloads, rollouts, volumes, watches, clock, look));
  }

  /** The namespace, where it is held. */
  synchronized Optional<RollingNamespace> held(String namespace) {
    return Optional.ofNullable(held.get(namespace));
  }

  /** Whether the rotation of this Secret waits for pods of its namespace. */
  public synchronized boolean isNeeded(String namespace, String secret) {
    return neededBy.getOrDefault(namespace, Set.of()).contains(secret);
  }

  /** The rotation of this Secret needs the namespace no more. */
  public void letGo(String namespace, String secret) {
    if (isLast(namespace, secret)) {
      // outside: to end a watch may have to wait for one that is being begun
      watches.end(namespace);
    }
  }

  private synchronized boolean isLast(String namespace, String secret) {
    var needed = neededBy.get(namespace);
    if (needed == null || !needed.remove(secret) || !needed.isEmpty()) {
      return false;
    }
    neededBy.remove(namespace);
    held.remove(namespace);
    return true;
  }

  /** A workload as the API server answered to a write of it. */
  public void written(String namespace, HasMetadata workload) {
    held(namespace).ifPresent(it -> it.written(workload));
  }

  /** A Rollout as the API server answered to a write of it. */
  public void restarted(String namespace, ArgoRollout rollout) {
    held(namespace).ifPresent(it -> it.restarted(rollout));
  }

  /** A workload may be other than it was read: it is read again at the next look. */
  public void doubted(String namespace, String workloadUid) {
    held(namespace).ifPresent(it -> it.doubted(workloadUid));
  }
}
