package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.keyservice.LogEntry;
import dev.rekey.keyservice.LogEntry.What;
import dev.rekey.keyservice.ServiceKey;
import dev.rekey.node.PodSwitches;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One key, rotated in the right order, on a real API server with real ReplicaSets and pods. */
@Testkube
class FirstRotationIT {
  private final Stage stage;

  FirstRotationIT(ControlPlane controlPlane, TestNamespace space) {
    stage = new Stage(controlPlane, space);
  }

  @AfterEach
  void stop() throws Exception {
    stage.close();
  }

  @Test
  void theOldKeyGoesAfterTheLastOldPodAndNoRequestFails() {
    var old = stage.keyInSecret("till", Duration.ofDays(100));
    var othersKey = stage.service.seed("treasury", "theirs", java.util.List.of(), Instant.now());
    stage.application("till", 2, "till", Map.of(PodSwitches.TERMINATION_DELAY, "20s"));
    var oldPods = stage.pods().stream().map(it -> it.getMetadata().getUid()).toList();
    var gone = new ConcurrentHashMap<String, Instant>();
    try (var watch = stage.client.pods().inNamespace(stage.namespace).watch(new Departures(gone))) {
      assertThat(watch).isNotNull();
      stage.issuer();
      stage.startOperator();
      stage.rotation(
          "till", "till", "adopt: {keyId: \"" + old.key().id() + "\"}\nschedule: {interval: 90d}");

      // in the middle of it the status is wiped: the ledger carries the rotation
      await()
          .atMost(Stage.PATIENCE)
          .until(() -> stage.status("till").map(it -> "Rolling".equals(it.phase())).orElse(false));
      stage
          .client
          .resources(dev.rekey.api.v1alpha1.ApiKeyRotation.class)
          .inNamespace(stage.namespace)
          .withName("till")
          .editStatus(it -> {
            it.setStatus(null);
            return it;
          });
      stage.awaitRotations("till", 1);

      assertThat(gone).containsKeys(oldPods.toArray(String[]::new));
      var lastOldPodGone = oldPods.stream().map(gone::get).max(Instant::compareTo).orElseThrow();
      var deleted =
          stage.service.log(What.DELETED).stream()
              .filter(it -> it.keyId().equals(old.key().id()))
              .toList();
      assertThat(deleted).hasSize(1);
      assertThat(deleted.getFirst().at()).isAfter(lastOldPodGone);
    }
    assertThat(stage.traffic.failedRequests()).isEmpty();
    assertThat(stage.traffic.successes()).isGreaterThan(100);
    assertThat(stage.service.liveKeys())
        .extracting(ServiceKey::id)
        .contains(othersKey.key().id())
        .doesNotContain(old.key().id())
        .hasSize(2);
    assertThat(stage.service.log(What.MINTED)).extracting(LogEntry::by).containsExactly(Stage.TEAM);
  }

  /** When each pod was gone, by the API server's own word. */
  private record Departures(Map<String, Instant> gone) implements Watcher<Pod> {
    @Override
    public void eventReceived(Action action, Pod pod) {
      if (action == Action.DELETED) {
        gone.put(pod.getMetadata().getUid(), Instant.now());
      }
    }

    @Override
    public void onClose(@Nullable WatcherException cause) {}
  }
}
