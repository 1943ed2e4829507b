package dev.rekey.observe;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The programs that copy a Secret to other namespaces or clusters when its annotations say so. Who
 * reads a copy is not seen, so it is enough that somebody may copy it.
 */
final class Replicators {
  private static final Predicate<String> TRUE = "true"::equalsIgnoreCase;
  private static final Predicate<String> NAMED = it -> !it.isBlank();
  private static final Predicate<String> PRESENT = it -> true;

  private static final List<Sign> SIGNS =
      List.of(
          // emberstack reflector
          new Sign("reflector.v1.k8s.emberstack.com/reflection-allowed", TRUE),
          new Sign("reflector.v1.k8s.emberstack.com/reflection-auto-enabled", TRUE),
          // mittwald kubernetes-replicator
          new Sign("replicator.v1.mittwald.de/replicate-to", NAMED),
          new Sign("replicator.v1.mittwald.de/replicate-to-matching", NAMED),
          new Sign("replicator.v1.mittwald.de/replication-allowed", TRUE),
          // kubed, now Config Syncer: an empty value means every namespace
          new Sign("kubed.appscode.com/sync", PRESENT),
          new Sign("kubed.appscode.com/sync-contexts", NAMED));

  private Replicators() {}

  /** An annotation, and which values of it have a Secret copied. */
  private record Sign(String annotation, Predicate<String> copies) {}

  /** Those of {@code annotations} by which the Secret that carries them is copied. */
  static List<String> of(Map<String, String> annotations) {
    return SIGNS.stream()
        .filter(it -> annotations.containsKey(it.annotation()))
        .filter(it -> it.copies().test(annotations.get(it.annotation())))
        .map(Sign::annotation)
        .toList();
  }
}
