package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.api.v1alpha1.OnFailure;
import dev.rekey.keyservice.LogEntry.What;
import dev.rekey.keyservice.NewKey;
import dev.rekey.node.PodSwitches;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A pod that is told to end and does not. */
@Testkube
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HangingPodIT {
  private final Stage stage;

  HangingPodIT(ControlPlane controlPlane, TestNamespace space) {
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

  @ParameterizedTest
  @EnumSource(OnFailure.class)
  @Execution(ExecutionMode.CONCURRENT)
  void oldKeyStaysWhileOneOldPodTerminatesForManyProgressTimeouts(OnFailure onFailure) {
    var name = "hanging-" + onFailure.name().toLowerCase(Locale.ROOT);
    var scene = stage.scene(name);
    var old = scene.keyInSecret();
    var freed = new AtomicBoolean();
    scene.applied(hanging(scene, freed, Manifest.deployment(name, 3)), 3);
    var hanging = scene.pods().getFirst();
    hangs(hanging);
    rotation(scene, old, onFailure);

    // three pods take twice the progress timeout, and nobody is stuck before the last has moved
    scene.awaitReady("False", "ConsumersStuck");

    assertThat(scene.behind())
        .as("who is waited for")
        .containsExactly(
            "pod " + hanging.getMetadata().getName() + " still terminating, with the old key");
    assertThat(stage.events(name)).containsOnlyOnce("ConsumersStuck");
    scene.bothKeysWorkFor(old, Duration.ofSeconds(18));
    assertThat(scene.pods()).hasSize(4);
    endsWellOnceFreed(scene, old, freed, 3);
  }

  /** It is the last one to move, and the one in its place is made only once it is gone. */
  @ParameterizedTest
  @EnumSource(OnFailure.class)
  @Execution(ExecutionMode.CONCURRENT)
  void oldKeyStaysWhileThePodThatASetWaitsForTerminates(OnFailure onFailure) {
    var name = "queue-" + onFailure.name().toLowerCase(Locale.ROOT);
    var scene = stage.scene(name);
    var old = scene.keyInSecret();
    var freed = new AtomicBoolean();
    scene.applied(hanging(scene, freed, Manifest.statefulSet(name, 2)), 2);
    hangs(
        scene.pods().stream()
            .filter(it -> it.getMetadata().getName().equals(name + "-0"))
            .findFirst()
            .orElseThrow());
    rotation(scene, old, onFailure);

    scene.awaitReady("False", "ConsumersStuck");

    scene.awaitBehind("pod " + name + "-0 still terminating, with the old key");
    scene.bothKeysWorkFor(old, Duration.ofSeconds(18));
    assertThat(scene.stampedPods()).containsExactlyInAnyOrder(0, 1);
    endsWellOnceFreed(scene, old, freed, 2);
  }

  private Manifest hanging(Scene scene, AtomicBoolean freed, Manifest workload) {
    // the other pods have ended by then, and new ones are not told to end
    stage.cast(
        scene.name,
        pod -> scene.program.until(() -> freed.get() && isOld(scene, pod.uid())).run(pod));
    return workload
        .annotated(PodSwitches.READY_DELAY, "4s")
        .annotated(PodSwitches.TERMINATION_DELAY, "2s")
        .withPod("terminationGracePeriodSeconds: 600");
  }

  private void hangs(Pod pod) {
    patch(pod, "{\"annotations\": {\"" + PodSwitches.TERMINATION_DELAY + "\": \"9m\"}}");
  }

  private static void rotation(Scene scene, NewKey old, OnFailure onFailure) {
    scene.rotation(old, "settle: 1s, soak: 1s, progressTimeout: 6s, onFailure: " + onFailure);
  }

  /** Whoever takes its place has a progress timeout to get ready, and takes nothing back. */
  private static void endsWellOnceFreed(Scene scene, NewKey old, AtomicBoolean freed, int pods) {
    freed.set(true);
    scene.endsWell(1);
    assertThat(scene.works(old)).isFalse();
    assertThat(scene.publication()).as("nothing was taken back").isEqualTo(1);
    assertThat(scene.stampedPods()).containsOnly(1).hasSize(pods);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aPodThatOnlyAFinalizerKeepsHoldsNoKeyOnceItsContainersHaveEnded() {
    var scene = stage.scene("kept");
    var old = scene.keyInSecret();
    scene.applied(Manifest.deployment("kept", 1).annotated(PodSwitches.TERMINATION_DELAY, "5s"), 1);
    var kept = scene.pods().getFirst();
    patch(kept, "{\"finalizers\": [\"example.com/hold\"]}");
    scene.rotation(old, "settle: 1s, soak: 1s, progressTimeout: 60s");

    scene.awaitBehind("pod " + kept.getMetadata().getName(), "still terminating, with the old key");
    assertThat(scene.works(old)).isTrue();
    scene.endsWell(1);

    assertThat(scene.works(old)).isFalse();
    assertThat(scene.pods())
        .filteredOn(it -> it.getMetadata().getUid().equals(kept.getMetadata().getUid()))
        .singleElement()
        .satisfies(it -> {
          assertThat(it.getMetadata().getDeletionTimestamp()).isNotNull();
          assertThat(it.getStatus().getPhase()).isEqualTo("Succeeded");
        });
    assertThat(scene.service.log(What.DELETED)).hasSize(1);
    patch(kept, "{\"finalizers\": null}");
    await().atMost(Stage.PATIENCE).until(() -> scene.pods().size() == 1);
  }

  private static boolean isOld(Scene scene, String uid) {
    return scene.pods().stream()
        .anyMatch(it ->
            it.getMetadata().getUid().equals(uid)
                && it.getMetadata().getDeletionTimestamp() != null);
  }

  private void patch(Pod pod, String metadata) {
    stage
        .client
        .resource(pod)
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\": " + metadata + "}");
  }
}
