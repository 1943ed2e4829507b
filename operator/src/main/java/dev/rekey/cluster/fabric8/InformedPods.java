package dev.rekey.cluster.fabric8;

import dev.rekey.cluster.ClusterException;
import dev.rekey.cluster.PodWatches;
import dev.rekey.cluster.Watched;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Watches of pods by informers of the fabric8 client, one for each namespace that asks. */
public final class InformedPods implements PodWatches, AutoCloseable {
  private static final long PAGE = 500;
  private static final long FIRST_LIST_SECONDS = 60;

  private final KubernetesClient client;
  private final Map<String, Begun> open = new HashMap<>();
  private Consumer<String> listener = any -> {};

  private record Begun(InformedObjects<Pod> objects, CompletableFuture<Void> first) {}

  /** Over {@code client}, which the caller closes. */
  public InformedPods(KubernetesClient client) {
    this.client = client;
  }

  /** Calls {@code told} with the namespace whenever a pod of a watched one comes, changes, goes. */
  public void onChange(Consumer<String> told) {
    listener = told;
  }

  @Override
  public Watched<Pod> of(String namespace) {
    var pods = opened(namespace);
    var object = "the pods of " + namespace;
    try {
      pods.first().get(FIRST_LIST_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException problem) {
      end(namespace);
      if (problem.getCause() instanceof KubernetesClientException refused) {
        return Calls.call(
            object,
            () -> {
              throw refused;
            });
      }
      throw new ClusterException.Unavailable(object, 0);
    } catch (TimeoutException problem) {
      end(namespace);
      throw new ClusterException.Unavailable(object, 0);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new ClusterException.Unavailable(object, 0);
    }
    return pods.objects();
  }

  /** One that is begun, and whose first list may still be on its way: nobody else waits for it. */
  private synchronized Begun opened(String namespace) {
    var there = open.get(namespace);
    if (there != null && (!there.first().isDone() || there.objects().isHealthy())) {
      return there;
    }
    end(namespace);
    var pods =
        new InformedObjects<>(
            client.pods().inNamespace(namespace).withLimit(PAGE).runnableInformer(0));
    pods.onChange(any -> listener.accept(namespace));
    var begun = new Begun(pods, pods.start().toCompletableFuture());
    open.put(namespace, begun);
    return begun;
  }

  @Override
  public synchronized void end(String namespace) {
    var pods = open.remove(namespace);
    if (pods != null) {
      pods.objects().close();
    }
  }

  @Override
  public synchronized void close() {
    open.values().forEach(it -> it.objects().close());
    open.clear();
  }
}
