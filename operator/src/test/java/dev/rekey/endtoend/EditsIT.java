package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.api.v1alpha1.ApiKeyRotation;
import dev.rekey.api.v1alpha1.RotationRecord;
import dev.rekey.keyservice.LogEntry.What;
import dev.rekey.node.PodSwitches;
import dev.rekey.rotation.Names;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What people may edit, with the operator as a process of its own. */
@Testkube
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class EditsIT {
  private final ControlPlane controlPlane;
  private final Stage stage;

  EditsIT(ControlPlane controlPlane, TestNamespace space) {
    this.controlPlane = controlPlane;
    stage = new Stage(controlPlane, space);
  }

  @BeforeAll
  void start() throws Exception {
    OperatorProcess.start(controlPlane, stage, "edits", Map.of());
  }

  @AfterAll
  void stop() throws Exception {
    stage.close();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void anotherFormOfTheKeyIsPublishedAndRolledWithoutAMint() {
    var scene = rotatedOnce("form");
    var pods = scene.podNames();

    edit(scene, "{\"secret\": {\"data\": {\"ADDRESS\": \"https://${key.id}.example\"}}}");

    scene.endsWell(2);
    assertThat(newest(scene).reason()).isEqualTo("DataChanged");
    assertThat(scene.service.log(What.MINTED)).hasSize(1);
    assertThat(scene.service.log(What.DELETED)).hasSize(1);
    assertThat(scene.secret().getData()).containsKey("ADDRESS");
    assertThat(scene.podNames()).doesNotContainAnyElementsOf(pods);
    assertThat(scene.stamped()).isEqualTo(scene.publication());
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void anotherIssuerGetsTheNextKeyAndTheFirstOneDeletesItsOwn() {
    var scene = rotatedOnce("moved");
    var before = scene.liveKeysOfOurs().getFirst();
    stage.credential("moved-to", scene.service.adminToken(Stage.TEAM));
    stage.apply(stage.issuerYaml("moved-to", scene.service.url()));

    edit(scene, "{\"issuerRef\": {\"kind\": \"KeyIssuer\", \"name\": \"moved-to\"}}");

    scene.endsWell(2);
    assertThat(newest(scene).reason()).isEqualTo("IssuerChanged");
    assertThat(scene.liveKeysOfOurs()).doesNotContain(before);
    assertThat(scene.ledger().path("keys").get(0).path("issuer").path("name").asText())
        .isEqualTo("moved-to");
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aLeakedKeyIsReplacedAtOnce() {
    var scene = rotatedOnce("leaked");
    var leaked = scene.liveKeysOfOurs().getFirst();
    edit(scene, "{\"rollout\": {\"soak\": \"1h\"}}");

    stage.annotate(scene.name, Names.LEAKED, leaked);

    scene.endsWell(2);
    assertThat(newest(scene).reason()).isEqualTo("Leaked");
    assertThat(scene.liveKeysOfOurs()).doesNotContain(leaked);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aRolloutOnWhichPodsDoNotGetReadyIsTakenBackOnce() {
    var scene = rotatedOnce("back");
    var before = scene.liveKeysOfOurs().getFirst();
    int publication = scene.publication();
    edit(scene, "{\"rollout\": {\"onFailure\": \"Rollback\", \"progressTimeout\": \"4s\"}}");
    scene.askForRotation("fails");
    await().atMost(Stage.PATIENCE).until(() -> scene.stamped() == publication + 1);
    // the new version of the application does not stand the new key
    template(scene, "true");

    await().atMost(Stage.PATIENCE).until(() -> scene.publication() == publication + 2);
    assertThat(scene.secret().getMetadata().getAnnotations()).containsEntry(Names.KEY_ID, before);
    template(scene, "false");

    scene.awaitReady("True", "Idle");
    assertThat(newest(scene).result()).isEqualTo("RolledBack");
    assertThat(scene.liveKeysOfOurs()).containsExactly(before);
    scene.applicationsAreWell();
  }

  private void template(Scene scene, String neverReady) {
    stage
        .client
        .apps()
        .deployments()
        .inNamespace(stage.namespace)
        .withName(scene.name)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"spec\": {\"template\": {\"metadata\": {\"annotations\": {\""
                + PodSwitches.NEVER_READY
                + "\": \""
                + neverReady
                + "\"}}}}}");
  }

  private Scene rotatedOnce(String name) {
    var scene = stage.scene(name);
    scene.rotation(scene.keyInUse(Duration.ofDays(100), Map.of()));
    scene.endsWell(1);
    return scene;
  }

  private RotationRecord newest(Scene scene) {
    return stage.history(scene.name).getFirst();
  }

  private void edit(Scene scene, String spec) {
    stage
        .client
        .resources(ApiKeyRotation.class)
        .inNamespace(stage.namespace)
        .withName(scene.name)
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\": " + spec + "}");
  }
}
