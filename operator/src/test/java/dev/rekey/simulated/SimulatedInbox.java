package dev.rekey.simulated;

import dev.rekey.cluster.ClusterException;
import dev.rekey.cluster.Inboxes;
import dev.rekey.cluster.Watched;
import dev.rekey.rotation.Names;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The one inbox there is, into which a person puts keys. Its deletion is an effect. */
final class SimulatedInbox implements Inboxes, Watched<Secret> {
  private final SimulatedClock clock;
  private final Effects effects;
  private Optional<Secret> stored = Optional.empty();
  private int version;

  SimulatedInbox(SimulatedClock clock, Effects effects) {
    this.clock = clock;
    this.effects = effects;
  }

  /** A person makes it, or writes it anew. */
  void put(Map<String, String> data) {
    version++;
    stored =
        Optional.of(
            new SecretBuilder()
                .withNewMetadata()
                .withNamespace(SimulatedSecrets.TEAM)
                .withName(Names.inbox(SimulatedSecrets.TARGET))
                .withUid("inbox-1")
                .withResourceVersion(String.valueOf(version))
                .withCreationTimestamp(clock.instant().toString())
                .addToLabels(Names.INBOX_LABEL, "true")
                .endMetadata()
                .withData(encoded(data))
                .build());
  }

  private static Map<String, String> encoded(Map<String, String> data) {
    return data.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, it -> SimulatedSecrets.encode(it.getValue())));
  }

  boolean isEmpty() {
    return stored.isEmpty();
  }

  @Override
  public Optional<Secret> get(String namespace, String name) {
    return stored.filter(it -> it.getMetadata().getName().equals(name));
  }

  @Override
  public List<Secret> all() {
    return stored.stream().toList();
  }

  @Override
  public void delete(Secret read) {
    var what = "inbox " + read.getMetadata().getName();
    effects.perform(
        new Effect(Effect.Kind.SECRET, read.getMetadata().getName(), what + " is deleted"),
        Effects.doing(
            () -> {
              var found = stored.orElseThrow(() -> new ClusterException.NotFound(what));
              if (!found
                  .getMetadata()
                  .getResourceVersion()
                  .equals(read.getMetadata().getResourceVersion())) {
                throw new ClusterException.Conflict(what);
              }
              stored = Optional.empty();
            },
            () -> new ClusterException.Unavailable(what, 0)));
  }
}
