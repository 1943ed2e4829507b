package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.api.v1alpha1.ApiKeyRotationStatus;
import dev.rekey.node.CallingDeployment;
import dev.rekey.node.CallingPod;
import dev.rekey.node.PodSwitches;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import io.fabric8.kubernetes.api.model.IntOrString;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A rollout that takes its time, and moves all the while. */
@Testkube
class ManyPodsIT {
  private static final int PODS = 300;
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final Stage stage;

  ManyPodsIT(ControlPlane controlPlane, TestNamespace space) {
    stage = new Stage(controlPlane, space);
  }

  @AfterEach
  void stop() throws Exception {
    stage.close();
  }

  @Test
  void threeHundredPodsAreNoFailureWhileTheyMove() {
    var old = stage.keyInSecret("till", Duration.ofDays(100));
    stage.issuer();
    var program =
        CallingPod.calling(stage.service.url(), stage.traffic).every(Duration.ofSeconds(3));
    stage.cast("till", program);
    stage.ends(program);
    deploy();
    stage.startOperator();
    stage.rotation(
        "till", "till", "adopt: {keyId: \"" + old.key().id() + "\"}\nschedule: {interval: 90d}");

    await().atMost(PATIENCE).untilAsserted(() -> assertThat(stage.history("till")).hasSize(1));

    assertThat(stage.events("till")).doesNotContain("ConsumersStuck");
    assertThat(stage.status("till").map(ApiKeyRotationStatus::consumers))
        .hasValueSatisfying(it -> assertThat(it.moved()).isGreaterThanOrEqualTo(PODS));
    var evidence = Ledgers.rotation(stage.ledger("till")).at("/history/0/evidence/moved");
    assertThat(evidence.findValuesAsText("by")).containsExactly("STAMPED");
    assertThat(evidence.at("/0/pods")).hasSizeGreaterThanOrEqualTo(PODS);
    assertThat(evidence.at("/0/leftOut").asInt()).isZero();
    assertThat(stage.service.liveKeys()).hasSize(1);
    assertThat(stage.traffic.failedRequests()).isEmpty();
  }

  private void deploy() {
    var deployment =
        CallingDeployment.of("till", PODS, "till", Map.of(PodSwitches.TERMINATION_DELAY, "2s"));
    var update = deployment.getSpec().getStrategy().getRollingUpdate();
    update.setMaxSurge(new IntOrString("25%"));
    update.setMaxUnavailable(new IntOrString("25%"));
    stage.client.resource(deployment).create();
    await()
        .atMost(PATIENCE)
        .until(() ->
            Integer.valueOf(PODS)
                .equals(
                    stage
                        .client
                        .apps()
                        .deployments()
                        .inNamespace(stage.namespace)
                        .withName("till")
                        .get()
                        .getStatus()
                        .getAvailableReplicas()));
  }
}
