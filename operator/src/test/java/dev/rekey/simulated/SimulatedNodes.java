package dev.rekey.simulated;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Two nodes. While a kubelet is silent nothing starts, ends or is renewed on its node, and its
 * containers run on; it is told at once that the node is not ready.
 */
final class SimulatedNodes {
  private static final List<String> NAMES = List.of("node-0", "node-1");

  private final Map<String, Optional<Instant>> readySince = new LinkedHashMap<>();

  SimulatedNodes(Instant since) {
    NAMES.forEach(it -> readySince.put(it, Optional.of(since)));
  }

  /** Where a pod of this name runs. */
  static String of(String pod) {
    return NAMES.get(Math.floorMod(pod.hashCode(), NAMES.size()));
  }

  static List<String> names() {
    return NAMES;
  }

  boolean isReady(String name) {
    return readySince.getOrDefault(name, Optional.empty()).isPresent();
  }

  /** Its kubelet says nothing any more. */
  void fall(String name) {
    readySince.put(name, Optional.empty());
  }

  /** Its kubelet is back. */
  void rise(String name, Instant now) {
    readySince.put(name, Optional.of(now));
  }

  /** Those whose kubelet is silent. */
  List<String> silent() {
    var silent = new ArrayList<>(NAMES);
    silent.removeIf(this::isReady);
    return silent;
  }

  /** As the API server shows it. */
  Optional<Node> node(String name) {
    return Optional.ofNullable(readySince.get(name))
        .map(since -> {
          var ready =
              new NodeBuilder()
                  .withNewMetadata()
                  .withName(name)
                  .endMetadata()
                  .withNewSpec()
                  .endSpec()
                  .withNewStatus()
                  .addNewCondition()
                  .withType("Ready")
                  .withStatus(since.isPresent() ? "True" : "Unknown");
          since.ifPresent(
              it -> ready.withLastTransitionTime(it.truncatedTo(ChronoUnit.SECONDS).toString()));
          return ready.endCondition().endStatus().build();
        });
  }
}
