package dev.rekey.consumers;

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
  private final Map<String, OwnerReference> ofSets = new HashMap<>();

  /** Who makes a pod. */
  sealed interface Owner {
    /**
     * A workload whose template Rekey stamps.
     *
     * @param hindrance why the pod does not follow the template
     */
    record Stamped(Optional<Hindrance> hindrance) implements Owner {}

    /** Something else, or nobody: a person restarts it. */
    record NotStamped(Hindrance why) implements Owner {}
  }

  private Owners() {}

  static Owners of(List<Template> templates, List<ReplicaSet> sets) {
    var owners = new Owners();
    templates.forEach(it -> owners.byUid.put(it.meta().getUid(), it));
    for (var set : sets) {
      controller(set.getMetadata())
          .ifPresent(it -> owners.ofSets.put(set.getMetadata().getUid(), it));
    }
    return owners;
  }

  Owner of(Pod pod) {
    var direct = controller(pod.getMetadata());
    if (direct.isEmpty()) {
      return new Owner.NotStamped(
          new Hindrance(
              Reason.BarePod,
              "belongs to no workload that Rekey restarts; restart it by hand, or delete it"));
    }
    var above = Optional.ofNullable(ofSets.get(direct.get().getUid()));
    var template = Optional.ofNullable(byUid.get(above.orElse(direct.get()).getUid()));
    return template
        .<Owner>map(it -> new Owner.Stamped(it.hindrance(pod)))
        .orElseGet(() -> new Owner.NotStamped(notStamped(above.orElse(direct.get()))));
  }

  private static Hindrance notStamped(OwnerReference owner) {
    var name = owner.getKind() + " " + owner.getName();
    return switch (owner.getKind()) {
      case "Job" ->
          new Hindrance(
              Reason.RunningJob,
              "runs for " + name + ", which is not restarted; let it finish, or delete it");
      case "ReplicaSet", "ReplicationController" ->
          new Hindrance(
              Reason.BareReplicaSet,
              "belongs to "
                  + name
                  + ", which does not replace pods when its template changes; restart it by hand:"
                  + " delete the pod");
      default ->
          new Hindrance(
              Reason.OtherController,
              "belongs to "
                  + name
                  + ", which is no workload that Rekey restarts; restart it by hand");
    };
  }

  private static Optional<OwnerReference> controller(ObjectMeta meta) {
    return meta.getOwnerReferences().stream()
        .filter(it -> Boolean.TRUE.equals(it.getController()))
        .findFirst();
  }
}
