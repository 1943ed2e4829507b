package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.api.v1alpha1.ApiKeyRotation;
import dev.rekey.keyservice.LogEntry.What;
import dev.rekey.node.PodSwitches;
import dev.rekey.status.Conditions;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What will not go by itself is in the status before the issuer is asked for a key. */
@Testkube
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WarnedBeforehandIT {
  private static final String ROLLOUT = "settle: 1s, soak: 1s, progressTimeout: 60s";

  private final Stage stage;
  private final Told told = new Told(new ConcurrentHashMap<>());

  WarnedBeforehandIT(ControlPlane controlPlane, TestNamespace space) {
    stage = new Stage(controlPlane, space);
  }

  @BeforeAll
  void start() {
    stage.startOperator();
    Watch watch =
        stage.client.resources(ApiKeyRotation.class).inNamespace(stage.namespace).watch(told);
    stage.ends(watch);
  }

  @AfterAll
  void stop() throws Exception {
    stage.close();
  }

  /**
   * Something that is known before.
   *
   * @param name of the workload, its Secret and its rotation
   * @param made what there is before the rotation begins
   * @param reason what is said of it
   * @param about of whom
   * @param freed what a person then does
   */
  private record Case(
      String name, Consumer<Scene> made, String reason, String about, Consumer<Scene> freed) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case(
            "paused",
            scene -> {
              scene.applied(Manifest.deployment("paused", 1), 1);
              patch(scene, "Deployment", "{\"spec\": {\"paused\": true}}");
            },
            "WorkloadPaused",
            "Deployment paused is paused",
            scene -> patch(scene, "Deployment", "{\"spec\": {\"paused\": false}}")),
        new Case(
            "on-delete",
            scene ->
                scene.applied(
                    Manifest.statefulSet("on-delete", 2)
                        .withSpec("updateStrategy: {type: OnDelete}"),
                    2),
            "UpdatesOnDelete",
            "pod on-delete-0, as 1 more, is replaced only when it is deleted",
            scene -> {
              // a pod that was deleted before its template is stamped would come back as it was
              await().atMost(Stage.PATIENCE).until(() -> scene.behind().size() > 1);
              scene.pods().forEach(it -> scene.stage.client.resource(it).delete());
            }),
        new Case(
            "bare",
            WarnedBeforehandIT::barePod,
            "BarePod",
            "pod bare ",
            scene -> {
              await().atMost(Stage.PATIENCE).until(() -> !scene.behind().isEmpty());
              // it is made anew once kubelets have surely seen the new key
              scene.awaitReady("False", "BarePod");
              scene.pods().forEach(it -> scene.stage.client.resource(it).delete());
              await().atMost(Stage.PATIENCE).until(() -> scene.pods().isEmpty());
              barePod(scene);
            }),
        new Case(
            "reloaded",
            scene -> {
              scene.applied(Manifest.deployment("reloaded", 1), 1);
              patch(
                  scene,
                  "Deployment",
                  "{\"metadata\": {\"annotations\": {\"reloader.stakater.com/auto\": \"true\"}}}");
            },
            "RestartedTwice",
            "Deployment reloaded is annotated with reloader.stakater.com/auto",
            scene -> {}),
        new Case(
            "copied",
            scene -> {
              scene.applied(Manifest.deployment("copied", 1), 1);
              scene.editSecret(it -> {
                it.getMetadata()
                    .setAnnotations(Map.of("replicator.v1.mittwald.de/replicate-to", "other"));
                return it;
              });
            },
            "SecretCopied",
            "Secret copied is annotated with replicator.v1.mittwald.de/replicate-to",
            scene -> {}),
        new Case(
            "unwell",
            scene -> {
              scene.applied(
                  Manifest.deployment("unwell", 1).annotated(PodSwitches.NEVER_READY, "true"), 0);
              await().atMost(Stage.PATIENCE).until(() -> scene.traffic.successes() > 0);
            },
            "UnhealthyBefore",
            "Deployment unwell: 1 of 1 replicas are updated, 0 available",
            scene ->
                patch(
                    scene,
                    "Deployment",
                    "{\"spec\": {\"template\": {\"metadata\": {\"annotations\": {\""
                        + PodSwitches.NEVER_READY
                        + "\": null}}}}}")));
  }

  @ParameterizedTest
  @MethodSource("cases")
  @Execution(ExecutionMode.CONCURRENT)
  void itIsToldBeforeAKeyIsAskedFor(Case it) {
    var scene = stage.scene(it.name());
    var old = scene.keyInSecret();
    it.made().accept(scene);
    scene.rotation(old, ROLLOUT);

    await().atMost(Stage.PATIENCE).until(() -> !scene.service.log(What.MINTED).isEmpty());
    var asked = scene.service.log(What.MINTED).getFirst().at();

    assertThat(told.of(it.name()))
        .as("warnings, and when they were in the status")
        .hasEntrySatisfying(
            it.reason(),
            said -> {
              assertThat(said.at()).isBefore(asked);
              assertThat(said.message()).contains(it.about());
            });
    assertThat(scene.warnings()).contains(it.reason());
    it.freed().accept(scene);
    scene.endsWell(1);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void nothingBeginsForAnImmutableSecret() {
    var scene = stage.scene("immutable");
    var old = scene.keyInSecret();
    scene.applied(Manifest.deployment("immutable", 1), 1);
    scene.rotation("adopt: {keyId: \"" + old.key().id() + "\"}\nschedule: {interval: 170d}");
    scene.awaitReady("True", "Idle");
    // from then on the Secret is Rekey's own, and watched
    scene.askForRotation("1");
    scene.endsWell(1);
    scene.editSecret(it -> {
      it.setImmutable(true);
      return it;
    });
    await()
        .atMost(Stage.PATIENCE)
        .untilAsserted(() ->
            assertThat(told.of("immutable"))
                .hasEntrySatisfying(
                    "SecretImmutable",
                    it -> assertThat(it.message()).contains("Secret immutable")));

    scene.askForRotation("2");

    scene.awaitReady("False", "SecretImmutable");
    await()
        .during(Duration.ofSeconds(4))
        .atMost(Stage.PATIENCE)
        .until(() ->
            scene.service.log(What.MINTED).size() == 1
                && scene.ledger().path("run").isNull()
                && scene.ledger().path("attempts").isEmpty());
  }

  /** A warning, and when a watch first had it. */
  private record Said(Instant at, String message) {}

  /** Every warning that was in a status, by the rotation and the reason. */
  private record Told(Map<String, Map<String, Said>> said) implements Watcher<ApiKeyRotation> {
    Map<String, Said> of(String rotation) {
      return Map.copyOf(said.getOrDefault(rotation, Map.of()));
    }

    @Override
    public void eventReceived(Action action, ApiKeyRotation rotation) {
      var status = rotation.getStatus();
      if (status == null || status.conditions() == null) {
        return;
      }
      status.conditions().stream()
          .filter(it -> Conditions.WARNED.equals(it.getType()) && "True".equals(it.getStatus()))
          .forEach(it ->
              said.computeIfAbsent(rotation.getMetadata().getName(), _ -> new ConcurrentHashMap<>())
                  .putIfAbsent(it.getReason(), new Said(Instant.now(), it.getMessage())));
    }

    @Override
    public void onClose(@Nullable WatcherException cause) {}
  }

  private static void barePod(Scene scene) {
    scene.stage.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: bare, namespace: %s, labels: {app: bare}}
        spec:
          containers:
          - name: app
            image: registry.example/bare:1
            %s
        """
            .formatted(scene.stage.namespace, Manifest.VARIABLE.formatted("bare")));
    scene.awaitReadyPods(1);
  }

  private static void patch(Scene scene, String kind, String patch) {
    var client = scene.stage.client;
    HasMetadata workload =
        client
            .genericKubernetesResources("apps/v1", kind)
            .inNamespace(scene.stage.namespace)
            .withName(scene.name)
            .get();
    client.resource(workload).patch(PatchContext.of(PatchType.JSON_MERGE), patch);
  }
}
