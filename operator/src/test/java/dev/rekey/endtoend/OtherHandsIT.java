package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.keyservice.LogEntry.What;
import dev.rekey.keyservice.NewKey;
import dev.rekey.keyservice.ServiceKey;
import dev.rekey.node.CallingPod;
import dev.rekey.node.PodSwitches;
import dev.rekey.rotation.Names;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Others who write the same workloads: GitOps tools, autoscalers, people, another rotation. */
@Testkube
class OtherHandsIT {
  private final ControlPlane controlPlane;
  private final Stage stage;

  OtherHandsIT(ControlPlane controlPlane, TestNamespace space) {
    this.controlPlane = controlPlane;
    stage = new Stage(controlPlane, space);
  }

  @AfterEach
  void stop() throws Exception {
    stage.close();
  }

  @Test
  void theOriginalManifestAppliedAgainShowsNoDriftAndTakesNoStampAway() throws Exception {
    var old = stage.keyInSecret("till", Duration.ofDays(100));
    stage.issuer();
    var manifest = controlPlane.folder().resolve(stage.namespace + ".yaml");
    Files.writeString(manifest, deployment("till", 1, "3s", "till"));
    var file = manifest.toString();
    var kubectl = new Kubectl(controlPlane);
    kubectl.run(0, "apply", "-f", file);
    stage.startOperator();
    rotate("till", old);
    stage.awaitRotations("till", 1);
    var stamped = deployment("till").getSpec().getTemplate();
    assertThat(stamped.getMetadata().getAnnotations()).containsKey(Names.stamp("till"));

    assertThat(kubectl.run(0, "apply", "-f", file)).contains("unchanged");
    // ends with 1 where there is a difference
    assertThat(kubectl.run(0, "diff", "-f", file)).isBlank();
    assertThat(
            kubectl.run(
                0,
                "apply",
                "--server-side",
                "--force-conflicts",
                "--dry-run=server",
                "--field-manager=argocd-controller",
                "-o",
                "yaml",
                "-f",
                file))
        .contains(Names.stamp("till"));
    kubectl.run(
        0, "apply", "--server-side", "--force-conflicts", "--field-manager=flux", "-f", file);

    assertThat(deployment("till").getSpec().getTemplate()).isEqualTo(stamped);
    endsWell(1);
  }

  @Test
  void anAutoscalerInTheMiddleOfARolloutIsNoProblem() {
    var old = stage.keyInSecret("till", Duration.ofDays(100));
    stage.issuer();
    stage.application(
        "till",
        2,
        "till",
        Map.of(PodSwitches.READY_DELAY, "2s", PodSwitches.TERMINATION_DELAY, "3s"));
    stage.startOperator();
    rotate("till", old);
    stage.awaitPhase("till", "Rolling");

    scale(4);
    await().atMost(Stage.PATIENCE).until(() -> stage.pods().size() >= 4);
    scale(1);
    stage.awaitRotations("till", 1);

    assertThat(deployment("till").getMetadata().getManagedFields())
        .as("written as an autoscaler writes it")
        .anyMatch(it -> "scale".equals(it.getSubresource()));
    endsWell(1);
  }

  @Test
  void anOldReplicaSetThatIsScaledUpByHandIsWaitedFor() {
    var old = stage.keyInSecret("till", Duration.ofDays(100));
    stage.issuer();
    stage.application(
        "till",
        2,
        "till",
        Map.of(PodSwitches.READY_DELAY, "3s", PodSwitches.TERMINATION_DELAY, "5s"));
    var oldSet = sets().getFirst();
    var gone = new ConcurrentHashMap<String, Instant>();
    try (var watch = stage.client.pods().inNamespace(stage.namespace).watch(new Departures(gone))) {
      assertThat(watch).isNotNull();
      stage.startOperator();
      rotate("till", old);
      await().atMost(Stage.PATIENCE).until(() -> sets().size() == 2 && stage.pods().size() > 2);

      stage
          .client
          .apps()
          .replicaSets()
          .inNamespace(stage.namespace)
          .withName(oldSet.getMetadata().getName())
          .scale(4);
      await().atMost(Stage.PATIENCE).until(() -> podsOf(oldSet).size() >= 3);
      var made = podsOf(oldSet);
      stage.awaitRotations("till", 1);

      assertGoneBefore(old, made, gone);
    }
    endsWell(1);
  }

  @Test
  void twoSecretsThatCrossInThreeWorkloadsRestartEachOfThemOnce() {
    var one = stage.keyInSecret("one", Duration.ofDays(100));
    var two = stage.keyInSecret("two", Duration.ofDays(100));
    stage.issuer();
    var program = CallingPod.calling(stage.service.url(), stage.traffic).andVariable("OTHER_KEY");
    stage.cast("both", program);
    stage.ends(program);
    stage.apply(deployment("both", 2, "2s", "one", "two"));
    stage.apply(deployment("first", 1, "2s", "one"));
    stage.apply(deployment("second", 1, "2s", "two"));
    await()
        .atMost(Stage.PATIENCE)
        .until(() ->
            List.of("both", "first", "second").stream()
                .allMatch(it ->
                    deployment(it)
                        .getSpec()
                        .getReplicas()
                        .equals(deployment(it).getStatus().getAvailableReplicas())));
    var readFirst = podsOf("both", "first");
    var readSecond = podsOf("both", "second");
    var gone = new ConcurrentHashMap<String, Instant>();
    try (var watch = stage.client.pods().inNamespace(stage.namespace).watch(new Departures(gone))) {
      assertThat(watch).isNotNull();
      stage.startOperator();
      rotate("one", one);
      rotate("two", two);

      stage.awaitRotations("one", 1);
      stage.awaitRotations("two", 1);

      assertGoneBefore(one, readFirst, gone);
      assertGoneBefore(two, readSecond, gone);
    }
    assertThat(deployment("both").getSpec().getTemplate().getMetadata().getAnnotations())
        .containsKeys(Names.stamp("one"), Names.stamp("two"));
    assertThat(deployment("first").getSpec().getTemplate().getMetadata().getAnnotations())
        .containsKey(Names.stamp("one"))
        .doesNotContainKey(Names.stamp("two"));
    for (var name : List.of("both", "first", "second")) {
      assertThat(deployment(name).getMetadata().getGeneration()).as(name).isEqualTo(2);
      assertThat(sets())
          .filteredOn(it -> it.getMetadata().getName().startsWith(name + "-"))
          .as("the first, and one for both stamps")
          .hasSize(2);
    }
    assertThat(stage.client.v1().events().inNamespace(stage.namespace).list().getItems())
        .filteredOn(it -> "Deployment".equals(it.getInvolvedObject().getKind()))
        .filteredOn(it -> "both".equals(it.getInvolvedObject().getName()))
        .filteredOn(it -> "Rolling".equals(it.getReason()))
        .singleElement()
        .satisfies(it ->
            assertThat(it.getMessage())
                .startsWith("restarted by Rekey for ApiKeyRotation ")
                .containsPattern(
                    "ApiKeyRotation one: Secret one shows key \\S+ \\(…\\w+\\) \\(Interval\\)")
                .containsPattern(
                    "ApiKeyRotation two: Secret two shows key \\S+ \\(…\\w+\\) \\(Interval\\)"));
    endsWell(2);
  }

  @Test
  void aTemplateThatLetsGoOfTheSecretNeedsNobodyToRestartItsPods() {
    var old = stage.keyInSecret("till", Duration.ofDays(100));
    var another = stage.service.seed(Stage.TEAM, "of nobody's Secret", List.of(), Instant.now());
    stage.issuer();
    stage.application(
        "till",
        2,
        "till",
        Map.of(PodSwitches.READY_DELAY, "4s", PodSwitches.TERMINATION_DELAY, "3s"));
    var before = podsOf("till");
    var gone = new ConcurrentHashMap<String, Instant>();
    try (var watch = stage.client.pods().inNamespace(stage.namespace).watch(new Departures(gone))) {
      assertThat(watch).isNotNull();
      stage.startOperator();
      rotate("till", old);
      stage.awaitPhase("till", "Rolling");
      stage
          .client
          .apps()
          .deployments()
          .inNamespace(stage.namespace)
          .withName("till")
          .patch(
              PatchContext.of(PatchType.JSON),
              "[{\"op\": \"replace\", \"path\": \"/spec/template/spec/containers/0/env/0\","
                  + " \"value\": {\"name\": \"API_KEY\", \"value\": \""
                  + another.plainText()
                  + "\"}}]");
      stage.awaitRotations("till", 1);

      assertGoneBefore(old, before, gone);
    }
    assertThat(stage.events("till")).doesNotContain("OtherController");
    endsWell(2);
  }

  private void assertGoneBefore(NewKey old, List<String> pods, Map<String, Instant> gone) {
    var deletedAt =
        stage.service.log(What.DELETED).stream()
            .filter(it -> it.keyId().equals(old.key().id()))
            .findFirst()
            .orElseThrow()
            .at();
    assertThat(pods)
        .isNotEmpty()
        .allSatisfy(
            it -> assertThat(gone.get(it)).as("pod %s", it).isNotNull().isBefore(deletedAt));
  }

  private void rotate(String name, NewKey old) {
    stage.rotation(
        name, name, "adopt: {keyId: \"" + old.key().id() + "\"}\nschedule: {interval: 90d}");
  }

  private void scale(int replicas) {
    stage.client.apps().deployments().inNamespace(stage.namespace).withName("till").scale(replicas);
  }

  private Deployment deployment(String name) {
    return stage.client.apps().deployments().inNamespace(stage.namespace).withName(name).get();
  }

  private List<ReplicaSet> sets() {
    return stage.client.apps().replicaSets().inNamespace(stage.namespace).list().getItems();
  }

  /** The UIDs of the pods of these Deployments. */
  private List<String> podsOf(String... deployments) {
    return stage.pods().stream()
        .filter(it -> List.of(deployments).contains(it.getMetadata().getLabels().get("app")))
        .map(it -> it.getMetadata().getUid())
        .toList();
  }

  /** The UIDs of its pods. */
  private List<String> podsOf(ReplicaSet set) {
    return stage.pods().stream()
        .filter(pod ->
            pod.getMetadata().getOwnerReferences().stream()
                .anyMatch(it -> it.getUid().equals(set.getMetadata().getUid())))
        .map(it -> it.getMetadata().getUid())
        .toList();
  }

  private void endsWell(int keys) {
    assertThat(stage.service.liveKeys()).extracting(ServiceKey::id).hasSize(keys);
    assertThat(stage.traffic.failedRequests()).isEmpty();
    assertThat(stage.traffic.successes()).isGreaterThan(50);
  }

  /** The first Secret's key is the one that pods call with. */
  private String deployment(String name, int replicas, String termination, String... secrets) {
    var env = new StringBuilder();
    for (String secret : secrets) {
      env.append(
          "        - {name: %s, valueFrom: {secretKeyRef: {name: %s, key: apiKey}}}\n"
              .formatted(env.isEmpty() ? "API_KEY" : "OTHER_KEY", secret));
    }
    return """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: %1$s, namespace: %2$s}
    spec:
      replicas: %3$d
      selector: {matchLabels: {app: %1$s}}
      template:
        metadata:
          labels: {app: %1$s}
          annotations: {%4$s: "%5$s"}
        spec:
          containers:
          - name: app
            image: registry.example/app:1
            env:
    """
            .formatted(name, stage.namespace, replicas, PodSwitches.TERMINATION_DELAY, termination)
        + env;
  }
}
