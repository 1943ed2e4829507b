package dev.rekey.simulated;

import dev.rekey.api.v1alpha1.ApiKeyRotation;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One process's cache of ApiKeyRotations, as far behind as its watch is. */
final class LaggingResources {
  private final SimulatedResources resources;
  private final Lag lag;
  private final Map<String, ApiKeyRotation> known = new TreeMap<>();
  private int told;

  LaggingResources(SimulatedResources resources, Lag lag) {
    this.resources = resources;
    this.lag = lag;
  }

  /** The resources as the cache has them. */
  List<ApiKeyRotation> all() {
    var changes = resources.changes();
    var visible = lag.visible();
    while (told < changes.size() && !changes.get(told).at().isAfter(visible)) {
      var change = changes.get(told++);
      change
          .resource()
          .ifPresentOrElse(it -> known.put(change.name(), it), () -> known.remove(change.name()));
    }
    return List.copyOf(known.values());
  }
}
