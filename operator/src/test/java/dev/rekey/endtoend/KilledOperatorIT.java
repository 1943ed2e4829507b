package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rekey.keyservice.Failure;
import dev.rekey.keyservice.LogEntry.What;
import dev.rekey.keyservice.ServiceKey;
import dev.rekey.keyservice.Verb;
import dev.rekey.node.PodSwitches;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The packaged operator, killed where it hurts, and started again. */
@Testkube
class KilledOperatorIT {
  private final ControlPlane controlPlane;
  private final Stage stage;
  private int started;

  KilledOperatorIT(ControlPlane controlPlane, TestNamespace space) {
    this.controlPlane = controlPlane;
    stage = new Stage(controlPlane, space);
  }

  @AfterEach
  void stop() throws Exception {
    stage.close();
  }

  @Test
  void oneKeyIsLeftAndNoRequestFailsHoweverOftenTheOperatorIsKilled() throws Exception {
    var old = stage.keyInSecret("till", Duration.ofDays(100));
    stage.application("till", 2, "till", Map.of(PodSwitches.TERMINATION_DELAY, "8s"));
    stage.issuer();
    var lostAnswer =
        stage
            .service
            .failures()
            .next(1, Verb.MINT, new Failure.HangAfterCommit(Duration.ofSeconds(30)));
    stage.rotation(
        "till", "till", "adopt: {keyId: \"" + old.key().id() + "\"}\nschedule: {interval: 90d}");

    // the key is minted, its answer has not come: nobody but the service knows it
    var operator = start();
    await().atMost(Stage.PATIENCE).until(() -> stage.service.log(What.MINTED).size() == 1);
    operator.kill();
    var orphan = stage.service.log(What.MINTED).getFirst().keyId();
    assertThat(lostAnswer.used()).isEqualTo(1);

    // pods are on their way from the old key to the new one
    operator = start();
    await()
        .atMost(Stage.PATIENCE)
        .until(() -> stage.status("till").map(it -> "Rolling".equals(it.phase())).orElse(false));
    operator.kill();
    assertThat(liveIds()).contains(old.key().id());

    // the old key is deleted at the service, the operator does not know it yet
    stage
        .service
        .failures()
        .next(1, Verb.DELETE, new Failure.HangAfterCommit(Duration.ofSeconds(30)));
    operator = start();
    await()
        .atMost(Stage.PATIENCE)
        .until(() ->
            stage.service.log(What.DELETED).stream()
                .anyMatch(it -> it.keyId().equals(old.key().id())));
    operator.kill();

    operator = start();
    stage.awaitRotations("till", 1);

    assertThat(stage.traffic.failedRequests()).isEmpty();
    assertThat(liveIds()).hasSize(1).doesNotContain(old.key().id(), orphan);
    assertThat(stage.service.log(What.DELETED))
        .extracting(it -> it.keyId())
        .containsExactly(orphan, old.key().id());
    assertThat(operator.stop()).as(operator::log).isZero();
    assertThat(operator.log()).doesNotContain(old.plainText());
    assertThat(
            operator
                .log()
                .lines()
                .filter(it -> it.contains("\"log.logger\":\"dev.rekey.rotation\"")))
        .as("each line about a rotation is one JSON object that names it")
        .isNotEmpty()
        .allSatisfy(it ->
            assertThat(new ObjectMapper().readTree(it).path("rotation").asText())
                .isEqualTo(stage.namespace + "/till"));
    assertThat(
            stage
                .client
                .leases()
                .inNamespace(stage.operatorNamespace)
                .withName("rekey-operator")
                .get()
                .getSpec()
                .getHolderIdentity())
        .as("the lease is handed over by a clean stop")
        .isNull();
  }

  @Test
  void anOperatorWhoseLeaseWasTakenEndsItself() throws Exception {
    var operator = start();
    var lease =
        stage.client.leases().inNamespace(stage.operatorNamespace).withName("rekey-operator");
    await()
        .atMost(Stage.PATIENCE)
        .until(() ->
            lease.get() != null && "operator-1".equals(lease.get().getSpec().getHolderIdentity()));

    lease.patch(
        PatchContext.of(PatchType.JSON_MERGE),
        "{\"spec\": {\"holderIdentity\": \"somebody-else\", \"renewTime\":"
            + " \"2100-01-01T00:00:00.000000Z\"}}");

    assertThat(operator.exitCode()).as(operator::log).isEqualTo(3);
  }

  private OperatorProcess start() throws Exception {
    started++;
    return OperatorProcess.start(controlPlane, stage, "operator-" + started, Map.of());
  }

  private List<String> liveIds() {
    return stage.service.liveKeys().stream().map(ServiceKey::id).toList();
  }
}
