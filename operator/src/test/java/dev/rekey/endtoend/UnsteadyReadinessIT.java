package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.keyservice.NewKey;
import dev.rekey.node.PodProgram;
import dev.rekey.node.PodView;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Pods that have the new key and are ready at one moment and not at the next. */
@Testkube
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnsteadyReadinessIT {
  private static final Duration SOAK = Duration.ofSeconds(5);

  private final Stage stage;

  UnsteadyReadinessIT(ControlPlane controlPlane, TestNamespace space) {
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
  void oldKeyStaysWhereAPodGetsUnreadyInTheSoak() {
    var scene = stage.scene("faint");
    var probe = new AtomicReference<Predicate<PodView>>(_ -> true);
    var old = inTheSoak(scene, probe);
    probe.set(_ -> false);

    scene.awaitBehind(
        "pod faint-",
        "has the new key and is not ready: container app runs and is not found ready");

    scene.bothKeysWorkFor(old, SOAK.multipliedBy(2));
    probe.set(_ -> true);
    scene.endsWell(1);
    assertThat(scene.works(old)).isFalse();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void oldKeyStaysWhilePodsAreReadyAndUnreadyInTurnAndTheyCountAsStuck() {
    var scene = stage.scene("unsteady");
    var probe = new AtomicReference<Predicate<PodView>>(_ -> true);
    var old = inTheSoak(scene, probe);
    // ready for a second from time to time, and never at the end of a soak
    var began = Instant.now();
    probe.set(_ -> Duration.between(began, Instant.now()).toSeconds() % 9 == 8);

    scene.awaitReady("False", "ConsumersStuck");

    scene.bothKeysWorkFor(old, SOAK.multipliedBy(3));
    probe.set(_ -> true);
    scene.endsWell(1);
    assertThat(scene.works(old)).isFalse();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void soakBeginsAnewWhereAPodIsUnreadyForAMoment() {
    var scene = stage.scene("blink");
    var probe = new AtomicReference<Predicate<PodView>>(_ -> true);
    var old = inTheSoak(scene, probe);
    var began = scene.ledger().at("/run/progress/allMovedAt").asText();
    // transition times are whole seconds
    await().until(() -> Instant.now().isAfter(Instant.parse(began).plusSeconds(1)));
    probe.set(_ -> false);
    scene.awaitReadyPods(0);
    probe.set(_ -> true);

    await()
        .atMost(Stage.PATIENCE)
        .untilAsserted(() -> {
          var progress = scene.ledger().at("/run/progress");
          assertThat(progress.at("/unsteady/pod").asText()).startsWith("blink-");
          assertThat(progress.path("allMovedAt").asText()).isGreaterThan(began);
          assertThat(progress.path("firstAllMovedAt").asText()).isEqualTo(began);
        });
    assertThat(scene.works(old)).isTrue();
    scene.endsWell(1);
    assertThat(scene.works(old)).isFalse();
  }

  /** No single spell is as long as the progress timeout, and no soak is whole. */
  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void newKeyIsTakenBackAtLastWherePodsOnItAreReadyAndUnreadyInTurn() {
    var scene = stage.scene("wavering");
    var probe = new AtomicReference<Predicate<PodView>>(_ -> true);
    var old = inTheSoak(scene, probe, "progressTimeout: 10s, onFailure: Rollback");
    var oldKey = old.plainText();
    var began = Instant.now();
    probe.set(pod ->
        oldKey.equals(pod.environment().get("API_KEY"))
            || Duration.between(began, Instant.now()).toSeconds() % 5 >= 3);

    await()
        .atMost(Stage.PATIENCE)
        .untilAsserted(() ->
            assertThat(stage.history("wavering"))
                .singleElement()
                .satisfies(it -> assertThat(it.result()).isEqualTo("RolledBack")));

    assertThat(scene.valueInSecret()).isEqualTo(oldKey);
    assertThat(scene.publication()).as("the new key and the old one again").isEqualTo(2);
    assertThat(scene.liveKeysOfOurs()).containsExactly(old.key().id());
    assertThat(scene.stampedPods()).containsExactly(2, 2);
    scene.applicationsAreWell();
  }

  /** Every pod has moved, and is found ready as {@code probe} says. */
  private NewKey inTheSoak(Scene scene, AtomicReference<Predicate<PodView>> probe) {
    return inTheSoak(scene, probe, "progressTimeout: 3s");
  }

  private NewKey inTheSoak(Scene scene, AtomicReference<Predicate<PodView>> probe, String rollout) {
    var old = scene.keyInSecret();
    stage.cast(scene.name, new Probed(scene.program, probe));
    scene.applied(Manifest.deployment(scene.name, 2), 2);
    scene.rotation(old, "settle: 1s, soak: " + SOAK.toSeconds() + "s, " + rollout);
    stage.awaitPhase(scene.name, "Soaking");
    return old;
  }

  private record Probed(PodProgram program, AtomicReference<Predicate<PodView>> probe)
      implements PodProgram {
    @Override
    public void run(PodView pod) throws InterruptedException {
      program.run(pod);
    }

    @Override
    public boolean ready(PodView pod) {
      return probe.get().test(pod);
    }
  }
}
