package dev.rekey.consumers;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import org.jspecify.annotations.Nullable;

/** How far a Deployment's rollout is, by its own status. */
final class RolloutProgress {
  private RolloutProgress() {}

  /** Its controller has seen the template, and every replica is of it and available. */
  static boolean isDone(Deployment deployment) {
    var status = deployment.getStatus();
    int wanted = wanted(deployment);
    return status != null
        && hasSeen(deployment, status)
        && number(status.getReplicas(), 0) == wanted
        && number(status.getUpdatedReplicas(), 0) == wanted
        && number(status.getAvailableReplicas(), 0) == wanted;
  }

  static String describe(Deployment deployment) {
    if (Boolean.TRUE.equals(deployment.getSpec().getPaused())) {
      return "is paused; resume it to let its pods move";
    }
    var status = deployment.getStatus();
    if (status == null || !hasSeen(deployment, status)) {
      return "its controller has not seen the new template yet";
    }
    return number(status.getUpdatedReplicas(), 0)
        + " of "
        + wanted(deployment)
        + " replicas are updated, "
        + number(status.getAvailableReplicas(), 0)
        + " available";
  }

  /** So many pods are asked for; one, where nothing is said. */
  static int wanted(Deployment deployment) {
    return number(deployment.getSpec().getReplicas(), 1);
  }

  private static boolean hasSeen(Deployment deployment, DeploymentStatus status) {
    return status.getObservedGeneration() != null
        && deployment.getMetadata().getGeneration() != null
        && status.getObservedGeneration() >= deployment.getMetadata().getGeneration();
  }

  private static int number(@Nullable Integer value, int otherwise) {
    return value == null ? otherwise : value;
  }
}
