package dev.rekey.reconcile;

import dev.rekey.api.v1alpha1.ApiKeyRotation;
import dev.rekey.api.v1alpha1.ApiKeyRotationSpec;
import dev.rekey.api.v1alpha1.IssuerKind;
import dev.rekey.cluster.fabric8.InformedObjects;
import dev.rekey.rotation.Names;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Wakes a resource's pass when its ledger, its Secret or its issuer changes. Only a wake-up: what
 * has changed is found out by looking, and a wake-up that is lost is made up by the next look.
 */
public final class Wakeups extends AbstractEventSource<Secret, ApiKeyRotation> {
  private static final long FIRST_LIST_SECONDS = 60;

  private final Watches watches;
  private final BiPredicate<String, String> waiting;
  private @Nullable IndexerResourceCache<ApiKeyRotation> resources;

  /**
   * Over these watches, which are started and stopped with this event source.
   *
   * @param waiting whether the rotation of a namespace's Secret waits for pods
   */
  public Wakeups(Watches watches, BiPredicate<String, String> waiting) {
    super(Secret.class, "wakeups");
    this.watches = watches;
    this.waiting = waiting;
    watches
        .targets()
        .onChange(it -> wakeOwner(it.getMetadata().getNamespace(), it.getMetadata().getName()));
    watches.inboxes().onChange(this::wakeWhoWaits);
    watches.ledgers().onChange(this::wakeOwner);
    watches
        .keyIssuers()
        .onChange(
            Wakeups::isEdited,
            it ->
                wake(resource ->
                    resource.getMetadata().getNamespace().equals(it.getMetadata().getNamespace())
                        && names(
                            resource.getSpec(), IssuerKind.KeyIssuer, it.getMetadata().getName())));
    watches
        .clusterKeyIssuers()
        .onChange(
            Wakeups::isEdited,
            it ->
                wake(resource ->
                    names(
                        resource.getSpec(),
                        IssuerKind.ClusterKeyIssuer,
                        it.getMetadata().getName())));
  }

  /** Wakes whoever rotates this Secret. */
  public void wakeOwner(String namespace, String secret) {
    wake(resource ->
        resource.getMetadata().getNamespace().equals(namespace)
            && resource.getSpec().secret().name().equals(secret));
  }

  /** The resources that may be woken. */
  void knowing(IndexerResourceCache<ApiKeyRotation> primary) {
    resources = primary;
  }

  @Override
  public void start() {
    super.start();
    var first = watches.all().stream().map(InformedObjects::start).toList();
    try {
      // A pass on a cache that is not filled yet would take a ledger for missing.
      CompletableFuture.allOf(
              first.stream()
                  .map(it -> it.toCompletableFuture())
                  .toArray(CompletableFuture<?>[]::new))
          .get(FIRST_LIST_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException problem) {
      throw new CompletionException("the first lists of what Rekey watches did not come", problem);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new CompletionException("stopped while the first lists came", interrupted);
    }
  }

  @Override
  public void stop() {
    super.stop();
    watches.all().forEach(InformedObjects::close);
  }

  /** The resources as the cache has them. */
  public List<ApiKeyRotation> resources() {
    var all = resources;
    return all == null ? List.of() : all.list().toList();
  }

  @Override
  public Set<Secret> getSecondaryResources(ApiKeyRotation primary) {
    return Set.of();
  }

  /** Whether everything that is watched is there and being watched. */
  public boolean areHealthy() {
    return watches.all().stream().allMatch(InformedObjects::isHealthy);
  }

  /** Wakes the rotations that wait for pods of this namespace, of which some have changed. */
  public void podsChanged(String namespace) {
    wake(resource ->
        resource.getMetadata().getNamespace().equals(namespace)
            && waiting.test(namespace, resource.getSpec().secret().name()));
  }

  private void wakeWhoWaits(Secret inbox) {
    var meta = inbox.getMetadata();
    wake(resource ->
        resource.getMetadata().getNamespace().equals(meta.getNamespace())
            && Names.inbox(resource.getSpec().secret().name()).equals(meta.getName()));
  }

  private void wakeOwner(Secret ledger) {
    var annotations = ledger.getMetadata().getAnnotations();
    var target = annotations == null ? null : annotations.get(Names.LEDGER_TARGET);
    if (target != null) {
      wake(resource ->
          target.equals(
              resource.getMetadata().getNamespace() + "/" + resource.getSpec().secret().name()));
    }
  }

  private void wake(Predicate<ApiKeyRotation> whose) {
    var all = resources;
    if (all == null || !isRunning()) {
      return;
    }
    all.list()
        .filter(whose)
        .map(ResourceID::fromResource)
        .forEach(it -> getEventHandler().handleEvent(new Event(it)));
  }

  /** Marks that Rekey puts on an issuer concern nobody: its generation tells all that matters. */
  private static boolean isEdited(HasMetadata before, HasMetadata after) {
    return !Objects.equals(
            before.getMetadata().getGeneration(), after.getMetadata().getGeneration())
        || !Objects.equals(before.getMetadata().getUid(), after.getMetadata().getUid())
        || !Objects.equals(
            before.getMetadata().getDeletionTimestamp(),
            after.getMetadata().getDeletionTimestamp());
  }

  private static boolean names(ApiKeyRotationSpec spec, IssuerKind kind, String name) {
    return spec.issuerRef().kind() == kind && spec.issuerRef().name().equals(name);
  }
}
