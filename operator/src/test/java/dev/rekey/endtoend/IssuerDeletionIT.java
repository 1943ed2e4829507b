package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.api.v1alpha1.KeyIssuer;
import dev.rekey.keyservice.LogEntry.What;
import dev.rekey.node.PodSwitches;
import dev.rekey.rotation.Names;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Issuers and their credentials that people delete, with the operator as a process of its own. */
@Testkube
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class IssuerDeletionIT {
  private final ControlPlane controlPlane;
  private final Stage stage;

  IssuerDeletionIT(ControlPlane controlPlane, TestNamespace space) {
    this.controlPlane = controlPlane;
    stage = new Stage(controlPlane, space);
  }

  @BeforeAll
  void start() throws Exception {
    OperatorProcess.start(controlPlane, stage, "issuer-deletion", Map.of());
  }

  @AfterAll
  void stop() throws Exception {
    stage.close();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void inTheMiddleOfARotationWaitsUntilTheOldKeyIsDeleted() {
    var scene = stage.scene("busy");
    var old = scene.keyInUse(Duration.ofDays(100), Map.of(PodSwitches.TERMINATION_DELAY, "6s"));
    scene.rotation(old);
    await().atMost(Stage.PATIENCE).until(() -> scene.stamped() == 1);

    stage.client.resource(issuer("busy")).delete();
    stage.client.resource(credential("busy")).delete();

    assertThat(issuer("busy")).satisfies(IssuerDeletionIT::isKept);
    assertThat(credential("busy")).satisfies(IssuerDeletionIT::isKept);
    assertThat(scene.service.log(What.DELETED)).isEmpty();
    await()
        .atMost(Stage.PATIENCE)
        .untilAsserted(() -> {
          assertThat(credential("busy")).isNull();
          assertThat(issuer("busy")).isNull();
        });
    assertThat(scene.service.log(What.DELETED))
        .as("the old key was deleted before they went")
        .anyMatch(it -> it.keyId().equals(old.key().id()));
    scene.awaitReady("False", "IssuerNotFound");
    assertThat(stage.history("busy")).hasSize(1);
    scene.applicationsAreWell();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void thatIsIdleGoesAtOnce() {
    var scene = stage.scene("idle");
    scene.rotation(scene.keyInUse(Duration.ofDays(100), Map.of()));
    scene.endsWell(1);
    await()
        .atMost(Stage.PATIENCE)
        .untilAsserted(() -> {
          assertThat(issuer("idle")).satisfies(IssuerDeletionIT::carriesNothingOfOurs);
          assertThat(credential("idle")).satisfies(IssuerDeletionIT::carriesNothingOfOurs);
        });

    stage.client.resource(issuer("idle")).delete();
    stage.client.resource(credential("idle")).delete();

    assertThat(issuer("idle")).isNull();
    assertThat(credential("idle")).isNull();
    scene.applicationsAreWell();
  }

  private static void isKept(HasMetadata object) {
    assertThat(object.getMetadata().getDeletionTimestamp()).isNotNull();
    assertThat(object.getMetadata().getFinalizers()).containsExactly(Names.FINALIZER);
  }

  private static void carriesNothingOfOurs(HasMetadata object) {
    var meta = object.getMetadata();
    assertThat(meta.getFinalizers()).isEmpty();
    assertThat(meta.getAnnotations()).doesNotContainKeys(Names.HELD_CREDENTIALS, Names.HELD_FOR);
  }

  private @Nullable KeyIssuer issuer(String name) {
    return stage
        .client
        .resources(KeyIssuer.class)
        .inNamespace(stage.namespace)
        .withName(name)
        .get();
  }

  private @Nullable Secret credential(String name) {
    return stage.client.secrets().inNamespace(stage.namespace).withName(name + "-admin").get();
  }
}
