package dev.rekey.rotation;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether a pod can still hold a key that was published before a publication. Any doubt is behind.
 */
public sealed interface PodVerdict {

  /**
   * It cannot.
   *
   * @param by why not
   */
  record Moved(Evidence.Term by) implements PodVerdict {}

  /**
   * It can, or nobody knows.
   *
   * @param reason {@code WaitingForConsumers} where it moves by itself, else what a person can do
   * @param why what is said of the pod, to go on after its name
   */
  record Behind(Reason reason, String why) implements PodVerdict {}

  /**
   * What a pod is measured by.
   *
   * @param lineage the ledger's lineage
   * @param publication the first publication that no longer shows the key
   * @param settledAt when every kubelet has seen that publication, so that whatever starts later
   *     starts on it; {@link Instant#MAX}: it is not written yet
   * @param clockDoubt how far the API server's clock may be from ours
   * @param restarts which workloads are restarted
   * @param renewed when the publication was written, where that is so long ago that every kubelet
   *     that was at work since has renewed its mounted files
   */
  record Measure(
      String lineage,
      int publication,
      Instant settledAt,
      Duration clockDoubt,
      Restarts restarts,
      Optional<Instant> renewed) {}

  /** Judges a pod that reads the Secret, once the publication has settled. */
  static PodVerdict of(Consumers.Pod pod, Measure by) {
    return moved(pod, by).<PodVerdict>map(Moved::new).orElseGet(() -> behind(pod, by));
  }

  private static Optional<Evidence.Term> moved(Consumers.Pod pod, Measure by) {
    boolean stamped =
        pod.workload().filter(_ -> !pod.toldByAge()).map(by.restarts()::include).orElse(false);
    if (pod.over()) {
      return Optional.of(pod.outOfService() ? Evidence.Term.OUT_OF_SERVICE : Evidence.Term.OVER);
    }
    if (pod.stamp().map(it -> it.reaches(by.lineage(), by.publication())).orElse(false)) {
      return Optional.of(Evidence.Term.STAMPED);
    }
    if (!stamped && pod.createdAt().minus(by.clockDoubt()).isAfter(by.settledAt())) {
      return Optional.of(Evidence.Term.CREATED_LATER);
    }
    if (pod.reading() == Reading.PULLED && by.settledAt().isBefore(Instant.MAX)) {
      return Optional.of(Evidence.Term.PULLS_ONLY);
    }
    return hasReloaded(pod, by) ? Optional.of(Evidence.Term.FILES_RENEWED) : Optional.empty();
  }

  /** A kubelet renews the files of a pod that runs, and of none that is on its way out. */
  private static boolean hasReloaded(Consumers.Pod pod, Measure by) {
    return by.restarts().strategy() == Restarts.Strategy.NONE
        && pod.reading() == Reading.MOUNTED
        && !pod.terminating()
        && by.renewed()
            .flatMap(written ->
                pod.nodeReadySince().map(it -> it.plus(by.clockDoubt()).isBefore(written)))
            .orElse(false);
  }

  private static Behind behind(Consumers.Pod pod, Measure by) {
    if (pod.hindrance().map(it -> it.reason() == Reason.NodeUnreachable).orElse(false)) {
      return hindered(pod.hindrance().orElseThrow());
    }
    if (pod.terminating()) {
      return new Behind(Reason.WaitingForConsumers, "still terminating, with the old key");
    }
    var leftOut = pod.workload().filter(it -> !by.restarts().include(it));
    if (by.restarts().strategy() == Restarts.Strategy.NONE) {
      return pod.reading() == Reading.TAKEN
          ? new Behind(
              Reason.NotReloaded,
              "takes the key once, as a variable, by subPath or for a volume, and strategy None"
                  + " restarts nobody; restart it by hand")
          : new Behind(
              Reason.WaitingForConsumers,
              "mounts the key on a node that may not have renewed the file yet");
    }
    return leftOut
        .map(it ->
            new Behind(
                Reason.NotListed,
                "belongs to "
                    + it
                    + ", which is not listed in spec.rollout.workloads; restart it by hand"))
        .or(() -> pod.hindrance().map(PodVerdict::hindered))
        .orElseGet(() ->
            new Behind(Reason.WaitingForConsumers, "started before the new key was published"));
  }

  private static Behind hindered(Hindrance hindrance) {
    return new Behind(hindrance.reason(), hindrance.why());
  }
}
