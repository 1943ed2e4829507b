package dev.rekey.cluster;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.time.Instant;
import java.util.Optional;

/**
 * An Argo Rollout, as far as a restart of it goes.
 *
 * @param meta its metadata
 * @param template its own pod template; empty: it takes that of another workload
 * @param deployment the Deployment whose template it takes
 * @param paused whether {@code spec.paused} is true
 * @param restartAt when its pods are to be restarted: none is to be older than this
 * @param restartedAt the {@code restartAt} that its controller has done
 * @param seen whether its controller has seen it as it is
 * @param wanted how many pods it is to have
 * @param there how many it has, of every template that {@code available} counts
 * @param available how many of them serve; of a blue-green one only those of its active ReplicaSet
 *     are counted
 */
public record ArgoRollout(
    ObjectMeta meta,
    Optional<PodTemplateSpec> template,
    Optional<String> deployment,
    boolean paused,
    Optional<Instant> restartAt,
    Optional<Instant> restartedAt,
    boolean seen,
    int wanted,
    int there,
    int available) {
  /** The API version of the kind. */
  public static final String API_VERSION = "argoproj.io/v1alpha1";

  /** The kind, as owner references name it. */
  public static final String KIND = "Rollout";
}
