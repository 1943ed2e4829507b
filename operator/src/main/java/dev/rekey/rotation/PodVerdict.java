package dev.rekey.rotation;

import java.time.Duration;
import java.time.Instant;

/**
 * Whether a pod can still hold a key that was published before a publication. Any doubt is behind.
 */
public sealed interface PodVerdict {

  /** It cannot. */
  record Moved() implements PodVerdict {}

  /** It can, or nobody knows. */
  record Behind(String why) implements PodVerdict {}

  /**
   * Judges a pod that reads the Secret.
   *
   * @param pod the pod
   * @param lineage the ledger's lineage
   * @param publication the first publication that no longer shows the key
   * @param settledAt when every kubelet has seen that publication
   * @param clockDoubt how far the API server's clock may be from ours
   */
  static PodVerdict of(
      Consumers.Pod pod, String lineage, int publication, Instant settledAt, Duration clockDoubt) {
    if (pod.over()) {
      return new Moved();
    }
    if (pod.stamp().map(it -> it.reaches(lineage, publication)).orElse(false)) {
      return new Moved();
    }
    if (!pod.stampable() && pod.createdAt().minus(clockDoubt).isAfter(settledAt)) {
      return new Moved();
    }
    if (pod.terminating()) {
      return new Behind("still terminating, with the old key");
    }
    return new Behind(
        pod.stampable()
            ? "started before the new key was published"
            : "belongs to no workload that Rekey restarts; restart it by hand");
  }
}
