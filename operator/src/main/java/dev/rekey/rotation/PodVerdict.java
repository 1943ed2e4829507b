package dev.rekey.rotation;

import java.time.Duration;
import java.time.Instant;

/**
 * Whether a pod can still hold a key that was published before a publication. Any doubt is behind.
 */
public sealed interface PodVerdict {

  /** It cannot. */
  record Moved() implements PodVerdict {}

  /**
   * It can, or nobody knows.
   *
   * @param reason {@code WaitingForConsumers} where it moves by itself, else what a person can do
   * @param why what is said of the pod, to go on after its name
   */
  record Behind(Reason reason, String why) implements PodVerdict {}

  /**
   * Judges a pod that reads the Secret, once the publication has settled.
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
    if (pod.reading() == Reading.PULLED && settledAt.isBefore(Instant.MAX)) {
      return new Moved();
    }
    if (pod.stamp().map(it -> it.reaches(lineage, publication)).orElse(false)) {
      return new Moved();
    }
    if (!pod.stampable() && pod.createdAt().minus(clockDoubt).isAfter(settledAt)) {
      return new Moved();
    }
    if (pod.terminating()) {
      return new Behind(Reason.WaitingForConsumers, "still terminating, with the old key");
    }
    return pod.hindrance()
        .map(it -> new Behind(it.reason(), it.why()))
        .orElseGet(() ->
            new Behind(Reason.WaitingForConsumers, "started before the new key was published"));
  }
}
