package dev.rekey.simulated;

import dev.rekey.cluster.Watched;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One process's cache of the Secrets of one label, as far behind as its watch is. */
final class LaggingSecrets implements Watched<Secret> {
  private final SimulatedSecrets secrets;
  private final String label;
  private final Lag lag;
  private final Map<String, Secret> known = new TreeMap<>();
  private int told;

  LaggingSecrets(SimulatedSecrets secrets, String label, Lag lag) {
    this.secrets = secrets;
    this.label = label;
    this.lag = lag;
  }

  private void catchUp() {
    var changes = secrets.changes();
    var visible = lag.visible();
    while (told < changes.size() && !changes.get(told).at().isAfter(visible)) {
      var change = changes.get(told++);
      change
          .secret()
          .ifPresentOrElse(it -> known.put(change.path(), it), () -> known.remove(change.path()));
    }
  }

  @Override
  public Optional<Secret> get(String namespace, String name) {
    catchUp();
    return Optional.ofNullable(known.get(SimulatedSecrets.path(namespace, name)))
        .filter(this::isLabelled);
  }

  @Override
  public List<Secret> all() {
    catchUp();
    return known.values().stream().filter(this::isLabelled).toList();
  }

  private boolean isLabelled(Secret secret) {
    var labels = secret.getMetadata().getLabels();
    return labels != null && labels.containsKey(label);
  }
}
