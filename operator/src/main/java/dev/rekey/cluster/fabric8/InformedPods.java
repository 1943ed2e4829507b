package dev.rekey.cluster.fabric8;

import dev.rekey.cluster.ClusterException;
import dev.rekey.cluster.PodWatches;
import dev.rekey.cluster.Watched;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Watches of pods by informers of the fabric8 client, one for each namespace that asks. */
public final class InformedPods implements PodWatches, AutoCloseable {
  private static final long PAGE = 500;
  private static final long FIRST_LIST_SECONDS = 60;

  private final KubernetesClient client;
  private final Map<String, InformedObjects<Pod>> open = new HashMap<>();
  private Consumer<String> listener = any -> {};

  /** Over {@code client}, which the caller closes. */
  public InformedPods(KubernetesClient client) {
    this.client = client;
  }

  /** Calls {@code told} with the namespace whenever a pod of a watched one comes, changes, goes. */
  public void onChange(Consumer<String> told) {
    listener = told;
  }

  @Override
  public synchronized Watched<Pod> of(String namespace) {
    var there = open.get(namespace);
    if (there != null && there.isHealthy()) {
      return there;
    }
    end(namespace);
    var pods =
        new InformedObjects<>(
            client.pods().inNamespace(namespace).withLimit(PAGE).runnableInformer(0));
    pods.onChange(any -> listener.accept(namespace));
    open.put(namespace, pods);
    try {
      pods.start().toCompletableFuture().get(FIRST_LIST_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException problem) {
      end(namespace);
      throw new ClusterException.Unavailable("the pods of " + namespace, 0);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      end(namespace);
      throw new ClusterException.Unavailable("the pods of " + namespace, 0);
    }
    return pods;
  }

  @Override
  public synchronized void end(String namespace) {
    var pods = open.remove(namespace);
    if (pods != null) {
      pods.close();
    }
  }

  @Override
  public synchronized void close() {
    open.values().forEach(InformedObjects::close);
    open.clear();
  }
}
