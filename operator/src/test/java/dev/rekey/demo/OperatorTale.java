package dev.rekey.demo;

import dev.rekey.api.v1alpha1.ApiKeyRotation;
import dev.rekey.rotation.Reason;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Tells what the operator does and what it waits for, from what everybody can see: the Events that
 * it writes and the status of its resources.
 */
final class OperatorTale implements AutoCloseable {

  private final Story story;
  private final Why why;
  private final SharedIndexInformer<Event> events;
  private final SharedIndexInformer<ApiKeyRotation> rotations;
  private final Map<String, String> lastWait = new ConcurrentHashMap<>();
  private final Map<String, CountDownLatch> latches = new ConcurrentHashMap<>();

  private OperatorTale(KubernetesClient client, String namespace, Story story, Why why) {
    this.story = story;
    this.why = why;
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

  static OperatorTale of(KubernetesClient client, String namespace, Story story, Why why) {
    OperatorTale tale = new OperatorTale(client, namespace, story, why);
    tale.events.run();
    tale.rotations.run();
    return tale;
  }

  /** Waits until this has been told of this rotation; false: it was not told in time. */
  boolean await(String rotation, Reason reason, Instant until) throws InterruptedException {
    return latch(rotation, reason)
        .await(Duration.between(Instant.now(), until).toMillis(), TimeUnit.MILLISECONDS);
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
        why.of(reason, event.getMessage()));
    latch(rotation, reason).countDown();
  }

  private void tellWait(ApiKeyRotation rotation) {
    if (rotation.getStatus() == null || rotation.getStatus().conditions() == null) {
      return;
    }
    for (Condition condition : rotation.getStatus().conditions()) {
      if (condition.getType().equals("Rotating")) {
        tellWait(rotation.getMetadata().getName(), condition);
      }
    }
  }

  private void tellWait(String rotation, Condition condition) {
    Reason reason = Reason.valueOf(condition.getReason());
    String message = condition.getMessage();
    String happens =
        switch (reason) {
          case Settling -> "waits before it restarts any pod";
          case WaitingForConsumers -> "waits (" + message.replaceFirst("; behind: .*", "") + ")";
          case Soaking -> "waits once more, now that every pod is on the new key";
          default -> "";
        };
    String before = lastWait.put(rotation, happens);
    if (!happens.isEmpty() && !happens.equals(before)) {
      story.tell("rotation " + rotation, happens, why.of(reason, message));
    }
  }

  private static <T> ResourceEventHandler<T> onAny(Consumer<T> seen) {
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
        // that something went is told by others
      }
    };
  }
}
