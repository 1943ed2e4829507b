package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.keyservice.LogEntry.What;
import dev.rekey.keyservice.NewKey;
import dev.rekey.keyservice.ServiceKey;
import dev.rekey.node.PodSwitches;
import dev.rekey.testkube.AuditLog.Request;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Argo Rollouts on a real API server, with a stand-in for Argo's own controller. */
@Testkube
class ArgoRolloutsIT {
  private static final String APP = "till";
  private static final String OWNER_UID = "3d1e9c62-5a8f-4d6e-9b0a-2f6f5d1c7e44";

  private final ControlPlane controlPlane;
  private final Stage stage;
  private final Map<String, Instant> gone = new ConcurrentHashMap<>();

  ArgoRolloutsIT(ControlPlane controlPlane, TestNamespace space) {
    this.controlPlane = controlPlane;
    stage = new Stage(controlPlane, space);
  }

  @AfterEach
  void stop() throws Exception {
    stage.close();
    controlPlane
        .client()
        .apiextensions()
        .v1()
        .customResourceDefinitions()
        .withName("rollouts.argoproj.io")
        .withTimeout(30, TimeUnit.SECONDS)
        .delete();
  }

  @Test
  void oldKeyStaysUntilEveryPodOfTheRolloutIsNewerAndItIsToldOnce() {
    var old = stage.keyInSecret(APP, Duration.ofDays(100));
    stage.issuer();
    installKind();
    stage.apply(
        """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: web, namespace: %s}
        """
                .formatted(stage.namespace)
            + workload());
    var argo = new StandInArgo(stage.client, stage.namespace, "web");
    stage.ends(argo);
    awaitReadyPods(2);
    var before = stage.pods();
    try (var watch = stage.client.pods().inNamespace(stage.namespace).watch(new Departures(gone))) {
      assertThat(watch).isNotNull();
      stage.startOperator();
      rotate(old);
      stage.awaitRotations(APP, 1);

      assertGoneBeforeTheOldKey(before, old);
    }
    assertThat(argo.restarts()).as("every time that it was told").hasSize(1);
    assertThat(asked("patch")).extracting(Request::code).containsExactly(200);
    var rollout = argo.rollout();
    assertThat(rollout.getMetadata().getManagedFields())
        .filteredOn(it -> "rekey".equals(it.getManager()))
        .singleElement()
        .satisfies(it ->
            assertThat(it.getFieldsV1().getAdditionalProperties().toString())
                .contains("f:restartAt")
                .doesNotContain("f:template"));
    assertThat(stage.client.v1().events().inNamespace(stage.namespace).list().getItems())
        .filteredOn(it -> "Rollout".equals(it.getInvolvedObject().getKind()))
        .singleElement()
        .satisfies(it -> {
          assertThat(it.getInvolvedObject().getApiVersion()).isEqualTo("argoproj.io/v1alpha1");
          assertThat(it.getInvolvedObject().getUid()).isEqualTo(rollout.getMetadata().getUid());
          assertThat(it.getMessage()).contains("ApiKeyRotation till", "Secret till");
        });
    assertThat(stage.service.liveKeys()).extracting(ServiceKey::id).hasSize(1);
    assertThat(stage.traffic.failedRequests()).isEmpty();
  }

  /** Pods of a kind that the cluster does not know: nobody is asked what it knows either. */
  @Test
  void whereThereAreNoRolloutsTheirPodsAreRestartedByHand() {
    var old = stage.keyInSecret(APP, Duration.ofDays(100));
    stage.issuer();
    stage.apply(
        """
        apiVersion: apps/v1
        kind: ReplicaSet
        metadata:
          name: web-1
          namespace: %s
          ownerReferences:
          - {apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: web, uid: %s, controller: true}
        """
                .formatted(stage.namespace, OWNER_UID)
            + workload());
    awaitReadyPods(2);
    var start = Instant.now();
    stage.startOperator();
    rotate(old);

    var said = stage.awaitReady(APP, "False", "OtherController");

    assertThat(said.getMessage()).contains("Rollout web", "restart it by hand");
    assertThat(stage.service.liveKeys()).as("both keys work").hasSize(2);
    assertThat(asked("get")).isNotEmpty().extracting(Request::code).containsOnly(404);
    assertThat(ofTheOperator())
        .filteredOn(it -> it.time().isAfter(start))
        .as("discovery")
        .filteredOn(it -> it.path().matches("/apis(/argoproj\\.io(/v1alpha1)?)?"))
        .isEmpty();
    stage.pods().forEach(it -> stage.client.resource(it).delete());
    stage.awaitRotations(APP, 1);
    assertThat(stage.service.liveKeys()).extracting(ServiceKey::id).doesNotContain(old.key().id());
  }

  private void installKind() {
    stage.apply(StandInArgo.CRD);
    controlPlane
        .client()
        .apiextensions()
        .v1()
        .customResourceDefinitions()
        .withName("rollouts.argoproj.io")
        .waitUntilCondition(
            crd ->
                crd != null
                    && crd.getStatus() != null
                    && crd.getStatus().getConditions().stream()
                        .anyMatch(it ->
                            "Established".equals(it.getType()) && "True".equals(it.getStatus())),
            20,
            TimeUnit.SECONDS);
  }

  private List<Request> asked(String verb) {
    return ofTheOperator().stream()
        .filter(it -> it.path().contains("/namespaces/" + stage.namespace + "/rollouts/web"))
        .filter(it -> it.verb().equals(verb))
        .toList();
  }

  private List<Request> ofTheOperator() {
    return controlPlane.audit().requests().stream()
        .filter(it -> it.userAgent().startsWith("rekey/operator"))
        .toList();
  }

  private void rotate(NewKey old) {
    stage.rotation(
        APP, APP, "adopt: {keyId: \"" + old.key().id() + "\"}\nschedule: {interval: 90d}");
  }

  private void assertGoneBeforeTheOldKey(List<Pod> pods, NewKey old) {
    var deleted =
        stage.service.log(What.DELETED).stream()
            .filter(it -> it.keyId().equals(old.key().id()))
            .toList();
    assertThat(deleted).hasSize(1);
    assertThat(pods)
        .hasSize(2)
        .allSatisfy(it ->
            assertThat(gone.get(it.getMetadata().getUid()))
                .as(it.getMetadata().getName())
                .isNotNull()
                .isBefore(deleted.getFirst().at()));
  }

  private void awaitReadyPods(int count) {
    await()
        .atMost(Stage.PATIENCE)
        .untilAsserted(() ->
            assertThat(stage.pods())
                .filteredOn(pod ->
                    pod.getStatus().getConditions().stream()
                        .anyMatch(
                            it -> "Ready".equals(it.getType()) && "True".equals(it.getStatus())))
                .hasSize(count));
  }

  private static String workload() {
    return """
    spec:
      replicas: 2
      selector: {matchLabels: {app: web}}
      template:
        metadata:
          labels: {app: web}
          annotations: {%s: "3s"}
        spec:
          containers:
          - name: app
            image: registry.example/app:1
            env: [{name: API_KEY, valueFrom: {secretKeyRef: {name: till, key: apiKey}}}]
    """
        .formatted(PodSwitches.TERMINATION_DELAY);
  }
}
