package dev.rekey.cluster.fabric8;

import dev.rekey.cluster.Watched;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BiPredicate;
import java.util.function.Consumer;

/** Objects kept up to date by an informer of the fabric8 client. */
public final class InformedObjects<T extends HasMetadata> implements Watched<T>, AutoCloseable {
  private final SharedIndexInformer<T> informer;

  /** Over {@code informer}, which is not started yet and belongs to this object from now on. */
  public InformedObjects(SharedIndexInformer<T> informer) {
    this.informer = informer;
  }

  /** Calls {@code listener} with each object that came, changed or went. */
  public void onChange(Consumer<T> listener) {
    onChange((before, after) -> true, listener);
  }

  /** The same, but of updates calls it only with those that {@code matter}, before and after. */
  public void onChange(BiPredicate<T, T> matter, Consumer<T> listener) {
    informer.addEventHandler(
        new ResourceEventHandler<T>() {
          @Override
          public void onAdd(T added) {
            listener.accept(added);
          }

          @Override
          public void onUpdate(T before, T after) {
            if (matter.test(before, after)) {
              listener.accept(after);
            }
          }

          @Override
          public void onDelete(T deleted, boolean finalStateUnknown) {
            listener.accept(deleted);
          }
        });
  }

  /** Starts to list and watch; done when the first list is there. */
  public CompletionStage<Void> start() {
    return informer.start();
  }

  /** Whether it has listed once and watches. */
  public boolean isHealthy() {
    return informer.hasSynced() && informer.isRunning();
  }

  /** Whether it hears of changes at this moment: one that breaks off is begun anew by itself. */
  boolean isWatching() {
    return informer.isWatching();
  }

  @Override
  public Optional<T> get(String namespace, String name) {
    return Optional.ofNullable(
        informer.getStore().getByKey(Cache.namespaceKeyFunc(namespace, name)));
  }

  @Override
  public List<T> all() {
    return informer.getStore().list();
  }

  @Override
  public void close() {
    informer.stop();
  }
}
