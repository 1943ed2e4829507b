package dev.rekey.endtoend;

import static org.awaitility.Awaitility.await;

import dev.rekey.testkube.ControlPlane;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Two replicas of the packaged operator. One leads, and when it is killed, it is started again
 * under its old name, as a kubelet does with a container; whoever comes first leads.
 */
final class TwoReplicas implements AutoCloseable {
  private static final List<String> NAMES = List.of("replica-a", "replica-b");
  private static final Map<String, String> SHORT_LEASE =
      Map.of(
          "REKEY_LEASE_DURATION", "2s",
          "REKEY_LEASE_RENEW_DEADLINE", "1500ms",
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
    var leader = await().atMost(Stage.PATIENCE).until(this::leader, Optional::isPresent).get();
    process(leader).kill();
    killed++;
    start(leader);
    // a machine that is too slow for the lease ends a leader by its own doing
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
    return "killed %d times, ended by itself %d times; now %s"
        .formatted(
            killed,
            ended,
            running.entrySet().stream()
                .map(it -> it.getKey() + (it.getValue().isAlive() ? " is running" : " has ended"))
                .collect(Collectors.joining(", ")));
  }
}
