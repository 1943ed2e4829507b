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
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Somebody else writes the Secret, as a deployment pipeline that has an old copy of it does. It is
 * written again, and what pods may have read in between is reckoned with.
 */
@Testkube
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DriftIT {
  private final Stage stage;

  DriftIT(ControlPlane controlPlane, TestNamespace space) {
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
  void aSecretThatIsRevertedWhilePodsRollKeepsTheOldKeyAliveUntilPodsMovedAgain() {
    var scene = stage.scene("reverted");
    var old = scene.keyInUse(Duration.ofDays(100), Map.of(PodSwitches.TERMINATION_DELAY, "6s"));
    whileOldPodsAreThere(scene, old, it -> it.putInSecret(old));
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aSecretThatIsEditedWhilePodsRollIsWrittenAgain() {
    var scene = stage.scene("edited");
    var old = scene.keyInUse(Duration.ofDays(100), Map.of(PodSwitches.TERMINATION_DELAY, "6s"));
    whileOldPodsAreThere(scene, old, it -> it.putInSecret(it.othersKey));
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aSecretThatIsDeletedWhilePodsRollIsMadeAgain() {
    var scene = stage.scene("deleted");
    var old = scene.keyInUse(Duration.ofDays(100), Map.of(PodSwitches.TERMINATION_DELAY, "6s"));
    whileOldPodsAreThere(scene, old, it -> stage.client.resource(it.secret()).delete());
  }

  /** The drift happens when the new pod runs and the old one has not ended yet. */
  private static void whileOldPodsAreThere(Scene scene, NewKey old, Consumer<Scene> drift) {
    scene.rotation(old);
    await()
        .atMost(Stage.PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> scene.stamped() == 1 && scene.hintsInPods().size() == 2);
    var podsAtTheTime = scene.podNames();
    drift.accept(scene);

    await("written again")
        .atMost(Stage.PATIENCE)
        .untilAsserted(() -> {
          assertThat(scene.publication()).isGreaterThan(1);
          assertThat(scene.valueInSecret().equals(old.plainText())).as("old key shown").isFalse();
        });
    scene.endsWell(1);
    var publication = scene.publication();
    assertThat(scene.stamped()).as("the newest stamp").isEqualTo(publication);
    // every pod that was there, or could have read the wrong Secret, had ended before the old key
    // was deleted
    var log = scene.service.log();
    var whenDeleted =
        IntStream.range(0, log.size())
            .filter(it -> log.get(it).what() == What.DELETED)
            .filter(it -> log.get(it).keyId().equals(old.key().id()))
            .toArray();
    assertThat(whenDeleted).hasSize(1);
    assertThat(log.subList(whenDeleted[0], log.size()))
        .extracting(LogEntry::by)
        .noneMatch(it -> podsAtTheTime.contains(it.substring(it.indexOf('/') + 1)));
    assertThat(scene.service.log(What.REJECTED)).isEmpty();
    assertThat(scene.hintsInPods()).containsExactly(scene.hintInStatus());
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aSecretThatIsEditedAtRestIsWrittenAgainAndNobodyIsRestarted() {
    var scene = stage.scene("at-rest");
    var old = scene.keyInUse(Duration.ofDays(100), Map.of());
    scene.rotation(old);
    scene.endsWell(1);
    int publication = scene.publication();
    var pods = scene.podNames();

    scene.putInSecret(scene.othersKey);
    isWrittenAgain(scene, publication + 1);
    stage.client.resource(scene.secret()).delete();
    isWrittenAgain(scene, publication + 2);
    // as kubectl replace does with an old file
    scene.editSecret(it -> {
      it.getMetadata().getLabels().clear();
      it.getMetadata().getAnnotations().clear();
      return it;
    });
    isWrittenAgain(scene, publication + 3);
    assertThat(scene.podNames()).isEqualTo(pods);

    // the next rotation goes on from there
    scene.askForRotation("1");
    scene.endsWell(2);
    assertThat(scene.publication()).isEqualTo(publication + 4);
    assertThat(scene.stamped()).isEqualTo(publication + 4);
  }

  private static void isWrittenAgain(Scene scene, int publication) {
    await()
        .atMost(Stage.PATIENCE)
        .untilAsserted(() -> assertThat(scene.publication()).isEqualTo(publication));
    scene.awaitReady("True", "Idle");
    assertThat(
            scene.service.liveKeys().stream()
                .filter(it -> scene.valueInSecret().endsWith(it.lastFive())))
        .extracting(it -> it.id())
        .containsExactlyElementsOf(scene.liveKeysOfOurs());
    assertThat(scene.liveKeysOfOurs()).hasSize(1);
  }
}
