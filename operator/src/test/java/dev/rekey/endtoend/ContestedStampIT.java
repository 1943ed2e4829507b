package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyOperator;
import dev.rekey.config.OperatorConfig;
import dev.rekey.node.PodSwitches;
import dev.rekey.rotation.Names;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.HashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Somebody who takes the stamp off a template as often as it is put there. */
@Testkube
class ContestedStampIT {
  private final Stage stage;

  ContestedStampIT(ControlPlane controlPlane, TestNamespace space) {
    stage = new Stage(controlPlane, space);
  }

  @BeforeEach
  void start() {
    var environment = new HashMap<>(Stage.quickEnvironment());
    // a workload whose pods do not change is read again after eight looks, and only then is it
    // known
    environment.put("REKEY_BACKOFF", "5s");
    environment.put("REKEY_BACKOFF_CEILING", "20s");
    stage.startOperator(RekeyOperator.World.real(OperatorConfig.settings(environment)));
  }

  @AfterEach
  void stop() throws Exception {
    stage.close();
  }

  @Test
  void bothKeysWorkAndTheWorkloadIsNamedUntilNobodyTakesTheStampAway() {
    var scene = stage.scene("contested");
    var old = scene.keyInSecret();
    scene.applied(Manifest.deployment("contested", 2).annotated(PodSwitches.READY_DELAY, "1s"), 2);
    var tidier = new Tidier(stage, "contested", new AtomicInteger());
    try (var watch =
        stage
            .client
            .apps()
            .deployments()
            .inNamespace(stage.namespace)
            .withName("contested")
            .watch(tidier)) {
      assertThat(watch).isNotNull();
      scene.rotation(old, "settle: 1s, soak: 1s, progressTimeout: 60s");

      var said = scene.awaitReady("False", "StampContested");

      assertThat(tidier.times()).hasValueGreaterThanOrEqualTo(3);
      assertThat(said.getMessage())
          .contains(
              "Deployment contested was given a stamp and does not carry it any more",
              "Find out who else writes its template");
      scene.bothKeysWorkFor(old, Duration.ofSeconds(8));
      assertThat(scene.publication()).as("a new stamp needs no new publication").isEqualTo(1);
    }

    scene.endsWell(1);

    assertThat(scene.works(old)).isFalse();
    assertThat(scene.stamped()).isEqualTo(1);
    assertThat(scene.stampedPods()).containsExactly(1, 1);
  }

  /**
   * Takes it away at once, under a name of its own.
   *
   * @param times how often it has
   */
  private record Tidier(Stage stage, String deployment, AtomicInteger times)
      implements Watcher<Deployment> {
    @Override
    public void eventReceived(Action action, Deployment now) {
      var annotations = now.getSpec().getTemplate().getMetadata().getAnnotations();
      if (action == Action.MODIFIED
          && annotations != null
          && annotations.containsKey(Names.stamp(deployment))) {
        stage
            .client
            .apps()
            .deployments()
            .inNamespace(stage.namespace)
            .withName(deployment)
            .patch(
                new PatchContext.Builder()
                    .withPatchType(PatchType.JSON_MERGE)
                    .withFieldManager("tidier")
                    .build(),
                "{\"spec\": {\"template\": {\"metadata\": {\"annotations\": {\""
                    + Names.stamp(deployment)
                    + "\": null}}}}}");
        times.incrementAndGet();
      }
    }

    @Override
    public void onClose(@Nullable WatcherException cause) {}
  }
}
