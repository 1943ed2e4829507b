package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.keyservice.NewKey;
import dev.rekey.node.PodSwitches;
import dev.rekey.node.SimulatedNode;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A node that disappears in the middle of a rollout, while its pods run on. */
@Testkube
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LostNodeIT {
  private static final String OUT_OF_SERVICE = "node.kubernetes.io/out-of-service";

  private final Stage stage;

  LostNodeIT(ControlPlane controlPlane, TestNamespace space) {
    stage = new Stage(controlPlane, space);
  }

  @BeforeAll
  void start() {
    stage.startOperator();
  }

  @AfterAll
  void stop() throws Exception {
    stage.close();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void oldKeyStaysWhileANodeDoesNotAnswerUntilItIsSaidToBeOff() {
    var scene = stage.scene("silent");
    var old = scene.keyInSecret();
    var node = stage.anotherNode("silent");
    var left = inTheMiddle(scene, old, node);
    node.cutOff();

    var said = scene.awaitReady("False", "NodeUnreachable");

    assertThat(said.getMessage())
        .contains(
            "pod " + left.getMetadata().getName() + " is on node " + node.name(),
            "which is not ready, so its containers may still run");
    scene.bothKeysWorkFor(old, Duration.ofSeconds(5));
    assertThat(scene.traffic.keyHintsByPod().values())
        .as("the pod runs on, with the old key")
        .contains(old.key().lastFive());
    node.powerOff();
    outOfService(node);
    scene.endsWell(1);
    assertThat(scene.works(old)).isFalse();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void oldKeyStaysWhileThePodOfANodeThatIsGoneIsLeftBehind() {
    var scene = stage.scene("gone");
    var old = scene.keyInSecret();
    var node = stage.anotherNode("gone");
    var left = inTheMiddle(scene, old, node);
    // without it the control plane throws the pod away some time after its node
    finalizers(left, "[\"example.com/hold\"]");
    node.cutOff();
    stage.client.nodes().withName(node.name()).delete();

    var said = scene.awaitReady("False", "NodeUnreachable");
    assertThat(said.getMessage())
        .contains(
            "pod " + left.getMetadata().getName() + " is on node " + node.name(),
            "which does not exist any more");
    // it is given up, which proves nothing about its containers
    await()
        .atMost(Stage.PATIENCE)
        .until(() -> "Failed".equals(stage.client.resource(left).get().getStatus().getPhase()));

    scene.bothKeysWorkFor(old, Duration.ofSeconds(5));
    assertThat(scene.traffic.keyHintsByPod().values()).contains(old.key().lastFive());
    node.powerOff();
    stage
        .client
        .resource(
            new NodeBuilder()
                .withNewMetadata()
                .withName(node.name())
                .endMetadata()
                .withNewSpec()
                .addNewTaint("NoExecute", OUT_OF_SERVICE, null, "nodeshutdown")
                .endSpec()
                .build())
        .create();
    scene.endsWell(1);
    finalizers(left, "null");
  }

  /** It is not evicted, whatever becomes of its node, and its DaemonSet tells it to end in vain. */
  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void oldKeyStaysWhileThePodOfADaemonSetIsOnANodeThatDoesNotAnswerUntilItIsSaidToBeOff() {
    var scene = stage.scene("agent");
    var old = scene.keyInSecret();
    var node = stage.anotherNode("agent");
    label(node.name(), scene, false);
    label(stage.node.name(), scene, false);
    scene.applied(
        Manifest.daemonSet("agent", 2)
            .withPod("nodeSelector: {pool-agent: \"true\"}\nterminationGracePeriodSeconds: 1"),
        2);
    var left = on(scene, node).getFirst();
    node.cutOff();
    scene.rotation(old, "settle: 1s, soak: 1s, progressTimeout: 60s");

    var said = scene.awaitReady("False", "NodeUnreachable");

    assertThat(said.getMessage())
        .contains(
            "pod " + left.getMetadata().getName() + " is on node " + node.name(),
            "which is not ready, so its containers may still run");
    await()
        .atMost(Stage.PATIENCE)
        .untilAsserted(() -> assertThat(scene.stampedPods()).containsExactlyInAnyOrder(0, 1));
    scene.bothKeysWorkFor(old, Duration.ofSeconds(5));
    assertThat(scene.traffic.keyHintsByPod().values())
        .as("the pod runs on, with the old key")
        .contains(old.key().lastFive());
    node.powerOff();
    outOfService(node);
    scene.endsWell(1);
    assertThat(scene.works(old)).isFalse();
  }

  /**
   * Two pods are on the node that will be lost and one of them was moved to another; the other one
   * is on its way out, or soon will be.
   */
  private Pod inTheMiddle(Scene scene, NewKey old, SimulatedNode node) {
    label(node.name(), scene, false);
    scene.applied(
        Manifest.deployment(scene.name, 2)
            .annotated(PodSwitches.READY_DELAY, "3s")
            .annotated(PodSwitches.TERMINATION_DELAY, "30s")
            .withPod(
                "nodeSelector: {pool-"
                    + scene.name
                    + ": \"true\"}\nterminationGracePeriodSeconds: 1"),
        2);
    // the node is drained of new pods, and another one takes them
    label(node.name(), scene, true);
    label(stage.node.name(), scene, false);
    scene.rotation(old, "settle: 1s, soak: 1s, progressTimeout: 60s");
    await().atMost(Stage.PATIENCE).until(() -> on(scene, node).size() == 1);
    return on(scene, node).getFirst();
  }

  /** A person knows that nothing runs there any more, and says so. */
  private void outOfService(SimulatedNode node) {
    stage
        .client
        .nodes()
        .withName(node.name())
        .edit(it ->
            new NodeBuilder(it)
                .editSpec()
                .addNewTaint("NoExecute", OUT_OF_SERVICE, null, "nodeshutdown")
                .endSpec()
                .build());
  }

  private static List<Pod> on(Scene scene, SimulatedNode node) {
    return scene.pods().stream()
        .filter(it -> node.name().equals(it.getSpec().getNodeName()))
        .toList();
  }

  private void label(String node, Scene scene, boolean cordoned) {
    stage
        .client
        .nodes()
        .withName(node)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"metadata\": {\"labels\": {\"pool-"
                + scene.name
                + "\": \"true\"}}, \"spec\": {\"unschedulable\": "
                + cordoned
                + "}}");
  }

  private void finalizers(Pod pod, String names) {
    stage
        .client
        .resource(pod)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"metadata\": {\"finalizers\": " + names + "}}");
  }
}
