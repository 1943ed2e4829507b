package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.keyservice.LogEntry.What;
import dev.rekey.node.CallingDeployment;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The first key of all: nobody has made one by hand. */
@Testkube
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SecretThatDoesNotExistIT {
  private final Stage stage;

  SecretThatDoesNotExistIT(ControlPlane controlPlane, TestNamespace space) {
    stage = new Stage(controlPlane, space);
  }

  @BeforeAll
  void start() {
    stage.startOperator();
  }

  @AfterAll
  void stop() throws Exception {
    stage.close();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void isMadeWithAFirstKeyAndTheApplicationThatWaitsForItStarts() {
    var scene = stage.scene("first");
    stage.client.resource(CallingDeployment.of("first", 1, "first", Map.of())).create();
    await("a pod that waits for its Secret")
        .atMost(Stage.PATIENCE)
        .until(() -> stage.pods().stream().anyMatch(scene::isWaitingForItsSecret));
    scene.issuer();
    scene.rotation("schedule: {interval: 90d}");

    scene.endsWell(1);
    assertThat(scene.service.log(What.MINTED)).hasSize(1);
    assertThat(scene.service.log(What.DELETED)).isEmpty();
    assertThat(scene.secret().getType()).isEqualTo("Opaque");
    assertThat(scene.secret().getData()).containsOnlyKeys(CallingDeployment.DATA_KEY);
    assertThat(scene.secret().getMetadata().getOwnerReferences()).isEmpty();

    // and it is a key like any other
    scene.askForRotation("1");
    scene.endsWell(2);
    assertThat(scene.service.log(What.DELETED)).hasSize(1);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void isNotMadeUnderMergeAndGetsItsKeyOnceItIsThere() {
    var scene = stage.scene("merged");
    scene.issuer();
    stage.apply(
        """
        apiVersion: rekey.dev/v1alpha1
        kind: ApiKeyRotation
        metadata: {name: merged, namespace: %s}
        spec:
          issuerRef: {name: merged}
          secret: {name: merged, creationPolicy: Merge}
          rollout: {settle: 1s, soak: 1s}
        """
            .formatted(stage.namespace));

    var condition = scene.awaitReady("False", "SecretMissing");
    assertThat(condition.getMessage())
        .isEqualTo(
            "Secret merged does not exist and creationPolicy is Merge. Create the Secret, or write"
                + " creationPolicy: Create.");
    assertThat(scene.service.log()).extracting(it -> it.what()).containsOnly(What.SEEDED);
    stage
        .client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("merged")
                .endMetadata()
                .addToStringData("url", "https://api.example.com")
                .build())
        .create();

    stage.awaitRotations("merged", 1);
    scene.awaitReady("True", "Idle");
    assertThat(scene.secret().getData()).containsOnlyKeys("url", CallingDeployment.DATA_KEY);
    assertThat(scene.liveKeysOfOurs()).hasSize(1);
  }
}
