package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.keyservice.LogEntry.What;
import dev.rekey.rotation.Names;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A resource that is being deleted does not stay for ever, whatever cannot be finished. */
@Testkube
final class DeletionDeadlineIT {
  private final ControlPlane controlPlane;
  private final Stage stage;

  DeletionDeadlineIT(ControlPlane controlPlane, TestNamespace space) {
    this.controlPlane = controlPlane;
    stage = new Stage(controlPlane, space);
  }

  @AfterEach
  void stop() throws Exception {
    stage.close();
  }

  @Test
  void aKeyThatPodsStillReadStaysAndIsNamedToThoseWhoRunTheOperator() throws Exception {
    OperatorProcess.start(controlPlane, stage, "deadline", Map.of("REKEY_DELETION_DEADLINE", "4s"));
    var scene = stage.scene("overdue");
    var key = scene.keyInUse(Duration.ofDays(10), Map.of());
    scene.rotation(
        "adopt: {keyId: \""
            + key.key().id()
            + "\"}\ndeletionPolicy: Revoke\nschedule: {interval: 90d}");
    await()
        .atMost(Stage.PATIENCE)
        .until(() ->
            stage.rotation(scene.name).getMetadata().getFinalizers().contains(Names.FINALIZER));

    stage.client.resource(stage.rotation(scene.name)).delete();

    await().atMost(Stage.PATIENCE).until(() -> stage.rotation(scene.name) == null);
    assertThat(scene.service.log(What.DELETED)).isEmpty();
    assertThat(scene.liveKeysOfOurs()).containsExactly(key.key().id());
    scene.applicationsAreWell();
    assertThat(stage.client.v1().events().inNamespace(stage.operatorNamespace).list().getItems())
        .filteredOn(it -> "Abandoned".equals(it.getReason()))
        .singleElement()
        .satisfies(it -> {
          assertThat(it.getType()).isEqualTo("Warning");
          assertThat(it.getMessage())
              .contains(stage.namespace + "/overdue", "key " + key.key().id())
              .doesNotContain(key.plainText());
        });
    assertThat(scene.ledger().path("left").toString()).contains("key " + key.key().id());
  }
}
