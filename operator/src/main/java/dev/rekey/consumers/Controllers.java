package dev.rekey.consumers;

import dev.rekey.cluster.Workloads;
import dev.rekey.rotation.WorkloadKind;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Whose the pods of a namespace are, past their ReplicaSets. Who controls a ReplicaSet hardly ever
 * changes, so it is found out once.
 */
final class Controllers {
  /** The label by which a Deployment tells the pods of its ReplicaSets apart. */
  private static final String HASH = "pod-template-hash";

  private final String namespace;
  private final Workloads workloads;
  private final Supplier<Stream<Template>> held;
  private final Map<String, OwnerReference> ofSets = new HashMap<>();

  /** The UIDs of those ReplicaSets that were told by their names alone. */
  private final Set<String> byName = new HashSet<>();

  /**
   * In one namespace.
   *
   * @param held the workloads that are known
   */
  Controllers(String namespace, Workloads workloads, Supplier<Stream<Template>> held) {
    this.namespace = namespace;
    this.workloads = workloads;
    this.held = held;
  }

  /** Who controls {@code pod}, or the ReplicaSet that does. */
  Optional<OwnerReference> of(Pod pod) {
    return Owners.controller(pod.getMetadata())
        .map(it -> it.getKind().equals("ReplicaSet") ? ofSet(it, pod) : it);
  }

  /** Who controls which ReplicaSet, by the ReplicaSet's UID, as far as anybody has asked. */
  Map<String, OwnerReference> ofSets() {
    return Map.copyOf(ofSets);
  }

  /** Who controls the ReplicaSet of this pod is asked, where only its name has told. */
  void doubt(Pod pod) {
    Owners.controller(pod.getMetadata())
        .filter(it -> byName.contains(it.getUid()))
        .ifPresent(it -> {
          // should it not be answered, it is asked again
          ofSets.put(it.getUid(), read(it).orElse(it));
          byName.remove(it.getUid());
        });
  }

  /** One that was made again under its name has ReplicaSets of its own. */
  void keepOnly(Set<String> workloadUids) {
    ofSets
        .values()
        .removeIf(it -> Template.isStamped(it.getKind()) && !workloadUids.contains(it.getUid()));
    byName.retainAll(ofSets.keySet());
  }

  /** What is controlled by this one is looked at again: it may have been taken over by another. */
  void forget(String controllerUid) {
    ofSets.values().removeIf(it -> it.getUid().equals(controllerUid));
    byName.retainAll(ofSets.keySet());
  }

  private OwnerReference ofSet(OwnerReference set, Pod pod) {
    var known = ofSets.get(set.getUid());
    if (known != null) {
      return known;
    }
    var named = namedAfter(set, pod);
    var found = named.or(() -> read(set)).orElse(set);
    named.ifPresent(_ -> byName.add(set.getUid()));
    ofSets.put(set.getUid(), found);
    return found;
  }

  private Optional<OwnerReference> read(OwnerReference set) {
    return workloads
        .replicaSet(namespace, set.getName())
        .map(ReplicaSet::getMetadata)
        .filter(it -> it.getUid().equals(set.getUid()))
        .flatMap(Owners::controller);
  }

  /**
   * The Deployment that a ReplicaSet is named after, with the hash of its template that its pods
   * carry. Should another one have made up such a name, then its pods are held to be of a workload
   * that is stamped, which is the stricter measure, until that workload is rolled out without them.
   */
  private Optional<OwnerReference> namedAfter(OwnerReference set, Pod pod) {
    return Optional.ofNullable(pod.getMetadata().getLabels())
        .map(it -> it.get(HASH))
        .map(hash -> "-" + hash)
        .filter(set.getName()::endsWith)
        .map(suffix -> set.getName().substring(0, set.getName().length() - suffix.length()))
        .flatMap(name ->
            held.get()
                .filter(it -> it.kind() == WorkloadKind.Deployment)
                .filter(it -> it.meta().getName().equals(name))
                .filter(it -> isOlder(it, pod))
                .findFirst())
        .map(Template::asController);
  }

  /** A pod is not made by what was made later than it. */
  private static boolean isOlder(Template template, Pod pod) {
    var since = template.meta().getCreationTimestamp();
    var made = pod.getMetadata().getCreationTimestamp();
    return since != null && made != null && !Instant.parse(since).isAfter(Instant.parse(made));
  }
}
