package dev.rekey.consumers;

import dev.rekey.cluster.ArgoRollout;
import dev.rekey.cluster.ClusterException;
import dev.rekey.cluster.Rollouts;
import dev.rekey.rotation.Hindrance;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Timestamps;
import dev.rekey.rotation.WorkloadKind;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Argo Rollouts, each asked for by its name and only where a pod that reads the Secret is its:
 * where nobody has Argo, nobody is asked. A Rollout without such a pod has nothing to restart.
 */
final class ArgoRollouts {
  private static final String GROUP = "argoproj.io/";

  private final Rollouts rollouts;
  private final String namespace;

  ArgoRollouts(Rollouts rollouts, String namespace) {
    this.rollouts = rollouts;
    this.namespace = namespace;
  }

  /** What came of asking for a Rollout. */
  sealed interface Answer {

    /** What its pods are made from. */
    record Found(Template template) implements Answer {}

    /**
     * It cannot be restarted.
     *
     * @param why to go on after a pod's name
     */
    record NotKnown(String why) implements Answer {}
  }

  static boolean owns(OwnerReference owner) {
    return ArgoRollout.KIND.equals(owner.getKind())
        && owner.getApiVersion() != null
        && owner.getApiVersion().startsWith(GROUP);
  }

  /** The Rollouts among those that control pods, each once. */
  static List<OwnerReference> among(Stream<OwnerReference> controllers) {
    var byUid = new LinkedHashMap<String, OwnerReference>();
    controllers.filter(ArgoRollouts::owns).forEach(it -> byUid.putIfAbsent(it.getUid(), it));
    return List.copyOf(byUid.values());
  }

  /**
   * Whether a Deployment only lends its template to a Rollout, and has no pods of its own. A stamp
   * on it would send the Rollout through all its steps, beside the restart.
   */
  static boolean isLent(Template deployment, List<Template> templates) {
    return deployment.kind() == WorkloadKind.Deployment
        && !deployment.progress().wantsPods()
        && templates.stream()
            .flatMap(it -> it.rollout().stream())
            .flatMap(it -> it.deployment().stream())
            .anyMatch(it -> it.equals(deployment.meta().getName()));
  }

  /** Why a Rollout that is not there is not restarted, to go on after a pod's name. */
  static String notThere(OwnerReference owner) {
    return belongs(owner.getName())
        + "which is not there as "
        + ArgoRollout.API_VERSION
        + "; restart it by hand";
  }

  /**
   * Asks for the Rollout of this name and UID.
   *
   * @param templates of the workloads that are known, since a Rollout may take that of one of them
   */
  Answer ask(OwnerReference owner, List<Template> templates, Instant now) {
    Optional<ArgoRollout> answer;
    try {
      answer = rollouts.rollout(namespace, owner.getName());
    } catch (ClusterException.Refused notAllowed) {
      return new Answer.NotKnown(
          belongs(owner.getName())
              + "which Rekey may not look at; let it get and patch rollouts.argoproj.io, or restart"
              + " it by hand");
    }
    // one that was made again under its name is another one
    return answer
        .filter(it -> Objects.equals(it.meta().getUid(), owner.getUid()))
        .map(it -> made(it, templates, now))
        .orElseGet(() -> new Answer.NotKnown(notThere(owner)));
  }

  /** What is known of a Rollout that is there. */
  static Answer made(ArgoRollout rollout, List<Template> templates, Instant now) {
    var pods =
        rollout.template().or(() -> rollout.deployment().flatMap(it -> templateOf(it, templates)));
    return pods.<Answer>map(it -> new Answer.Found(template(rollout, it, now)))
        .orElseGet(() ->
            new Answer.NotKnown(
                belongs(rollout.meta().getName())
                    + "whose spec.workloadRef names no Deployment that is there; restart it by"
                    + " hand"));
  }

  private static String belongs(String rollout) {
    return "belongs to Rollout " + rollout + ", ";
  }

  private static Optional<PodTemplateSpec> templateOf(String deployment, List<Template> templates) {
    return templates.stream()
        .filter(it -> it.kind() == WorkloadKind.Deployment)
        .filter(it -> deployment.equals(it.meta().getName()))
        .map(Template::pods)
        .findFirst();
  }

  private static Template template(ArgoRollout rollout, PodTemplateSpec pods, Instant now) {
    return new Template(
        WorkloadKind.Rollout,
        rollout.meta(),
        pods,
        progress(rollout, now),
        0,
        false,
        Optional.of(rollout));
  }

  /**
   * A restart changes no template, so it does not matter how many pods are of the newest one: a
   * Rollout may stand at a step for days. All that are there have to serve.
   */
  private static RolloutProgress progress(ArgoRollout it, Instant now) {
    boolean restarting =
        it.restartAt()
            .filter(at -> !at.isAfter(now))
            .filter(at -> !it.restartedAt().equals(Optional.of(at)))
            .isPresent();
    var standing =
        !it.seen()
            ? "its controller has not seen it as it is yet"
            : it.available()
                + " of "
                + it.wanted()
                + " replicas are available"
                + (restarting ? ", and its pods are being restarted" : "");
    return new RolloutProgress(
        it.seen() && !restarting && it.available() == it.there() && it.available() >= it.wanted(),
        standing,
        it.wanted() > 0,
        hindrance(it, now));
  }

  private static Optional<Hindrance> hindrance(ArgoRollout it, Instant now) {
    var name = "Rollout " + it.meta().getName();
    if (it.paused()) {
      return Optional.of(
          new Hindrance(
              Reason.WorkloadPaused,
              "waits: " + name + " is paused; resume it if its pods do not move"));
    }
    return it.restartAt()
        .filter(at -> at.isAfter(now))
        .map(at ->
            new Hindrance(
                Reason.RestartLater,
                "waits: spec.restartAt of "
                    + name
                    + " is "
                    + Timestamps.of(at)
                    + "; set it to a time that is over, or wait"));
  }
}
