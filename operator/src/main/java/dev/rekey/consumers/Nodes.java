package dev.rekey.consumers;

import dev.rekey.cluster.ClusterException;
import dev.rekey.cluster.Workloads;
import dev.rekey.rotation.Hindrance;
import dev.rekey.rotation.Reading;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Restarts;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The nodes of those pods about which nothing can be said without them, each asked for once in a
 * look: of a pod that should have ended by now, and of one whose files its kubelet is to renew.
 */
final class Nodes {
  /** The deletion time of a pod is the end of its grace; its kubelet may take this much longer. */
  private static final Duration OVERDUE = Duration.ofSeconds(30);

  private static final String OUT_OF_SERVICE = "node.kubernetes.io/out-of-service";

  private final Workloads workloads;
  private final Restarts restarts;
  private final Instant now;
  private final Map<String, Optional<Node>> asked = new HashMap<>();

  Nodes(Workloads workloads, Restarts restarts, Instant now) {
    this.workloads = workloads;
    this.restarts = restarts;
    this.now = now;
  }

  /**
   * What a pod's node adds to what the pod says.
   *
   * @param outOfService whether a person has said that the node is off, so that nothing runs there
   * @param readySince since when it has been ready; empty: it is not, or nobody asked
   * @param hindrance what is wrong with it, where that keeps the pod
   */
  record Standing(
      boolean outOfService, Optional<Instant> readySince, Optional<Hindrance> hindrance) {
    private static final Standing NOT_ASKED =
        new Standing(false, Optional.empty(), Optional.empty());
  }

  Standing of(Pod pod, Reading reading) {
    boolean overdue = isOverdue(pod);
    var name = Optional.ofNullable(pod.getSpec().getNodeName()).filter(it -> !it.isEmpty());
    if (name.isEmpty() || !(overdue || isRenewed(reading))) {
      return Standing.NOT_ASKED;
    }
    var node = asked.computeIfAbsent(name.get(), this::ask);
    var readySince = node.flatMap(Nodes::readySince);
    return new Standing(
        node.map(Nodes::isOutOfService).orElse(false),
        readySince,
        readySince.isEmpty() ? Optional.of(unreachable(name.get(), node)) : Optional.empty());
  }

  private boolean isRenewed(Reading reading) {
    return restarts.strategy() == Restarts.Strategy.NONE && reading == Reading.MOUNTED;
  }

  private boolean isOverdue(Pod pod) {
    return Optional.ofNullable(pod.getMetadata().getDeletionTimestamp())
        .map(it -> Instant.parse(it).plus(OVERDUE).isBefore(now))
        .orElse(false);
  }

  /** Where Rekey may not read nodes, nothing is known of them. */
  private Optional<Node> ask(String name) {
    try {
      return workloads.node(name);
    } catch (ClusterException.Refused notAllowed) {
      return Optional.empty();
    }
  }

  private static Hindrance unreachable(String name, Optional<Node> node) {
    return new Hindrance(
        Reason.NodeUnreachable,
        "is on node "
            + name
            + (node.isEmpty()
                ? ", which does not exist any more or may not be looked at"
                : ", which is not ready")
            + ", so its containers may still run");
  }

  private static boolean isOutOfService(Node node) {
    return node.getSpec() != null
        && node.getSpec().getTaints().stream().anyMatch(it -> OUT_OF_SERVICE.equals(it.getKey()));
  }

  private static Optional<Instant> readySince(Node node) {
    return Optional.ofNullable(node.getStatus()).stream()
        .flatMap(it -> it.getConditions().stream())
        .filter(it -> "Ready".equals(it.getType()) && "True".equals(it.getStatus()))
        .map(NodeCondition::getLastTransitionTime)
        .map(Instant::parse)
        .findFirst();
  }
}
