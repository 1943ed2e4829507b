package dev.rekey.node;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.NodeConditionBuilder;
import io.fabric8.kubernetes.api.model.NodeStatus;
import io.fabric8.kubernetes.api.model.NodeStatusBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Node object and its Lease. A control plane taints a node whose Lease is not renewed for 40 s.
 */
final class NodeRegistration implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(NodeRegistration.class);
  private static final String LEASES = "kube-node-lease";
  private static final Duration HEARTBEAT = Duration.ofSeconds(10);
  private static final Map<String, Quantity> CAPACITY =
      Map.of(
          "cpu", new Quantity("1000"),
          "memory", new Quantity("4Ti"),
          "ephemeral-storage", new Quantity("4Ti"),
          "pods", new Quantity("2000"));

  private final KubernetesClient client;
  private final String name;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread heartbeats;

  private NodeRegistration(KubernetesClient client, String name) {
    this.client = client;
    this.name = name;
    this.heartbeats =
        Thread.ofVirtual().name("heartbeats of " + name).unstarted(this::renewUntilClosed);
  }

  static NodeRegistration start(KubernetesClient client, String name) {
    NodeRegistration registration = new NodeRegistration(client, name);
    registration.register();
    registration.heartbeats.start();
    return registration;
  }

  /** What it says of itself. */
  void report(boolean ready) {
    Node node = client.nodes().withName(name).get();
    client
        .nodes()
        .withName(name)
        .subresource("status")
        .patch(PatchContext.of(PatchType.JSON), StatusPatch.of(node, status(ready)));
  }

  /** No heartbeat any more. */
  void fallSilent() {
    closing.countDown();
  }

  @Override
  public void close() {
    fallSilent();
    try {
      client.nodes().withName(name).delete();
      client.leases().inNamespace(LEASES).withName(name).delete();
    } catch (KubernetesClientException e) {
      LOG.debug("node {} could not say goodbye", name, e);
    }
  }

  private void register() {
    Node node =
        new NodeBuilder()
            .withNewMetadata()
            .withName(name)
            .addToLabels("kubernetes.io/hostname", name)
            .addToLabels("kubernetes.io/os", "linux")
            .endMetadata()
            .withNewSpec()
            .endSpec()
            .build();
    client.nodes().withName(name).delete();
    Node created = client.nodes().resource(node).create();
    // the status belongs to a subresource: in a create it may be dropped
    client
        .nodes()
        .withName(name)
        .subresource("status")
        .patch(PatchContext.of(PatchType.JSON), StatusPatch.of(created, status(true)));
  }

  private static NodeStatus status(boolean ready) {
    return new NodeStatusBuilder()
        .withCapacity(CAPACITY)
        .withAllocatable(CAPACITY)
        .withConditions(conditions(ready))
        .addNewAddress("10.0.0.1", "InternalIP")
        .withNewNodeInfo()
        .withKubeletVersion("v1.37.2")
        .withKubeProxyVersion("")
        .withOsImage("simulated")
        .withOperatingSystem("linux")
        .withArchitecture("amd64")
        .withContainerRuntimeVersion("simulated://1")
        .withKernelVersion("")
        .withMachineID("")
        .withSystemUUID("")
        .withBootID("")
        .endNodeInfo()
        .build();
  }

  private static List<NodeCondition> conditions(boolean ready) {
    return List.of(
        ready
            ? condition("Ready", "True", "KubeletReady")
            : condition("Ready", "False", "KubeletNotReady"),
        condition("MemoryPressure", "False", "KubeletHasSufficientMemory"),
        condition("DiskPressure", "False", "KubeletHasNoDiskPressure"),
        condition("PIDPressure", "False", "KubeletHasSufficientPID"));
  }

  private static NodeCondition condition(String type, String status, String reason) {
    return new NodeConditionBuilder()
        .withType(type)
        .withStatus(status)
        .withReason(reason)
        .withLastHeartbeatTime(PodStatuses.now())
        .withLastTransitionTime(PodStatuses.now())
        .build();
  }

  private void renewUntilClosed() {
    try {
      do {
        renew();
      } while (!closing.await(HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void renew() {
    ZonedDateTime now = ZonedDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.MICROS);
    try {
      Lease current = client.leases().inNamespace(LEASES).withName(name).get();
      LeaseBuilder lease = current == null ? new LeaseBuilder() : new LeaseBuilder(current);
      Lease renewed =
          lease
              .editOrNewMetadata()
              .withName(name)
              .withNamespace(LEASES)
              .endMetadata()
              .editOrNewSpec()
              .withHolderIdentity(name)
              .withLeaseDurationSeconds(40)
              .withRenewTime(now)
              .endSpec()
              .build();
      if (current == null) {
        client.leases().inNamespace(LEASES).resource(renewed).create();
      } else {
        client.leases().inNamespace(LEASES).resource(renewed).update();
      }
    } catch (KubernetesClientException e) {
      // the next heartbeat comes soon enough
      LOG.debug("node {} could not renew its lease", name, e);
    }
  }
}
