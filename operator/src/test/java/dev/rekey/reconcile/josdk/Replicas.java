package dev.rekey.reconcile.josdk;

import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The replicas of one {@link ProbeOperator} in a namespace, and the lease they compete for. */
final class Replicas implements AutoCloseable {
  static final String LEASE = "probe";

  private final TestNamespace namespace;
  private final Wire wire;
  private final Path direct;
  private final Path wired;
  private final List<OperatorProcess> processes = new ArrayList<>();

  Replicas(ControlPlane controlPlane, TestNamespace namespace, Path folder) throws IOException {
    this.namespace = namespace;
    var url = URI.create(controlPlane.url());
    wire = new Wire(url.getPort());
    var kubeconfig = controlPlane.kubeconfig(controlPlane.adminToken());
    direct = Files.writeString(folder.resolve("direct.kubeconfig"), kubeconfig);
    wired =
        Files.writeString(
            folder.resolve("wired.kubeconfig"),
            kubeconfig.replace(":" + url.getPort(), ":" + wire.port()));
    Probe.define(controlPlane.client());
  }

  OperatorProcess start(String identity, Duration lease) throws IOException {
    return start(direct, identity, lease);
  }

  /** A replica whose way to the API server is {@link #wire}. */
  OperatorProcess startWired(String identity, Duration lease) throws IOException {
    return start(wired, identity, lease);
  }

  private OperatorProcess start(Path kubeconfig, String identity, Duration lease)
      throws IOException {
    var process = OperatorProcess.start(kubeconfig, namespace.name(), identity, lease);
    processes.add(process);
    return process;
  }

  Wire wire() {
    return wire;
  }

  void create(String name, Probe.Spec spec) {
    namespace.client().resource(Probe.of(namespace.name(), name, spec)).create();
  }

  /** Somebody takes the lease by force, without waiting for its end. */
  void leaseIsTakenBy(String thief) {
    namespace
        .client()
        .leases()
        .withName(LEASE)
        // without a resourceVersion: by force is by force, whoever renews it meanwhile
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"spec\": {\"holderIdentity\": \"%s\"}}".formatted(thief));
  }

  @Nullable String holder() {
    return lease().getHolderIdentity();
  }

  /** When a standby may take the lease over, in ms. */
  long leaseEnds() {
    Instant renewed = lease().getRenewTime().toInstant();
    return renewed.plusSeconds(lease().getLeaseDurationSeconds()).toEpochMilli();
  }

  private LeaseSpec lease() {
    return namespace.client().leases().withName(LEASE).require().getSpec();
  }

  @Override
  public void close() {
    processes.forEach(OperatorProcess::close);
    wire.close();
  }
}
