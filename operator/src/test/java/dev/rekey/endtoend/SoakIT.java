package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.keyservice.LogEntry;
import dev.rekey.keyservice.LogEntry.What;
import dev.rekey.keyservice.NewKey;
import dev.rekey.node.PodSwitches;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.nio.file.Files;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What people do to a workload while both keys work on, after every pod has moved. */
@Testkube
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SoakIT {
  private final ControlPlane controlPlane;
  private final Stage stage;

  SoakIT(ControlPlane controlPlane, TestNamespace space) {
    this.controlPlane = controlPlane;
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

  /** It takes longer than the soak and than the progress timeout, and each of its pods less. */
  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aReleaseIsNeitherStuckNorTakenBackAndTheOldKeyGoesAfterIt() throws Exception {
    var scene = stage.scene("released");
    var old = scene.keyInSecret();
    var manifest = Manifest.deployment("released", 4).annotated(PodSwitches.READY_DELAY, "4s");
    apply(manifest.yaml(stage.namespace));
    scene.awaitReadyPods(4);
    scene.rotation(old, "settle: 1s, soak: 5s, progressTimeout: 12s, onFailure: Rollback");
    stage.awaitPhase("released", "Soaking");
    var newImage = "registry.example/released:2";

    apply(manifest.yaml(stage.namespace).replace(manifest.image(), newImage));

    scene.endsWell(1);
    assertThat(scene.works(old)).isFalse();
    assertThat(scene.publication()).as("nothing was taken back").isEqualTo(1);
    assertThat(scene.stamped()).as("apply leaves the stamp alone").isEqualTo(1);
    assertThat(scene.warnings()).isEmpty();
    var deletedAt = deletedAt(scene, old);
    assertThat(scene.pods())
        .hasSize(4)
        .allSatisfy(it -> {
          assertThat(it.getSpec().getContainers().getFirst().getImage()).isEqualTo(newImage);
          assertThat(readySince(it)).isBefore(deletedAt);
        });
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void oldKeyStaysUntilThePodsOfAnOldReplicaSetThatWasScaledUpByHandAreGone() {
    var scene = stage.scene("scaled");
    var old = scene.keyInSecret();
    // they go by themselves, and take longer than the soak
    scene.applied(
        Manifest.deployment("scaled", 2).annotated(PodSwitches.TERMINATION_DELAY, "12s"), 2);
    var oldSet = sets("scaled").getFirst();
    scene.rotation(old, "settle: 1s, soak: 6s, progressTimeout: 3s, onFailure: Rollback");
    stage.awaitPhase("scaled", "Soaking");
    var gone = new ConcurrentHashMap<String, Instant>();
    try (var watch = stage.client.pods().inNamespace(stage.namespace).watch(new Departures(gone))) {
      assertThat(watch).isNotNull();
      stage
          .client
          .apps()
          .replicaSets()
          .inNamespace(stage.namespace)
          .withName(oldSet.getMetadata().getName())
          .scale(2);
      await().atMost(Stage.PATIENCE).until(() -> !podsOf(scene, oldSet).isEmpty());
      var made = podsOf(scene, oldSet);

      scene.awaitBehind("pod " + made.values().iterator().next());
      assertThat(scene.works(old)).isTrue();
      scene.endsWell(1);

      assertThat(scene.works(old)).isFalse();
      assertThat(scene.publication()).as("nothing was taken back").isEqualTo(1);
      var deletedAt = deletedAt(scene, old);
      assertThat(made.keySet())
          .allSatisfy(
              it -> assertThat(gone.get(it)).as("pod %s", it).isNotNull().isBefore(deletedAt));
    }
  }

  private void apply(String yaml) throws Exception {
    var file = controlPlane.folder().resolve(stage.namespace + "-released.yaml");
    Files.writeString(file, yaml);
    new Kubectl(controlPlane).run(0, "apply", "-f", file.toString());
  }

  private static Instant deletedAt(Scene scene, NewKey old) {
    return scene.service.log(What.DELETED).stream()
        .filter(it -> it.keyId().equals(old.key().id()))
        .map(LogEntry::at)
        .findFirst()
        .orElseThrow();
  }

  private static Instant readySince(Pod pod) {
    return pod.getStatus().getConditions().stream()
        .filter(it -> "Ready".equals(it.getType()) && "True".equals(it.getStatus()))
        .map(it -> Instant.parse(it.getLastTransitionTime()))
        .findFirst()
        .orElseThrow();
  }

  private List<ReplicaSet> sets(String deployment) {
    return stage
        .client
        .apps()
        .replicaSets()
        .inNamespace(stage.namespace)
        .withLabel("app", deployment)
        .list()
        .getItems();
  }

  /** The names of its pods by their UIDs. */
  private static Map<String, String> podsOf(Scene scene, ReplicaSet set) {
    var names = new ConcurrentHashMap<String, String>();
    for (var pod : scene.pods()) {
      if (pod.getMetadata().getOwnerReferences().stream()
          .anyMatch(it -> it.getUid().equals(set.getMetadata().getUid()))) {
        names.put(pod.getMetadata().getUid(), pod.getMetadata().getName());
      }
    }
    return names;
  }
}
