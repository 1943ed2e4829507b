package dev.rekey.endtoend;

import static org.awaitility.Awaitility.await;

import dev.rekey.testkube.ControlPlane;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Two replicas of the packaged operator. One leads, and when it is killed, it is started again
 * under its old name, as a kubelet does with a container; whoever comes first leads.
 */
final class TwoReplicas implements AutoCloseable {
  private static final List<String> NAMES = List.of("replica-a", "replica-b");
  private static final Map<String, String> SHORT_LEASE =
      Map.of(
          "REKEY_LEASE_DURATION", "2s",
          "REKEY_LEASE_RENEW_DEADLINE", "1700ms",
          "REKEY_LEASE_RETRY_PERIOD", "300ms",
          "REKEY_LATENESS", "1s",
          "REKEY_VERIFY_PAUSE", "50ms",
          "REKEY_LOOK", "250ms");

  private final ControlPlane controlPlane;
  private final Stage stage;
  private final Map<String, OperatorProcess> running = new HashMap<>();
  private int killed;
  private int ended;

  TwoReplicas(ControlPlane controlPlane, Stage stage) {
    this.controlPlane = controlPlane;
    this.stage = stage;
  }

  void start() throws IOException {
    for (var name : NAMES) {
      start(name);
    }
  }

  private void start(String name) throws IOException {
    running.put(
        name,
        OperatorProcess.start(
            controlPlane, stage, name + "-of-" + stage.operatorNamespace, SHORT_LEASE));
  }

  /** SIGKILL for whoever holds the lease. */
  void killLeader() throws IOException {
    var leader =
        await()
            .atMost(Stage.PATIENCE)
            .pollInterval(Duration.ofMillis(5))
            .until(this::leader, Optional::isPresent)
            .get();
    process(leader).kill();
    killed++;
    start(leader);
  }

  /** A machine that is too slow for the lease makes a leader end itself; it is started again. */
  void revive() throws IOException {
    for (var name : NAMES) {
      if (!process(name).isAlive()) {
        ended++;
        start(name);
      }
    }
  }

  private OperatorProcess process(String name) {
    return Objects.requireNonNull(running.get(name), name);
  }

  private Optional<String> leader() {
    var lease =
        stage.client.leases().inNamespace(stage.operatorNamespace).withName("rekey-operator").get();
    return Optional.ofNullable(lease)
        .map(it -> it.getSpec().getHolderIdentity())
        .flatMap(it -> NAMES.stream().filter(it::startsWith).findFirst())
        .filter(it -> process(it).isAlive());
  }

  @Override
  public void close() {
    running.values().forEach(OperatorProcess::kill);
  }

  @Override
  public String toString() {
    return "leaders killed: %d, ended by themselves: %d".formatted(killed, ended);
  }
}
