package dev.rekey.endtoend;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rekey.rotation.Names;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** All ledgers of an operator, watched: what each says the moment it is written. */
final class Ledgers implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, JsonNode> rotations = new TreeMap<>();
  private final SharedIndexInformer<Secret> informer;
  private long writes;

  /** Those in this namespace. */
  Ledgers(KubernetesClient client, String namespace) {
    informer =
        client
            .secrets()
            .inNamespace(namespace)
            .withLabel(Names.LEDGER_LABEL)
            .inform(
                new ResourceEventHandler<>() {
                  @Override
                  public void onAdd(Secret ledger) {
                    written(ledger);
                  }

                  @Override
                  public void onUpdate(Secret before, Secret ledger) {
                    written(ledger);
                  }

                  @Override
                  public void onDelete(Secret ledger, boolean unknown) {
                    gone(ledger);
                  }
                });
  }

  /** What a ledger holds. */
  static JsonNode rotation(Secret ledger) {
    try {
      var text = Base64.getDecoder().decode(ledger.getData().get("ledger.json"));
      return JSON.readTree(new String(text, StandardCharsets.UTF_8)).path("rotation");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the ledger " + ledger.getMetadata().getName(), e);
    }
  }

  private synchronized void written(Secret ledger) {
    var rotation = rotation(ledger);
    rotations.put(rotation.path("binding").path("secret").asText(), rotation);
    writes++;
    notifyAll();
  }

  private synchronized void gone(Secret ledger) {
    rotations.remove(rotation(ledger).path("binding").path("secret").asText());
    notifyAll();
  }

  /** What they say now, by the name of the Secret that they are about. */
  synchronized Map<String, JsonNode> now() {
    return Map.copyOf(rotations);
  }

  /** How often any of them was written. */
  synchronized long writes() {
    return writes;
  }

  /** At which moment each rotation is. */
  Map<String, Moment> moments() {
    var moments = new TreeMap<String, Moment>();
    now().forEach((name, it) -> moments.put(name, Moment.of(it, Instant.now())));
    return moments;
  }

  /** Waits until one of them is at this moment; false: none was. */
  boolean await(Moment moment, Duration atMost) throws InterruptedException {
    return await(_ -> moments().containsValue(moment), atMost);
  }

  /** Waits until something holds of them; it is asked at each write, and often in between. */
  synchronized boolean await(Predicate<Ledgers> what, Duration atMost) throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    while (!what.test(this)) {
      if (System.nanoTime() > end) {
        return false;
      }
      wait(20); // settling ends by the clock, which notifies nobody
    }
    return true;
  }

  @Override
  public void close() {
    informer.close();
  }
}
