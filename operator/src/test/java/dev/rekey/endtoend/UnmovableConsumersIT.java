package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.api.v1alpha1.ApiKeyRotation;
import dev.rekey.keyservice.NewKey;
import dev.rekey.keyservice.ServiceKey;
import dev.rekey.node.PodSwitches;
import dev.rekey.rotation.Names;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What no stamp moves. Each kind is named with a reason of its own, both keys work meanwhile, and
 * what the sentence says frees it. One operator rotates all of them at once.
 */
@Testkube
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnmovableConsumersIT {
  private final Stage stage;

  UnmovableConsumersIT(ControlPlane controlPlane, TestNamespace space) {
    stage = new Stage(controlPlane, space);
  }

  @BeforeAll
  void start() {
    stage.issuer();
    stage.startOperator();
  }

  @AfterAll
  void stop() throws Exception {
    assertThat(stage.traffic.failedRequests()).isEmpty();
    stage.close();
  }

  /**
   * Somebody who does not move.
   *
   * @param name of the workload, its Secret and its rotation
   * @param workload as people apply it
   * @param pods how many pods it has
   * @param rollout further fields of {@code spec.rollout}
   * @param reason what is said of it
   * @param freed what a person then does
   */
  private record Case(
      String name,
      String workload,
      int pods,
      String rollout,
      String reason,
      Consumer<UnmovableConsumersIT> freed) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case(
            "paused",
            deployment("paused", "paused: true\nreplicas: 1"),
            1,
            "",
            "WorkloadPaused",
            it -> it.patch("paused", "{\"spec\": {\"paused\": false}}")),
        new Case(
            "set-on-delete",
            set("StatefulSet", "set-on-delete", "replicas: 2\nupdateStrategy: {type: OnDelete}"),
            2,
            "",
            "UpdatesOnDelete",
            it -> it.deletePods("set-on-delete")),
        new Case(
            "partitioned",
            set(
                "StatefulSet",
                "partitioned",
                "replicas: 2\nupdateStrategy: {rollingUpdate: {partition: 1}}"),
            2,
            "",
            "PartitionedRollout",
            it -> it.unpartition("partitioned")),
        // its pods are numbered 5 and 6: a partition counts them from the first
        new Case(
            "numbered",
            set(
                "StatefulSet",
                "numbered",
                "replicas: 2\nordinals: {start: 5}\nupdateStrategy: {rollingUpdate: {partition:"
                    + " 1}}"),
            2,
            "",
            "PartitionedRollout",
            it -> it.unpartition("numbered")),
        new Case(
            "daemons-on-delete",
            set("DaemonSet", "daemons-on-delete", "updateStrategy: {type: OnDelete}"),
            1,
            "",
            "UpdatesOnDelete",
            it -> it.deletePods("daemons-on-delete")),
        new Case("bare", barePod("bare"), 1, "", "BarePod", it -> it.deletePods("bare")),
        new Case(
            "replicas",
            set("ReplicaSet", "replicas", "replicas: 2"),
            2,
            "",
            "BareReplicaSet",
            it -> it.deletePods("replicas")),
        new Case(
            "controlled",
            """
            apiVersion: v1
            kind: ReplicationController
            metadata: {name: controlled, namespace: %1$s}
            spec:
              replicas: 1
              selector: {app: controlled}
            """
                + template("controlled").indent(2),
            1,
            "",
            "BareReplicaSet",
            it -> it.deletePods("controlled")),
        new Case(
            "unlisted",
            deployment("unlisted", "replicas: 1"),
            1,
            ", discovery: Listed, workloads: [{kind: Deployment, name: another}]",
            "NotListed",
            it -> it.restart("unlisted")),
        new Case(
            "variable",
            deployment("variable", "replicas: 1"),
            1,
            ", strategy: None",
            "NotReloaded",
            it -> it.restart("variable")));
  }

  @Test
  void thereIsOneForEachReason() {
    assertThat(cases().map(Case::reason).distinct()).hasSize(7);
  }

  @ParameterizedTest
  @MethodSource("cases")
  @Execution(ExecutionMode.CONCURRENT)
  void bothKeysWorkUntilAPersonDoesWhatIsSaid(Case it) {
    var old = stage.keyInSecret(it.name(), Duration.ofDays(100));
    if (it.name().equals("paused")) {
      // a Deployment that is paused before it has any pod never has one
      stage.apply(it.workload().formatted(stage.namespace).replace("paused: true", ""));
      awaitReadyPods(it);
      patch(it.name(), "{\"spec\": {\"paused\": true}}");
    } else {
      stage.apply(it.workload().formatted(stage.namespace));
      awaitReadyPods(it);
    }
    rotation(it, old);

    var said = stage.awaitReady(it.name(), "False", it.reason());

    assertThat(said.getMessage()).contains("pod " + it.name());
    assertThat(stage.service.liveKeys())
        .extracting(ServiceKey::id)
        .as("both keys work")
        .contains(old.key().id(), keyIdInSecret(it.name()));
    assertThat(keyIdInSecret(it.name())).isNotEqualTo(old.key().id());
    assertThat(stage.history(it.name())).isEmpty();
    it.freed().accept(this);
    stage.awaitRotations(it.name(), 1);
    assertThat(stage.service.liveKeys()).extracting(ServiceKey::id).doesNotContain(old.key().id());
  }

  /** Nobody says anything about the new key who is not on it, or is on it only just now. */
  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aPausedDeploymentTakesNothingBackNorDoesItsPodThatStartsAtLast() {
    var scene = stage.scene("halted");
    var old = scene.keyInSecret();
    scene.applied(Manifest.deployment("halted", 1).annotated(PodSwitches.READY_DELAY, "2s"), 1);
    patch("halted", "{\"spec\": {\"paused\": true}}");
    scene.rotation(old, "settle: 1s, soak: 1s, progressTimeout: 4s, onFailure: Rollback");

    scene.awaitReady("False", "WorkloadPaused");

    // several times the progress timeout
    scene.bothKeysWorkFor(old, Duration.ofSeconds(12));
    assertThat(scene.publication()).isEqualTo(1);
    patch("halted", "{\"spec\": {\"paused\": false}}");
    scene.endsWell(1);
    assertThat(scene.works(old)).isFalse();
    assertThat(scene.publication()).as("nothing was taken back").isEqualTo(1);
  }

  @Test
  void whoDeletesOldKeysByHandFreesARotationThatABarePodHolds() {
    var pod = new Case("left", barePod("left"), 1, "", "BarePod", any -> {});
    var old = stage.keyInSecret(pod.name(), Duration.ofDays(100));
    stage.apply(pod.workload().formatted(stage.namespace));
    awaitReadyPods(pod);
    rotation(pod, old, "5s");
    stage.awaitReady(pod.name(), "False", pod.reason());

    stage
        .client
        .resources(ApiKeyRotation.class)
        .inNamespace(stage.namespace)
        .withName(pod.name())
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"spec\": {\"revocation\": {\"policy\": \"Manual\"}}}");

    stage.awaitRotations(pod.name(), 1);
    assertThat(stage.awaitReady(pod.name(), "True", "Idle").getMessage())
        .contains("key " + old.key().id(), "by hand");
    assertThat(stage.service.liveKeys())
        .extracting(ServiceKey::id)
        .as("nobody but a person deletes it")
        .contains(old.key().id(), keyIdInSecret(pod.name()));
    assertThat(stage.events(pod.name())).anyMatch(it -> it.contains("OldKeyLeft"));
  }

  private void rotation(Case it, NewKey old) {
    rotation(it, old, "60s");
  }

  private void rotation(Case it, NewKey old, String progressTimeout) {
    stage.apply(
        """
        apiVersion: rekey.dev/v1alpha1
        kind: ApiKeyRotation
        metadata: {name: %1$s, namespace: %2$s}
        spec:
          issuerRef: {name: messaging}
          secret: {name: %1$s}
          adopt: {keyId: "%3$s"}
          schedule: {interval: 90d}
          rollout: {settle: 1s, soak: 1s, progressTimeout: %5$s%4$s}
        """
            .formatted(it.name(), stage.namespace, old.key().id(), it.rollout(), progressTimeout));
  }

  private List<Pod> pods(String app) {
    return stage.pods().stream()
        .filter(it -> app.equals(it.getMetadata().getLabels().get("app")))
        .toList();
  }

  private void awaitReadyPods(Case it) {
    await()
        .atMost(Stage.PATIENCE)
        .untilAsserted(() ->
            assertThat(pods(it.name()))
                .filteredOn(pod ->
                    pod.getStatus().getConditions().stream()
                        .anyMatch(c -> "Ready".equals(c.getType()) && "True".equals(c.getStatus())))
                .hasSize(it.pods()));
  }

  private void deletePods(String app) {
    pods(app).forEach(it -> stage.client.resource(it).delete());
  }

  private void restart(String deployment) {
    stage
        .client
        .apps()
        .deployments()
        .inNamespace(stage.namespace)
        .withName(deployment)
        .rolling()
        .restart();
  }

  private void unpartition(String set) {
    stage
        .client
        .apps()
        .statefulSets()
        .inNamespace(stage.namespace)
        .withName(set)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"spec\": {\"updateStrategy\": {\"rollingUpdate\": {\"partition\": 0}}}}");
  }

  private String keyIdInSecret(String secret) {
    return stage
        .client
        .secrets()
        .inNamespace(stage.namespace)
        .withName(secret)
        .get()
        .getMetadata()
        .getAnnotations()
        .getOrDefault(Names.KEY_ID, "none");
  }

  private void patch(String deployment, String patch) {
    stage
        .client
        .apps()
        .deployments()
        .inNamespace(stage.namespace)
        .withName(deployment)
        .patch(PatchContext.of(PatchType.JSON_MERGE), patch);
  }

  private static String barePod(String name) {
    return "apiVersion: v1\nkind: Pod\nmetadata: {name: %1$s, namespace: %%1$s, labels: {app: %1$s}}\n"
            .formatted(name)
        + podSpec(name);
  }

  private static String deployment(String name, String spec) {
    return set("Deployment", name, spec);
  }

  private static String set(String kind, String name, String spec) {
    return """
    apiVersion: apps/v1
    kind: %s
    metadata: {name: %s, namespace: %%1$s}
    spec:
      selector: {matchLabels: {app: %s}}
    """
            .formatted(kind, name, name)
        + (kind.equals("StatefulSet") ? "  serviceName: " + name + "\n" : "")
        + spec.indent(2)
        + template(name).indent(2);
  }

  private static String template(String name) {
    return "template:\n"
        + "  metadata: {labels: {app: %s}}\n".formatted(name)
        + podSpec(name).indent(2);
  }

  private static String podSpec(String secret) {
    return """
    spec:
      nodeSelector: {kubernetes.io/hostname: node-of-%%1$s}
      containers:
      - name: app
        image: registry.example/app:1
        env: [{name: API_KEY, valueFrom: {secretKeyRef: {name: %s, key: apiKey}}}]
    """
        .formatted(secret);
  }
}
