package dev.rekey.simulated;

import dev.rekey.api.v1alpha1.ApiKeyRotation;
import dev.rekey.api.v1alpha1.ApiKeyRotationSpec;
import dev.rekey.api.v1alpha1.ApiKeyRotationStatus;
import dev.rekey.api.v1alpha1.DeletionPolicy;
import dev.rekey.cluster.ClusterException;
import dev.rekey.cluster.Events;
import dev.rekey.cluster.Resources;
import dev.rekey.rotation.Consumers.WorkloadRef;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.Reason;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** ApiKeyRotations of one namespace on an API server, and the Events about them. */
final class SimulatedResources implements Resources, Events {
  static final String CLUSTER = "cluster-1";

  private final Effects effects;
  private final Map<String, ApiKeyRotation> stored = new LinkedHashMap<>();
  private final List<String> events = new ArrayList<>();
  private final List<Change> changes = new ArrayList<>();
  private final Map<String, Instant> vanished = new HashMap<>();
  private Consumer<ApiKeyRotation> gone = ended -> {};
  private InstantSource clock = () -> Instant.EPOCH;
  private int uids;

  /** One write or delete, as watches tell it. */
  record Change(Instant at, String name, Optional<ApiKeyRotation> resource) {}

  SimulatedResources(Effects effects) {
    this.effects = effects;
  }

  /** Everything is listed with its time from now on, as watches need it. */
  void tellingWatches(InstantSource time) {
    clock = time;
  }

  /** Everything that watches could have told so far, oldest first. */
  List<Change> changes() {
    return Collections.unmodifiableList(changes);
  }

  private void changed(String name) {
    changes.add(
        new Change(
            clock.instant(),
            name,
            Optional.ofNullable(stored.get(name)).map(SimulatedResources::copy)));
  }

  /** This is told of each resource that ends by itself. */
  void whenOneGoes(Consumer<ApiKeyRotation> told) {
    gone = told;
  }

  /** Whether a resource of this name is there. */
  boolean isThere(String name) {
    return stored.containsKey(name);
  }

  @Override
  public Optional<ApiKeyRotation> get(String namespace, String name) {
    return Optional.ofNullable(stored.get(name))
        .filter(it -> it.getMetadata().getNamespace().equals(namespace))
        .map(SimulatedResources::copy);
  }

  @Override
  public void writeStatus(ApiKeyRotation resource, ApiKeyRotationStatus status) {
    var name = resource.getMetadata().getName();
    effects.perform(
        new Effect(Effect.Kind.STATUS, name, "status: " + status.phase()),
        Effects.doing(
            () ->
                Optional.ofNullable(stored.get(name))
                    .filter(it -> it.getMetadata().getUid().equals(resource.getMetadata().getUid()))
                    .ifPresent(it -> {
                      it.setStatus(status);
                      changed(name);
                    }),
            () -> new ClusterException.Unavailable("ApiKeyRotation " + name, 0)));
  }

  @Override
  public ApiKeyRotation guard(ApiKeyRotation resource, boolean guarded) {
    var name = resource.getMetadata().getName();
    var found =
        Optional.ofNullable(stored.get(name))
            .filter(it -> it.getMetadata().getUid().equals(resource.getMetadata().getUid()))
            .orElseThrow(() -> new ClusterException.NotFound("ApiKeyRotation " + name));
    boolean is = found.getMetadata().getFinalizers().contains(Names.FINALIZER);
    if (is == guarded) {
      return copy(found);
    }
    effects.perform(
        // about the resource itself, as its status is
        new Effect(Effect.Kind.STATUS, name, guarded ? "resource: guarded" : "resource: released"),
        Effects.doing(
            () -> {
              if (stored.get(name) != found) {
                throw new ClusterException.NotFound("ApiKeyRotation " + name);
              }
              found
                  .getMetadata()
                  .setFinalizers(
                      guarded ? new ArrayList<>(List.of(Names.FINALIZER)) : new ArrayList<>());
              endIfNothingKeepsIt(name);
              changed(name);
            },
            () -> new ClusterException.Unavailable("ApiKeyRotation " + name, 0)));
    return copy(found);
  }

  private void endIfNothingKeepsIt(String name) {
    var ended = required(name);
    var meta = ended.getMetadata();
    if (meta.getDeletionTimestamp() != null && meta.getFinalizers().isEmpty()) {
      stored.remove(name);
      gone.accept(ended);
    }
  }

  @Override
  public void tellWorkload(String namespace, WorkloadRef workload, Reason reason, String message) {
    events.add("of " + workload.display() + ", " + reason + ": " + message);
  }

  @Override
  public void tellOperator(HasMetadata about, Reason reason, String message) {
    events.add("to the operator's namespace, " + reason + ": " + message);
  }

  @Override
  public Optional<String> namespaceUid(String name) {
    return Optional.of(CLUSTER);
  }

  @Override
  public void tell(ApiKeyRotation about, Reason reason, String message, boolean warning) {
    events.add(reason + ": " + message);
  }

  /** Every Event so far, as {@code Reason: message}. */
  List<String> events() {
    return List.copyOf(events);
  }

  /** Somebody creates a resource; one of the same name made anew has another UID. */
  void create(String name, ApiKeyRotationSpec spec) {
    var resource = new ApiKeyRotation();
    resource.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(SimulatedSecrets.TEAM)
            .withName(name)
            .withUid("resource-" + ++uids)
            .withCreationTimestamp(clock.instant().truncatedTo(ChronoUnit.SECONDS).toString())
            .withGeneration(1L)
            .build());
    resource.setSpec(spec);
    stored.put(name, resource);
    changed(name);
  }

  /** Somebody edits the spec. */
  void edit(String name, ApiKeyRotationSpec spec) {
    var resource = required(name);
    resource.setSpec(spec);
    resource.getMetadata().setGeneration(resource.getMetadata().getGeneration() + 1);
    changed(name);
  }

  /** Somebody deletes the resource; a finalizer keeps it. */
  void delete(String name) {
    required(name)
        .getMetadata()
        .setDeletionTimestamp(clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
    endIfNothingKeepsIt(name);
    changed(name);
  }

  /** Somebody deletes the resource, and takes its finalizers off by hand. */
  void deleteByForce(String name) {
    if (isDeleting(name)) {
      vanished.put(name, clock.instant());
    }
    stored.remove(name);
    changed(name);
  }

  /** Whether a resource of this name is there and is being deleted. */
  boolean isDeleting(String name) {
    return Optional.ofNullable(stored.get(name))
        .map(it -> it.getMetadata().getDeletionTimestamp() != null)
        .orElse(false);
  }

  /** Whether a resource that was being deleted is gone since {@code instant}. */
  boolean vanishedSince(String name, Instant instant) {
    return Optional.ofNullable(vanished.get(name)).map(it -> !it.isBefore(instant)).orElse(false);
  }

  /** Somebody deletes the status. */
  void wipeStatus(String name) {
    required(name).setStatus(null);
    changed(name);
  }

  /** Somebody annotates the resource. */
  void annotate(String name, String annotation, String value) {
    var meta = required(name).getMetadata();
    var all = new HashMap<>(Optional.ofNullable(meta.getAnnotations()).orElseGet(Map::of));
    all.put(annotation, value);
    meta.setAnnotations(all);
    changed(name);
  }

  /** The status of the resource, where it has one. */
  Optional<ApiKeyRotationStatus> status(String name) {
    return Optional.ofNullable(stored.get(name)).map(ApiKeyRotation::getStatus);
  }

  /** Whether the resource is being deleted, and its keys with it. */
  boolean goesWithItsKeys(String name) {
    return Optional.ofNullable(stored.get(name))
        .filter(it -> it.getMetadata().getDeletionTimestamp() != null)
        .filter(it -> it.getSpec().deletionPolicy() == DeletionPolicy.Revoke)
        .isPresent();
  }

  ApiKeyRotation required(String name) {
    @Nullable ApiKeyRotation found = stored.get(name);
    if (found == null) {
      throw new AssertionError("there is no ApiKeyRotation " + name);
    }
    return found;
  }

  static ApiKeyRotation copy(ApiKeyRotation resource) {
    var copy = new ApiKeyRotation();
    copy.setMetadata(new ObjectMetaBuilder(resource.getMetadata()).build());
    copy.setSpec(resource.getSpec());
    copy.setStatus(resource.getStatus());
    return copy;
  }
}
