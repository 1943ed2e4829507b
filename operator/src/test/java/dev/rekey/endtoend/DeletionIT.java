package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.api.v1alpha1.ApiKeyRotation;
import dev.rekey.api.v1alpha1.ClusterKeyIssuer;
import dev.rekey.keyservice.KeyService;
import dev.rekey.keyservice.LogEntry;
import dev.rekey.keyservice.LogEntry.What;
import dev.rekey.keyservice.ServiceKey;
import dev.rekey.node.CallingDeployment;
import dev.rekey.node.CallingPod;
import dev.rekey.node.PodSwitches;
import dev.rekey.node.Traffic;
import dev.rekey.rotation.Names;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What becomes of keys when their resource goes, with the operator as a process of its own. */
@Testkube
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DeletionIT {
  private static final String REVOKE = "deletionPolicy: Revoke\nschedule: {interval: 90d}";

  private final ControlPlane controlPlane;
  private final Stage stage;

  DeletionIT(ControlPlane controlPlane, TestNamespace space) {
    this.controlPlane = controlPlane;
    stage = new Stage(controlPlane, space);
  }

  @BeforeAll
  void start() throws Exception {
    OperatorProcess.start(controlPlane, stage, "deletion", Map.of());
  }

  @AfterAll
  void stop() throws Exception {
    stage.close();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void inTheMiddleOfARotationFinishesItAndLeavesTheNewKey() {
    var scene = stage.scene("retained");
    var old = scene.keyInUse(Duration.ofDays(100), Map.of(PodSwitches.TERMINATION_DELAY, "4s"));
    scene.rotation(old);
    await().atMost(Stage.PATIENCE).until(() -> scene.stamped() == 1);
    assertThat(scene.service.log(What.DELETED)).isEmpty();

    stage.client.resource(stage.rotation(scene.name)).delete();

    assertThat(stage.rotation(scene.name).getMetadata().getDeletionTimestamp()).isNotNull();
    awaitGone(scene.name);
    assertThat(deleted(scene.service)).containsExactly(old.key().id());
    assertThat(scene.liveKeysOfOurs()).hasSize(1);
    assertThat(scene.secret().getMetadata().getAnnotations())
        .containsEntry(Names.KEY_ID, scene.liveKeysOfOurs().getFirst());
    assertThat(scene.ledger().path("run").isNull()).isTrue();
    assertThat(scene.ledger().path("left")).isEmpty();
    scene.applicationsAreWell();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void withRevokeWaitsForThoseWhoReadTheSecretAndThenDeletesTheKey() {
    var scene = stage.scene("revoked");
    var key = scene.keyInUse(Duration.ofDays(10), Map.of(PodSwitches.TERMINATION_DELAY, "2s"));
    scene.rotation("adopt: {keyId: \"" + key.key().id() + "\"}\n" + REVOKE);
    scene.awaitReady("True", "Idle");
    await()
        .atMost(Stage.PATIENCE)
        .untilAsserted(() ->
            assertThat(stage.rotation(scene.name).getMetadata().getFinalizers())
                .contains(Names.FINALIZER));

    stage.client.resource(stage.rotation(scene.name)).delete();

    await()
        .atMost(Stage.PATIENCE)
        .untilAsserted(() ->
            assertThat(stage.condition(scene.name, "Ready"))
                .hasValueSatisfying(it -> {
                  assertThat(it.getReason()).isEqualTo("WaitingForReaders");
                  assertThat(it.getMessage()).contains("pod revoked-");
                }));
    assertThat(deleted(scene.service)).isEmpty();
    scene.applicationsAreWell();

    stage.client.apps().deployments().inNamespace(stage.namespace).withName(scene.name).delete();

    awaitGone(scene.name);
    assertThat(scene.podNames()).isEmpty();
    assertThat(deleted(scene.service)).containsExactly(key.key().id());
    assertThat(scene.liveKeysOfOurs()).isEmpty();
    assertThat(scene.traffic.failedRequests()).isEmpty();
    assertThat(scene.service.liveKeys())
        .extracting(ServiceKey::id)
        .containsExactly(scene.othersKey.key().id());
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void ofAWholeNamespaceIsNotHeldUpAndTakesTheKeyAlong() {
    var space = TestNamespace.create(controlPlane, "whole");
    try (var service = KeyService.start();
        var traffic = new CastIn(service)) {
      var key = service.seed(Stage.TEAM, "made by hand", List.of(), Instant.now());
      stage.cast("whole", traffic.program);
      clusterIssuer("whole", space.name(), service);
      space
          .client()
          .resource(secret("whole", CallingDeployment.DATA_KEY, key.plainText()))
          .create();
      space.client().resource(CallingDeployment.of("whole", 1, "whole", Map.of())).create();
      await().atMost(Stage.PATIENCE).until(() -> traffic.traffic.successes() > 2);
      var rotations = space.client().resources(ApiKeyRotation.class).inNamespace(space.name());
      var rotation =
          """
          apiVersion: rekey.dev/v1alpha1
          kind: ApiKeyRotation
          metadata: {name: whole, namespace: %s}
          spec:
            issuerRef: {kind: ClusterKeyIssuer, name: whole}
            secret: {name: whole}
            adopt: {keyId: "%s"}
            deletionPolicy: Revoke
            schedule: {interval: 90d}
          """
              .formatted(space.name(), key.key().id());
      rotations.resource(Serialization.unmarshal(rotation, ApiKeyRotation.class)).create();
      await()
          .atMost(Stage.PATIENCE)
          .until(() ->
              rotations
                  .withName("whole")
                  .get()
                  .getMetadata()
                  .getFinalizers()
                  .contains(Names.FINALIZER));

      space.close();

      await()
          .atMost(Stage.PATIENCE)
          .until(() -> stage.client.namespaces().withName(space.name()).get() == null);
      assertThat(deleted(service)).containsExactly(key.key().id());
      assertThat(traffic.traffic.failedRequests()).isEmpty();
    } finally {
      stage.client.resources(ClusterKeyIssuer.class).withName("whole").delete();
    }
  }

  /** An application that calls a service of its own. */
  private static final class CastIn implements AutoCloseable {
    final Traffic traffic = new Traffic();
    final CallingPod program;

    CastIn(KeyService service) {
      program = CallingPod.calling(service.url(), traffic).every(Duration.ofMillis(50));
    }

    @Override
    public void close() {
      program.close();
    }
  }

  /** An issuer of no namespace, whose credential is where the operator is. */
  private void clusterIssuer(String name, String serves, KeyService service) {
    stage
        .client
        .secrets()
        .inNamespace(stage.operatorNamespace)
        .resource(secret(name + "-admin", "token", service.adminToken(Stage.TEAM)))
        .create();
    stage.apply(
        stage
            .issuerYaml(name, service.url())
            .replace("kind: KeyIssuer", "kind: ClusterKeyIssuer")
            .replace(", namespace: " + stage.namespace, "")
            .replace("spec:", "spec:\n  allowedNamespaces: [" + serves + "]"));
  }

  private static Secret secret(String name, String dataKey, String value) {
    return new SecretBuilder()
        .withNewMetadata()
        .withName(name)
        .endMetadata()
        .withType("Opaque")
        .addToStringData(dataKey, value)
        .build();
  }

  private void awaitGone(String name) {
    await().atMost(Stage.PATIENCE).until(() -> stage.rotation(name) == null);
  }

  private static List<String> deleted(KeyService service) {
    return service.log(What.DELETED).stream().map(LogEntry::keyId).toList();
  }
}
