package dev.rekey.cluster.fabric8;

import dev.rekey.cluster.ClusterException;
import dev.rekey.cluster.PodWatches;
import dev.rekey.cluster.Watched;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches of pods by informers of the fabric8 client, one for each namespace that asks. */
public final class InformedPods implements PodWatches, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(InformedPods.class);
  private static final long PAGE = 500;
  private static final long FIRST_LIST_SECONDS = 60;

  private final KubernetesClient client;
  private final InstantSource clock;
  private final Map<String, Begun> open = new HashMap<>();

  /** Of namespaces whose watch does not work, also while nobody asks for it. */
  private final Map<String, WatchHealth> health = new HashMap<>();

  private Consumer<String> listener = any -> {};

  private record Begun(InformedObjects<Pod> objects, CompletableFuture<Void> first) {}

  /** Over {@code client}, which the caller closes. */
  public InformedPods(KubernetesClient client, InstantSource clock) {
    this.client = client;
    this.clock = clock;
  }

  /** Calls {@code told} with the namespace whenever a pod of a watched one comes, changes, goes. */
  public void onChange(Consumer<String> told) {
    listener = told;
  }

  @Override
  public Optional<Watched<Pod>> of(String namespace) {
    var begun = opened(namespace);
    if (begun.isEmpty()) {
      return Optional.empty();
    }
    try {
      begun.get().first().get(FIRST_LIST_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException problem) {
      failed(namespace, begun.get(), isRefused(problem), clock.instant());
      return Optional.empty();
    } catch (TimeoutException problem) {
      failed(namespace, begun.get(), false, clock.instant());
      return Optional.empty();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new ClusterException.Unavailable("the pods of " + namespace, 0);
    }
    return trusted(namespace, begun.get(), clock.instant());
  }

  /** One that is begun, and whose first list may still be on its way: nobody else waits for it. */
  private synchronized Optional<Begun> opened(String namespace) {
    var there = open.get(namespace);
    if (there != null && (!there.first().isDone() || there.objects().isHealthy())) {
      return Optional.of(there);
    }
    if (there != null && !there.first().isCompletedExceptionally()) {
      // it was there, and has ended by itself
      failed(namespace, there, false, clock.instant());
    }
    if (!health(namespace).mayBegin(clock.instant())) {
      return Optional.empty();
    }
    end(namespace);
    var pods =
        new InformedObjects<>(
            client.pods().inNamespace(namespace).withLimit(PAGE).runnableInformer(0));
    pods.onChange(any -> listener.accept(namespace));
    var begun = new Begun(pods, pods.start().toCompletableFuture());
    open.put(namespace, begun);
    return Optional.of(begun);
  }

  /** A watch that breaks off tells nothing, and looks like one where nothing happens. */
  private synchronized Optional<Watched<Pod>> trusted(String namespace, Begun begun, Instant now) {
    if (begun.objects().isWatching()) {
      var before = health.remove(namespace);
      if (before != null && before.wasTold()) {
        log.info("The pods of namespace {} are watched again.", namespace);
      }
      return Optional.of(begun.objects());
    }
    if (health(namespace).isTrustedThoughSilent(now)) {
      return Optional.of(begun.objects());
    }
    tell(namespace, false, now);
    return Optional.empty();
  }

  private synchronized void failed(String namespace, Begun begun, boolean refused, Instant now) {
    if (open.remove(namespace, begun)) {
      begun.objects().close();
      health(namespace).failed(refused, now);
      tell(namespace, refused, now);
    }
  }

  /** Once, until it works. */
  private void tell(String namespace, boolean refused, Instant now) {
    if (health(namespace).tellsOfTrouble(now)) {
      log.warn(
          "The pods of namespace {} cannot be watched: {}. They are listed at every look instead,"
              + " which costs the API server more. Let the operator's role list and watch pods"
              + " there, and look at what is between it and the API server.",
          namespace,
          refused ? "the API server refuses it" : "the watch breaks off again and again");
    }
  }

  private WatchHealth health(String namespace) {
    return health.computeIfAbsent(namespace, any -> new WatchHealth());
  }

  private static boolean isRefused(Throwable problem) {
    for (var cause = problem; cause != null; cause = cause.getCause()) {
      if (cause instanceof KubernetesClientException it
          && (it.getCode() == HttpURLConnection.HTTP_FORBIDDEN
              || it.getCode() == HttpURLConnection.HTTP_UNAUTHORIZED)) {
        return true;
      }
    }
    return false;
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
