package dev.rekey.consumers;

import dev.rekey.consumers.RollingNamespace.View;
import dev.rekey.rotation.Hindrance;
import dev.rekey.rotation.Reason;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who makes a namespace's pods, and so whether a stamp reaches them. */
final class Owners {
  private final Map<String, Template> byUid = new HashMap<>();
  private final Map<String, OwnerReference> ofSets;
  private final Map<String, String> unknownRollouts;
  private final String secret;

  /**
   * Who makes a pod.
   *
   * @param workload the workload that Rekey restarts; empty: something else, or nobody, or one
   *     whose template does not read the Secret
   * @param hindrance why the pod does not follow a new template
   * @param ordered whether that workload replaces no pod while one of its pods is not ready
   * @param toldByAge whether that workload is restarted without a stamp
   */
  record Owner(
      Optional<String> workload,
      Optional<Hindrance> hindrance,
      boolean ordered,
      boolean toldByAge) {
    /** Whoever makes a pod does not read the Secret: the pod's volume does. */
    static Owner ofVolume(String claim) {
      return notStamped(
          Reason.VolumeReadsSecret,
          "mounts PersistentVolumeClaim "
              + claim
              + ", whose PersistentVolume refers to the Secret; restart it by hand once the storage"
              + " takes the new key");
    }

    private static Owner notStamped(Reason reason, String why) {
      return new Owner(Optional.empty(), Optional.of(new Hindrance(reason, why)), false, false);
    }
  }

  private Owners(
      Map<String, OwnerReference> ofSets, Map<String, String> unknownRollouts, String secret) {
    this.ofSets = ofSets;
    this.unknownRollouts = unknownRollouts;
    this.secret = secret;
  }

  /** As far as it matters to {@code secret}. */
  static Owners of(View view, String secret) {
    var owners = new Owners(view.controllers(), view.unknownRollouts(), secret);
    view.templates().forEach(it -> owners.byUid.put(it.meta().getUid(), it));
    return owners;
  }

  /** Who controls which of these ReplicaSets, by the ReplicaSet's UID. */
  static Map<String, OwnerReference> ofSets(List<ReplicaSet> sets) {
    var controllers = new HashMap<String, OwnerReference>();
    for (var set : sets) {
      controller(set.getMetadata())
          .ifPresent(it -> controllers.put(set.getMetadata().getUid(), it));
    }
    return controllers;
  }

  Owner of(Pod pod) {
    var direct = controller(pod.getMetadata());
    if (direct.isEmpty()) {
      return Owner.notStamped(
          Reason.BarePod,
          "belongs to no workload that Rekey restarts; restart it by hand, or delete it");
    }
    var owner = Optional.ofNullable(ofSets.get(direct.get().getUid())).orElse(direct.get());
    return Optional.ofNullable(byUid.get(owner.getUid()))
        .map(it -> made(pod, it))
        .orElseGet(() ->
            ArgoRollouts.owns(owner)
                ? Owner.notStamped(
                    Reason.OtherController,
                    unknownRollouts.getOrDefault(owner.getUid(), ArgoRollouts.notThere(owner)))
                : notStamped(owner));
  }

  private Owner made(Pod pod, Template template) {
    var hindrance = template.hindrance(pod);
    if (template.reading(secret).isPresent()) {
      return new Owner(
          Optional.of(template.display()),
          hindrance,
          template.ordered(),
          !template.kind().stamped());
    }
    // A rollout that is under way replaces the pods from before. One that is over has left them:
    // somebody else adds the Secret to each pod, and no stamp says whether it is restarted.
    return hindrance.isEmpty() && template.progress().done()
        ? Owner.notStamped(
            Reason.OtherController,
            "belongs to "
                + template.display()
                + ", whose template does not read the Secret, so Rekey does not restart it;"
                + " restart it by hand")
        : new Owner(Optional.empty(), hindrance, false, false);
  }

  private static Owner notStamped(OwnerReference owner) {
    var name = owner.getKind() + " " + owner.getName();
    return switch (owner.getKind()) {
      case "Job" ->
          Owner.notStamped(
              Reason.RunningJob,
              "runs for " + name + ", which is not restarted; let it finish, or delete it");
      case "ReplicaSet", "ReplicationController" ->
          Owner.notStamped(
              Reason.BareReplicaSet,
              "belongs to "
                  + name
                  + ", which does not replace pods when its template changes; restart it by hand:"
                  + " delete the pod");
      default ->
          Owner.notStamped(
              Reason.OtherController,
              "belongs to "
                  + name
                  + ", which is no workload that Rekey restarts; restart it by hand");
    };
  }

  /** Who keeps an object as it wants it. */
  static Optional<OwnerReference> controller(ObjectMeta meta) {
    return meta.getOwnerReferences().stream()
        .filter(it -> Boolean.TRUE.equals(it.getController()))
        .findFirst();
  }
}
