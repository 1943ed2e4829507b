package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.keyservice.LogEntry;
import dev.rekey.keyservice.LogEntry.What;
import dev.rekey.keyservice.NewKey;
import dev.rekey.keyservice.ServiceKey;
import dev.rekey.node.PodSwitches;
import dev.rekey.testkube.Binaries;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A control plane that has its own troubles: the rotation takes longer, and that is all. */
@Testkube
class ApiServerTroubleIT {
  private final ControlPlane controlPlane;
  private final Stage stage;
  private final NewKey old;
  private final OperatorProcess operator;

  /** A control plane of its own: other tests would not be amused. */
  ApiServerTroubleIT(ControlPlane shared) throws Exception {
    controlPlane = ControlPlane.start(shared.binaries(), Binaries.repository().resolve("crds"));
    stage = new Stage(controlPlane, TestNamespace.create(controlPlane, "trouble"));
    old = stage.keyInSecret("till", Duration.ofDays(100));
    stage.application("till", 2, "till", Map.of(PodSwitches.TERMINATION_DELAY, "2s"));
    stage.issuer();
    // as patient as the real one is
    operator =
        OperatorProcess.start(
            controlPlane,
            stage,
            "operator",
            Map.of(
                "REKEY_LEASE_DURATION", "15s",
                "REKEY_LEASE_RENEW_DEADLINE", "10s",
                "REKEY_LEASE_RETRY_PERIOD", "2s"));
    stage.rotation(
        "till", "till", "adopt: {keyId: \"" + old.key().id() + "\"}\nschedule: {interval: 90d}");
  }

  @AfterEach
  void stop() throws Exception {
    operator.kill();
    controlPlane.wireToEtcd().delay(Duration.ZERO);
    stage.close();
    controlPlane.close();
  }

  @Test
  void anApiServerThatIsRestartedInTheMiddleOfARotationOnlyDelaysIt() throws Exception {
    // Once the new key is in the ledger. One whose note is lost is swept up, and asked for anew.
    await().atMost(Stage.PATIENCE).until(() -> !stage.service.log(What.VERIFIED).isEmpty());
    controlPlane.restartApiServer();
    stage.awaitPhase("till", "Rolling");
    controlPlane.restartApiServer();

    endsInOrder();
  }

  @Test
  void anEtcdThatTakesLongForEachWriteOnlyDelaysARotation() throws Exception {
    controlPlane.wireToEtcd().delay(Duration.ofMillis(200));
    await().atMost(Stage.PATIENCE).until(() -> !stage.service.log(What.MINTED).isEmpty());
    controlPlane.wireToEtcd().delay(Duration.ofSeconds(1));
    await().atMost(Stage.PATIENCE).until(() -> stage.service.log(What.VERIFIED).size() >= 2);
    controlPlane.wireToEtcd().delay(Duration.ofMillis(200));

    endsInOrder();
  }

  private void endsInOrder() {
    stage.awaitRotations("till", 1);
    assertThat(operator.isAlive()).as(operator::log).isTrue();
    assertThat(stage.service.log(What.MINTED)).as("mints").hasSize(1);
    var minted = stage.service.log(What.MINTED).getFirst().keyId();
    assertThat(stage.service.liveKeys()).extracting(ServiceKey::id).containsExactly(minted);
    var log = stage.service.log();
    assertThat(log.stream().filter(it -> it.what() == What.DELETED).map(LogEntry::keyId))
        .containsExactly(old.key().id());
    int deletion = first(What.DELETED, old.key().id());
    assertThat(first(What.VERIFIED, minted)).isBetween(first(What.MINTED, minted), deletion);
    assertThat(first(What.ACCEPTED, minted))
        .as("used once it is verified, and before the old one goes")
        .isBetween(first(What.VERIFIED, minted), deletion);
    assertThat(log.subList(deletion, log.size()))
        .as("nobody uses the old one any more")
        .noneMatch(it -> it.what() == What.ACCEPTED && it.keyId().equals(old.key().id()));
    assertThat(stage.traffic.failedRequests()).isEmpty();
  }

  private int first(What what, String keyId) {
    var log = stage.service.log();
    for (int i = 0; i < log.size(); i++) {
      if (log.get(i).what() == what && log.get(i).keyId().equals(keyId)) {
        return i;
      }
    }
    throw new AssertionError("never " + what + " key " + keyId);
  }
}
