package dev.rekey.consumers;

import dev.rekey.rotation.Hindrance;
import dev.rekey.rotation.Reason;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far a workload's rollout is, by its own status.
 *
 * @param done whether its controller has seen the template, and every pod is of it and available
 * @param standing how far it is, for people
 * @param wantsPods whether its controller makes a pod as soon as there is none
 * @param hindrance why its pods do not follow its template by themselves
 */
record RolloutProgress(
    boolean done, String standing, boolean wantsPods, Optional<Hindrance> hindrance) {
  private static final String ON_DELETE = "OnDelete";

  static RolloutProgress of(Deployment deployment) {
    int wanted = number(deployment.getSpec().getReplicas(), 1);
    boolean paused = Boolean.TRUE.equals(deployment.getSpec().getPaused());
    var hindrance =
        paused
            ? Optional.of(
                new Hindrance(
                    Reason.WorkloadPaused,
                    "waits: Deployment "
                        + deployment.getMetadata().getName()
                        + " is paused; resume it to let its pods move"))
            : Optional.<Hindrance>empty();
    var status = deployment.getStatus();
    if (status == null || !isSeen(deployment, status.getObservedGeneration())) {
      return unseen(wanted > 0, hindrance);
    }
    return new Counted(
            wanted,
            number(status.getReplicas(), 0),
            number(status.getUpdatedReplicas(), 0),
            number(status.getAvailableReplicas(), 0))
        .progress(hindrance);
  }

  static RolloutProgress of(StatefulSet set) {
    int wanted = number(set.getSpec().getReplicas(), 1);
    var hindrance = hindrance(set);
    var status = set.getStatus();
    if (status == null || !isSeen(set, status.getObservedGeneration())) {
      return unseen(wanted > 0, hindrance);
    }
    return new Counted(
            wanted,
            number(status.getReplicas(), 0),
            number(status.getUpdatedReplicas(), 0),
            number(status.getAvailableReplicas(), 0))
        .progress(hindrance);
  }

  static RolloutProgress of(DaemonSet set) {
    var strategy = set.getSpec().getUpdateStrategy();
    var hindrance =
        strategy != null && ON_DELETE.equals(strategy.getType())
            ? Optional.of(onDelete("DaemonSet " + set.getMetadata().getName()))
            : Optional.<Hindrance>empty();
    var status = set.getStatus();
    if (status == null || !isSeen(set, status.getObservedGeneration())) {
      return unseen(true, hindrance);
    }
    int wanted = number(status.getDesiredNumberScheduled(), 0);
    return new Counted(
            wanted,
            number(status.getCurrentNumberScheduled(), 0),
            number(status.getUpdatedNumberScheduled(), 0),
            number(status.getNumberAvailable(), 0))
        .progress(hindrance);
  }

  /** Its next Job is of the template as it is then; nothing is rolled. */
  static RolloutProgress of(CronJob job) {
    return new RolloutProgress(
        true,
        "starts its next Job on the new template",
        !Boolean.TRUE.equals(job.getSpec().getSuspend()),
        Optional.empty());
  }

  /**
   * The pods of a StatefulSet below this ordinal stay on the template before; 0: none. A partition
   * counts pods, from wherever the ordinals start.
   */
  static int firstThatMoves(StatefulSet set) {
    int partition = partition(set);
    var ordinals = set.getSpec().getOrdinals();
    return partition == 0 || ordinals == null
        ? partition
        : partition + number(ordinals.getStart(), 0);
  }

  private static int partition(StatefulSet set) {
    var strategy = set.getSpec().getUpdateStrategy();
    return strategy == null || strategy.getRollingUpdate() == null
        ? 0
        : number(strategy.getRollingUpdate().getPartition(), 0);
  }

  private static Optional<Hindrance> hindrance(StatefulSet set) {
    var strategy = set.getSpec().getUpdateStrategy();
    var name = "StatefulSet " + set.getMetadata().getName();
    if (strategy != null && ON_DELETE.equals(strategy.getType())) {
      return Optional.of(onDelete(name));
    }
    int partition = partition(set);
    return partition == 0
        ? Optional.empty()
        : Optional.of(
            new Hindrance(
                Reason.PartitionedRollout,
                "stays on the old template: "
                    + name
                    + " has a partition of "
                    + partition
                    + "; lower it to 0, or delete the pod by hand once it is lower"));
  }

  private static Hindrance onDelete(String workload) {
    return new Hindrance(
        Reason.UpdatesOnDelete,
        "is replaced only when it is deleted, for "
            + workload
            + " has the update strategy OnDelete; delete the pod by hand");
  }

  private static RolloutProgress unseen(boolean wantsPods, Optional<Hindrance> hindrance) {
    return new RolloutProgress(
        false, "its controller has not seen the new template yet", wantsPods, hindrance);
  }

  private record Counted(int wanted, int there, int updated, int available) {
    RolloutProgress progress(Optional<Hindrance> hindrance) {
      return new RolloutProgress(
          there == wanted && updated == wanted && available == wanted,
          updated + " of " + wanted + " replicas are updated, " + available + " available",
          wanted > 0,
          hindrance);
    }
  }

  private static boolean isSeen(HasMetadata workload, @Nullable Long observed) {
    var generation = workload.getMetadata().getGeneration();
    return observed != null && generation != null && observed >= generation;
  }

  private static int number(@Nullable Integer value, int otherwise) {
    return value == null ? otherwise : value;
  }
}
