package dev.rekey.demo;

import dev.rekey.api.v1alpha1.ApiKeyRotation;
import dev.rekey.rotation.Reason;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Tells what the operator did and what it waits for, from what everybody can see: the Events that
 * it writes and the status of its resources.
 */
final class OperatorTale implements AutoCloseable {

  /** What it waits for is told from the status; everything else is an Event. */
  private static final Set<Reason> WAITS =
      Set.of(Reason.Settling, Reason.WaitingForConsumers, Reason.Soaking);

  private final Story story;
  private final SharedIndexInformer<Event> events;
  private final SharedIndexInformer<ApiKeyRotation> rotations;
  private final Map<String, String> waited = new ConcurrentHashMap<>();
  private final Map<String, CountDownLatch> latches = new ConcurrentHashMap<>();

  private OperatorTale(KubernetesClient client, String namespace, Story story) {
    this.story = story;
    this.events =
        client
            .v1()
            .events()
            .inNamespace(namespace)
            .runnableInformer(0)
            .addEventHandler(onAny(this::tell));
    this.rotations =
        client
            .resources(ApiKeyRotation.class)
            .inNamespace(namespace)
            .runnableInformer(0)
            .addEventHandler(onAny(this::tellWait));
  }

  static OperatorTale of(KubernetesClient client, String namespace, Story story) {
    OperatorTale tale = new OperatorTale(client, namespace, story);
    tale.events.run();
    tale.rotations.run();
    return tale;
  }

  /** Waits until an Event of this reason was told of this rotation; false: it was not in time. */
  boolean await(String rotation, Reason reason, Duration atMost) throws InterruptedException {
    return latch(rotation, reason).await(atMost.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    events.stop();
    rotations.stop();
  }

  private CountDownLatch latch(String rotation, Reason reason) {
    return latches.computeIfAbsent(rotation + " " + reason, _ -> new CountDownLatch(1));
  }

  private void tell(Event event) {
    Reason reason = Reason.valueOf(event.getReason());
    String rotation = event.getInvolvedObject().getName();
    story.tell(
        Instant.parse(event.getEventTime().getTime()),
        "rotation " + rotation,
        event.getMessage(),
        Why.of(reason));
    latch(rotation, reason).countDown();
  }

  private void tellWait(ApiKeyRotation rotation) {
    var status = rotation.getStatus();
    if (status == null || status.conditions() == null) {
      return;
    }
    status.conditions().stream()
        .filter(condition -> condition.getType().equals("Rotating"))
        .forEach(condition -> {
          Reason reason = Reason.valueOf(condition.getReason());
          if (!WAITS.contains(reason)) {
            return;
          }
          var consumers = status.consumers();
          String text =
              switch (reason) {
                case Settling -> "waits for the nodes";
                case Soaking -> "waits once more: every pod is on the new key";
                default ->
                    consumers == null
                        ? "waits for the pods"
                        : "waits for the pods: "
                            + consumers.moved()
                            + " of "
                            + consumers.total()
                            + " are on the new key";
              };
          String name = rotation.getMetadata().getName();
          if (!text.equals(waited.put(name, text))) {
            story.tell("rotation " + name, text, Why.of(reason));
          }
        });
  }

  private static <T> ResourceEventHandler<T> onAny(java.util.function.Consumer<T> seen) {
    return new ResourceEventHandler<>() {
      @Override
      public void onAdd(T object) {
        seen.accept(object);
      }

      @Override
      public void onUpdate(T before, T object) {
        seen.accept(object);
      }

      @Override
      public void onDelete(T object, boolean finalStateUnknown) {
        // nothing of the story is deleted
      }
    };
  }
}
