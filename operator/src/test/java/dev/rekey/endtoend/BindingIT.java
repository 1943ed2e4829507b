package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.keyservice.LogEntry.What;
import dev.rekey.node.PodSwitches;
import dev.rekey.rotation.Names;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A ledger against the world, row by row, with the operator as a process of its own. */
@Testkube
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BindingIT {
  private static final String LEDGER = "ledger.json";

  private final ControlPlane controlPlane;
  private final Stage stage;

  BindingIT(ControlPlane controlPlane, TestNamespace space) {
    this.controlPlane = controlPlane;
    stage = new Stage(controlPlane, space);
  }

  @BeforeAll
  void start() throws Exception {
    OperatorProcess.start(controlPlane, stage, "binding", Map.of());
  }

  @AfterAll
  void stop() throws Exception {
    stage.close();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void ofAResourceMadeAnewIsTakenUpWithoutAMint() {
    var scene = rotatedOnce("made-anew");
    var resource = stage.rotation(scene.name);
    stage.client.resource(resource).delete();
    await().atMost(Stage.PATIENCE).until(() -> stage.rotation(scene.name) == null);

    scene.rotation("schedule: {interval: 90d}");

    await()
        .atMost(Stage.PATIENCE)
        .untilAsserted(() ->
            assertThat(scene.ledger().path("binding").path("resourceUid").asText())
                .isEqualTo(stage.rotation(scene.name).getMetadata().getUid()));
    scene.awaitReady("True", "Idle");
    nothingIsMintedOrDeleted(scene, 1);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void ofAnotherResourceIsLeftToIt() {
    var scene = rotatedOnce("claimed");

    stage.rotation("claimed-too", scene.name, scene.name, "schedule: {interval: 90d}");

    var ready = stage.awaitReady("claimed-too", "False", "SecretClaimed");
    assertThat(ready.getMessage()).contains("ApiKeyRotation claimed");
    nothingIsMintedOrDeleted(scene, 1);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void ofAnotherClusterIsTakenOverByItsLineage() {
    var scene = rotatedOnce("foreign");
    var before = scene.ledger();
    var lineage = before.path("lineage").asText();
    int publication = scene.publication();
    putLedger(
        scene, text(scene).replace(before.path("binding").path("cluster").asText(), "elsewhere"));

    var ready = stage.awaitReady(scene.name, "False", "ForeignLedger");
    assertThat(ready.getMessage()).contains("rekey.dev/takeover: " + lineage);
    stage.annotate(scene.name, Names.TAKEOVER, lineage);

    scene.awaitReady("True", "Idle");
    assertThat(scene.ledger().path("lineage").asText()).isNotEqualTo(lineage);
    assertThat(scene.publication()).isEqualTo(publication + 1);
    nothingIsMintedOrDeleted(scene, 1);
    scene.askForRotation("after the takeover");
    scene.endsWell(2);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void ofABackupIsStartedOverFromTheSecretAndNothingIsDeleted() {
    var scene = rotatedOnce("backup");
    var backup = text(scene);
    var lineage = scene.ledger().path("lineage").asText();
    scene.askForRotation("1");
    scene.endsWell(2);

    putLedger(scene, backup);

    await()
        .atMost(Stage.PATIENCE)
        .untilAsserted(() -> {
          assertThat(scene.ledger().path("lineage").asText()).isNotEqualTo(lineage);
          assertThat(scene.ledger().path("keys")).hasSize(1);
        });
    scene.awaitReady("True", "Idle");
    assertThat(scene.ledger().path("keys").get(0).path("id").asText())
        .isEqualTo(scene.secret().getMetadata().getAnnotations().get(Names.KEY_ID));
    nothingIsMintedOrDeleted(scene, 2);
    scene.askForRotation("2");
    scene.endsWell(2);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void thatIsDeletedInTheMiddleOfARotationCostsNoKeyThatSomebodyHolds() {
    var scene = stage.scene("lost");
    var old = scene.keyInUse(Duration.ofDays(100), Map.of(PodSwitches.TERMINATION_DELAY, "8s"));
    scene.rotation(old);
    await().atMost(Stage.PATIENCE).until(() -> scene.stamped() == 1);

    stage
        .client
        .secrets()
        .inNamespace(stage.operatorNamespace)
        .withName(stage.ledger(scene.name).getMetadata().getName())
        .delete();

    await()
        .atMost(Stage.PATIENCE)
        .untilAsserted(() -> {
          assertThat(stage.ledger(scene.name)).isNotNull();
          assertThat(scene.ledger().path("keys")).hasSize(1);
        });
    scene.awaitReady("True", "Idle");
    assertThat(scene.ledger().path("left").toString()).contains("key " + old.key().id());
    assertThat(scene.service.log(What.DELETED)).isEmpty();
    assertThat(scene.service.log(What.MINTED)).hasSize(1);
    scene.askForRotation("go on");
    scene.awaitRotations(1);
    assertThat(scene.service.log(What.DELETED))
        .as("the key that the lost ledger was about to delete is named, and left to a person")
        .noneMatch(it -> it.keyId().equals(old.key().id()));
    scene.applicationsAreWell();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void ofANewerRekeyIsHeldByteForByte() {
    var scene = rotatedOnce("newer");
    putLedger(scene, text(scene).replace("\"schema\":1", "\"schema\":2"));
    var written = stage.ledger(scene.name);

    stage.awaitReady(scene.name, "False", "Downgraded");
    scene.askForRotation("in vain");
    scene.editSecret(it -> {
      it.getMetadata().getAnnotations().put("example.com/touched", "yes");
      return it;
    });
    stage.wipeStatus(scene.name);
    stage.annotate(scene.name, Names.LEAKED, "in vain");
    stage.awaitReady(scene.name, "False", "Downgraded");

    assertThat(stage.ledger(scene.name).getMetadata().getResourceVersion())
        .isEqualTo(written.getMetadata().getResourceVersion());
    nothingIsMintedOrDeleted(scene, 1);
  }

  /** A key made by hand was adopted and replaced, and all is well. */
  private Scene rotatedOnce(String name) {
    var scene = stage.scene(name);
    scene.rotation(scene.keyInUse(Duration.ofDays(100), Map.of()));
    scene.endsWell(1);
    return scene;
  }

  private static void nothingIsMintedOrDeleted(Scene scene, int rotations) {
    assertThat(scene.service.log(What.MINTED)).hasSize(rotations);
    assertThat(scene.service.log(What.DELETED)).hasSize(rotations);
    assertThat(scene.liveKeysOfOurs()).hasSize(1);
    scene.applicationsAreWell();
  }

  private String text(Scene scene) {
    return new String(
        Base64.getDecoder().decode(stage.ledger(scene.name).getData().get(LEDGER)),
        StandardCharsets.UTF_8);
  }

  /** Somebody writes the ledger, with whatever means. */
  private void putLedger(Scene scene, String text) {
    var encoded = Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    stage
        .client
        .secrets()
        .inNamespace(stage.operatorNamespace)
        .withName(stage.ledger(scene.name).getMetadata().getName())
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            Serialization.asJson(Map.of("data", Map.of(LEDGER, encoded))));
  }
}
