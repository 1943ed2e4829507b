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
import java.util.function.BooleanSupplier;
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
    var probe = new AtomicReference<BooleanSupplier>(() -> true);
    var old = inTheSoak(scene, probe);
    probe.set(() -> false);

    scene.awaitBehind(
        "pod faint-",
        "has the new key and is not ready: container app runs and is not found ready");

    scene.bothKeysWorkFor(old, SOAK.multipliedBy(2));
    probe.set(() -> true);
    scene.endsWell(1);
    assertThat(scene.works(old)).isFalse();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void oldKeyStaysWhilePodsAreReadyAndUnreadyInTurnAndTheyCountAsStuck() {
    var scene = stage.scene("unsteady");
    var probe = new AtomicReference<BooleanSupplier>(() -> true);
    var old = inTheSoak(scene, probe);
    // ready for a second from time to time, and never at the end of a soak
    var began = Instant.now();
    probe.set(() -> Duration.between(began, Instant.now()).toSeconds() % 9 == 8);

    scene.awaitReady("False", "ConsumersStuck");

    scene.bothKeysWorkFor(old, SOAK.multipliedBy(3));
    probe.set(() -> true);
    scene.endsWell(1);
    assertThat(scene.works(old)).isFalse();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void soakBeginsAnewWhereAPodIsUnreadyForAMoment() {
    var scene = stage.scene("blink");
    var probe = new AtomicReference<BooleanSupplier>(() -> true);
    var old = inTheSoak(scene, probe);
    var began = scene.ledger().at("/run/progress/allMovedAt").asText();
    // transition times are whole seconds
    await().until(() -> Instant.now().isAfter(Instant.parse(began).plusSeconds(1)));
    probe.set(() -> false);
    scene.awaitReadyPods(0);
    probe.set(() -> true);

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

  /** Every pod has moved, and is found ready as {@code probe} says. */
  private NewKey inTheSoak(Scene scene, AtomicReference<BooleanSupplier> probe) {
    var old = scene.keyInSecret();
    stage.cast(scene.name, new Probed(scene.program, probe));
    scene.applied(Manifest.deployment(scene.name, 2), 2);
    scene.rotation(old, "settle: 1s, soak: " + SOAK.toSeconds() + "s, progressTimeout: 3s");
    stage.awaitPhase(scene.name, "Soaking");
    return old;
  }

  private record Probed(PodProgram program, AtomicReference<BooleanSupplier> probe)
      implements PodProgram {
    @Override
    public void run(PodView pod) throws InterruptedException {
      program.run(pod);
    }

    @Override
    public boolean ready(PodView pod) {
      return probe.get().getAsBoolean();
    }
  }
}
