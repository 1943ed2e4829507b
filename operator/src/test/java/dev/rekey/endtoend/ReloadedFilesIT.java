package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyOperator;
import dev.rekey.config.OperatorConfig;
import dev.rekey.keyservice.LogEntry;
import dev.rekey.keyservice.LogEntry.What;
import dev.rekey.node.PodSwitches;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** {@code strategy: None}, for applications that read a mounted file again and again. */
@Testkube
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReloadedFilesIT {
  private static final Duration REFRESH = Duration.ofSeconds(8);

  /** What quick tests reckon with, and a second since such times are whole seconds. */
  private static final Duration CLOCK_DOUBT = Duration.ofSeconds(2);

  private static final String ROLLOUT =
      "strategy: None, settle: 1s, soak: 1s, progressTimeout: 60s";

  private final Stage stage;

  ReloadedFilesIT(ControlPlane controlPlane, TestNamespace space) {
    stage = new Stage(controlPlane, space);
  }

  @BeforeAll
  void start() {
    var environment = new HashMap<>(Stage.quickEnvironment());
    environment.put("REKEY_KUBELET_REFRESH", REFRESH.toSeconds() + "s");
    stage.startOperator(RekeyOperator.World.real(OperatorConfig.settings(environment)));
  }

  @AfterAll
  void stop() throws Exception {
    stage.close();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void oldKeyStaysUntilKubeletsHaveRenewedTheFilesAndNobodyIsRestarted() {
    var scene = reading("reloading");
    var old = scene.keyInSecret();
    scene.applied(mounting("reloading", stage.node.name()), 2);
    var before = uids(scene);
    awaitNodeReadyBeforeNow();
    scene.rotation(old, ROLLOUT);
    await().atMost(Stage.PATIENCE).until(() -> scene.publication() > 0);
    var written = writtenAt(scene);

    scene.awaitBehind("mounts the key on a node that may not have renewed the file yet");
    scene.endsWell(1);

    assertThat(scene.service.log(What.DELETED))
        .singleElement()
        .satisfies(it -> {
          assertThat(it.keyId()).isEqualTo(old.key().id());
          assertThat(it.at()).isAfter(written.plus(REFRESH));
        });
    assertThat(scene.service.log(What.ACCEPTED).stream().map(LogEntry::keyId).distinct())
        .as("both keys were called with")
        .hasSize(2);
    assertThat(uids(scene)).isEqualTo(before);
    assertThat(scene.stamped()).isZero();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void oldKeyStaysWhereANodeWasNotReadyInBetween() {
    var node = stage.anotherNode("flapping");
    var scene = reading("flapping");
    var old = scene.keyInSecret();
    scene.applied(mounting("flapping", node.name()), 2);
    scene.rotation(old, ROLLOUT);
    await().atMost(Stage.PATIENCE).until(() -> scene.publication() > 0);
    node.sayReady(false);
    var said = scene.awaitReady("False", "NodeUnreachable");
    node.sayReady(true);

    assertThat(said.getMessage()).contains("is on node " + node.name() + ", which is not ready");
    scene.awaitBehind("mounts the key on a node that may not have renewed the file yet");
    scene.bothKeysWorkFor(old, REFRESH.multipliedBy(2));
    scene.pods().forEach(it -> stage.client.resource(it).delete());
    scene.endsWell(1);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void readersBySubPathAndVariableAreNamedAsNotMoving() {
    var scene = reading("taken");
    var old = scene.keyInSecret();
    var mounted = mounting("taken", stage.node.name());
    scene.applied(
        mounted.withContainer(
            "volumeMounts: [{name: keys, mountPath: /keys/apiKey, subPath: apiKey}]"),
        2);
    var byVariable = stage.scene("by-variable");
    byVariable.applied(
        Manifest.deployment("by-variable", 1).withContainer(Manifest.VARIABLE.formatted("taken")),
        1);
    scene.rotation(old, ROLLOUT);

    var said = scene.awaitReady("False", "NotReloaded");
    scene.awaitBehind("pod taken-", "takes the key once, as a variable, by subPath");
    scene.awaitBehind("pod by-variable-", "takes the key once, as a variable, by subPath");

    assertThat(said.getMessage()).contains("restart it by hand");
    scene.bothKeysWorkFor(old, REFRESH.plusSeconds(3));
    for (var name : new String[] {"taken", "by-variable"}) {
      stage
          .client
          .apps()
          .deployments()
          .inNamespace(stage.namespace)
          .withName(name)
          .rolling()
          .restart();
    }
    scene.endsWell(1);
  }

  /** So surely that the API server's clock and the operator's may be apart as far as it reckons. */
  private void awaitNodeReadyBeforeNow() {
    await()
        .atMost(Stage.PATIENCE)
        .until(() ->
            stage
                .client
                .nodes()
                .withName(stage.node.name())
                .get()
                .getStatus()
                .getConditions()
                .stream()
                .filter(it -> it.getType().equals("Ready"))
                .map(it -> Instant.parse(it.getLastTransitionTime()))
                .allMatch(it -> it.plus(CLOCK_DOUBT).isBefore(Instant.now())));
  }

  /** Its pods call with what stands in the mounted file at that moment. */
  private Scene reading(String name) {
    var scene = stage.scene(name);
    var program = scene.program.withFile("/keys/apiKey");
    stage.cast(name, program);
    stage.ends(program);
    return scene;
  }

  private static Manifest mounting(String name, String node) {
    return Manifest.deployment(name, 2)
        .annotated(PodSwitches.FILE_REFRESH, "3s")
        .withPod(
            "nodeSelector: {kubernetes.io/hostname: "
                + node
                + "}\nvolumes: [{name: keys, secret: {secretName: "
                + name
                + "}}]")
        .withContainer("volumeMounts: [{name: keys, mountPath: /keys}]");
  }

  private static Instant writtenAt(Scene scene) {
    return Instant.parse(scene.ledger().path("publication").path("writtenAt").asText());
  }

  private static Set<String> uids(Scene scene) {
    return scene.pods().stream()
        .map(Pod::getMetadata)
        .map(it -> it.getUid())
        .collect(Collectors.toSet());
  }
}
