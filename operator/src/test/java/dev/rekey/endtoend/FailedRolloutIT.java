package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyOperator;
import dev.rekey.cluster.ClusterException;
import dev.rekey.cluster.fabric8.Fabric8Workloads;
import dev.rekey.keyservice.LogEntry.What;
import dev.rekey.keyservice.NewKey;
import dev.rekey.node.ContainerExit;
import dev.rekey.node.PodProgram;
import dev.rekey.node.PodView;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** New pods that do not get ready on the new key. */
@Testkube
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FailedRolloutIT {
  private static final String WAITS = "settle: 1s, soak: 1s, progressTimeout: 4s";

  private final ControlPlane controlPlane;
  private final Stage stage;
  private final OperatorLog log = OperatorLog.listen();
  private final OperatorAccount account;

  FailedRolloutIT(ControlPlane controlPlane, TestNamespace space) {
    this.controlPlane = controlPlane;
    stage = new Stage(controlPlane, space);
    account = new OperatorAccount(controlPlane, stage);
  }

  @BeforeAll
  void start() {
    stage.ends(log);
    stage.ends(account);
    stage.startOperator(account.client(), stage.config(), RekeyOperator.World.real(Stage.quick()));
  }

  @AfterAll
  void stop() throws Exception {
    stage.close();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void haltKeepsBothKeysAndTellsTheLastWordsOfAPodThatCrashesWithoutTheKeyInThem() {
    var scene = stage.scene("crashing");
    var old = scene.keyInSecret();
    var mended = new AtomicBoolean();
    stage.cast("crashing", new Crashing(scene, old, mended));
    scene.applied(Manifest.deployment("crashing", 2), 2);
    scene.rotation(old, WAITS + ", onFailure: Halt");

    var said = scene.awaitReady("False", "ConsumersStuck");
    scene.awaitBehind(
        "pod crashing-",
        "has the new key and is not ready: container app",
        "(CrashLoopBackOff), and last ended with exit code 3 (Error): cannot log in with ***");

    assertThat(said.getMessage()).contains("pod crashing-", "Both keys work");
    // several times the progress timeout
    scene.bothKeysWorkFor(old, Duration.ofSeconds(9));
    assertNothingTells(scene, old.plainText(), scene.valueInSecret());
    assertThat(scene.publication()).as("nothing was taken back").isEqualTo(1);
    mended.set(true);
    scene.endsWell(1);
    assertThat(scene.works(old)).isFalse();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void haltTellsWhichImageIsMissing() {
    var scene = stage.scene("pulling");
    var old = scene.keyInSecret();
    var workload = Manifest.deployment("pulling", 1);
    scene.applied(workload, 1);
    stage.node.forgetImage(workload.image());
    scene.rotation(old, WAITS);

    scene.awaitReady("False", "ConsumersStuck");

    scene.awaitBehind(
        "pod pulling-",
        "has the new key and is not ready: container app waits (ImagePullBackOff)",
        "Back-off pulling image \"" + workload.image() + "\"");
    scene.bothKeysWorkFor(old, Duration.ofSeconds(3));
    stage.node.bringBackImage(workload.image());
    scene.endsWell(1);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void rollbackPublishesTheOldKeyOnceAndDeletesThePodThatHoldsUpItsSet() {
    var scene = stage.scene("queue");
    var old = scene.keyInSecret();
    stage.cast("queue", new Crashing(scene, old, new AtomicBoolean()));
    scene.applied(Manifest.statefulSet("queue", 3), 3);
    var before = podsByName(scene);
    scene.rotation(old, WAITS + ", onFailure: Rollback");

    await()
        .atMost(Stage.PATIENCE)
        .untilAsserted(() ->
            assertThat(stage.history("queue"))
                .singleElement()
                .satisfies(it -> assertThat(it.result()).isEqualTo("RolledBack")));

    assertThat(scene.valueInSecret()).isEqualTo(old.plainText());
    assertThat(scene.publication()).as("the new key and the old one again").isEqualTo(2);
    assertThat(scene.liveKeysOfOurs()).containsExactly(old.key().id());
    scene.awaitReadyPods(3);
    assertThat(scene.stampedPods()).containsOnly(2).hasSize(3);
    // the last of them was the first to be moved, and the only one that failed
    assertThat(account.askedSince(Instant.EPOCH))
        .filteredOn(it -> it.verb().equals("delete") && it.resource().equals("pods"))
        .singleElement()
        .satisfies(it -> {
          assertThat(it.name()).isEqualTo("queue-2");
          assertThat(it.code()).isEqualTo(200);
        });
    assertThat(podsByName(scene).keySet()).isEqualTo(before.keySet());
    assertThat(scene.service.log(What.MINTED)).hasSize(1);
    scene.applicationsAreWell();
    await()
        .atMost(Stage.PATIENCE)
        .untilAsserted(() ->
            assertThat(stage.condition("queue", "Ready"))
                .hasValueSatisfying(it ->
                    assertThat(it.getMessage()).contains("The last rotation was taken back")));
    assertNothingTells(scene, old.plainText());
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aPodOfTheSameNameThatWasMadeSinceIsNotDeleted() {
    var scene = stage.scene("again");
    scene.keyInSecret();
    scene.applied(Manifest.statefulSet("again", 1), 1);
    var first = scene.pods().getFirst();
    var workloads = new Fabric8Workloads(controlPlane.client());
    var uid = first.getMetadata().getUid();
    stage.client.resource(first).delete();
    await()
        .atMost(Stage.PATIENCE)
        .until(() -> scene.pods().stream().anyMatch(it -> !it.getMetadata().getUid().equals(uid)));

    assertThatThrownBy(() -> workloads.deletePod(stage.namespace, "again-0", uid))
        .isInstanceOf(ClusterException.Conflict.class);

    scene.awaitReadyPods(1);
    var second = scene.pods().getFirst();
    assertThat(second.getMetadata().getDeletionTimestamp()).isNull();
    workloads.deletePod(stage.namespace, "again-0", second.getMetadata().getUid());
    await()
        .atMost(Stage.PATIENCE)
        .until(() ->
            scene.pods().stream()
                .noneMatch(it -> it.getMetadata().getUid().equals(second.getMetadata().getUid())));
  }

  /**
   * Calls with the old key; on any other it is never ready, and ends with that key as last words.
   */
  private record Crashing(Scene scene, NewKey old, AtomicBoolean mended) implements PodProgram {
    @Override
    public void run(PodView pod) throws InterruptedException {
      if (!ready(pod)) {
        throw new ContainerExit(3, "cannot log in with " + key(pod) + "\nand so on");
      }
      scene.program.run(pod);
    }

    @Override
    public boolean ready(PodView pod) {
      return mended.get() || key(pod).equals(old.plainText());
    }

    private static String key(PodView pod) {
      return pod.environment().getOrDefault("API_KEY", "nothing");
    }
  }

  private Map<String, String> podsByName(Scene scene) {
    return scene.pods().stream()
        .map(Pod::getMetadata)
        .collect(Collectors.toMap(it -> it.getName(), it -> it.getUid()));
  }

  /** No status, Event or line of the log holds one of these. */
  private void assertNothingTells(Scene scene, String... keys) {
    var told =
        Serialization.asYaml(stage.rotation(scene.name))
            + Serialization.asYaml(
                stage.client.v1().events().inNamespace(stage.namespace).list().getItems())
            + String.join("\n", log.lines());
    assertThat(told).contains("exit code 3");
    assertThat(keys).allSatisfy(it -> assertThat(told).doesNotContain(it));
  }
}
