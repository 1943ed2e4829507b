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
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The Argo Rollouts that own pods, each asked for once in a look and only where a pod that reads
 * the Secret is theirs: where nobody has Argo, nobody is asked. A Rollout without such a pod has
 * nothing to restart.
 */
final class ArgoRollouts {
  private static final String GROUP = "argoproj.io/";

  private final Rollouts rollouts;
  private final String namespace;
  private final List<Template> deployments;
  private final Instant now;
  private final Map<String, Asked> asked = new LinkedHashMap<>();

  ArgoRollouts(Rollouts rollouts, String namespace, List<Template> templates, Instant now) {
    this.rollouts = rollouts;
    this.namespace = namespace;
    this.deployments =
        templates.stream().filter(it -> it.kind() == WorkloadKind.Deployment).toList();
    this.now = now;
  }

  /** What came of asking for a Rollout. */
  private sealed interface Asked {

    /** It is there. */
    record Found(Template template, Optional<String> deployment) implements Asked {}

    /** It cannot be restarted, for what is said of its pods. */
    record NotKnown(String why) implements Asked {}
  }

  static boolean owns(OwnerReference owner) {
    return ArgoRollout.KIND.equals(owner.getKind())
        && owner.getApiVersion() != null
        && owner.getApiVersion().startsWith(GROUP);
  }

  /** What a pod of the Rollout is made from; empty: {@link #whyNot} says why nobody knows. */
  Optional<Template> of(OwnerReference owner) {
    return ask(owner) instanceof Asked.Found(var template, _)
        ? Optional.of(template)
        : Optional.empty();
  }

  /** Why the Rollout is not restarted, to go on after a pod's name. */
  String whyNot(OwnerReference owner) {
    return ask(owner) instanceof Asked.NotKnown(var why) ? why : "";
  }

  /** Those that were found. */
  Stream<Template> found() {
    return all().map(Asked.Found::template);
  }

  /**
   * Whether a Deployment only lends its template to a Rollout, and has no pods of its own. A stamp
   * on it would send the Rollout through all its steps, beside the restart.
   */
  boolean borrow(Template template) {
    return template.kind() == WorkloadKind.Deployment
        && !template.progress().wantsPods()
        && all().anyMatch(it -> it.deployment().equals(Optional.of(template.meta().getName())));
  }

  private Stream<Asked.Found> all() {
    return asked.values().stream()
        .flatMap(it -> it instanceof Asked.Found found ? Stream.of(found) : Stream.empty());
  }

  private Asked ask(OwnerReference owner) {
    return asked.computeIfAbsent(owner.getUid(), any -> ask(owner, owner.getName()));
  }

  private Asked ask(OwnerReference owner, String name) {
    var belongs = "belongs to Rollout " + name + ", ";
    Optional<ArgoRollout> answer;
    try {
      answer = rollouts.rollout(namespace, name);
    } catch (ClusterException.Refused notAllowed) {
      return new Asked.NotKnown(
          belongs
              + "which Rekey may not look at; let it get and patch rollouts.argoproj.io, or restart"
              + " it by hand");
    }
    // one that was made again under its name is another one
    var rollout =
        answer.filter(it -> Objects.equals(it.meta().getUid(), owner.getUid())).orElse(null);
    if (rollout == null) {
      return new Asked.NotKnown(
          belongs + "which is not there as argoproj.io/v1alpha1; restart it by hand");
    }
    var pods = rollout.template().or(() -> rollout.deployment().flatMap(this::templateOf));
    return pods.<Asked>map(it -> new Asked.Found(template(rollout, it), rollout.deployment()))
        .orElseGet(() ->
            new Asked.NotKnown(
                belongs
                    + "whose spec.workloadRef names no Deployment that is there; restart it by"
                    + " hand"));
  }

  private Optional<PodTemplateSpec> templateOf(String deployment) {
    return deployments.stream()
        .filter(it -> deployment.equals(it.meta().getName()))
        .map(Template::pods)
        .findFirst();
  }

  private Template template(ArgoRollout rollout, PodTemplateSpec pods) {
    return new Template(
        WorkloadKind.Rollout,
        rollout.meta(),
        pods,
        progress(rollout, now),
        0,
        false,
        rollout.restartAt());
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
