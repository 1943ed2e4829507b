package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.keyservice.LogEntry;
import dev.rekey.keyservice.LogEntry.What;
import dev.rekey.keyservice.ServiceKey;
import dev.rekey.node.PodSwitches;
import dev.rekey.rotation.Names;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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
    var othersKey = stage.service.seed("treasury", "theirs", List.of(), Instant.now());
    stage.application("till", 2, "till", Map.of(PodSwitches.TERMINATION_DELAY, "20s"));
    var oldPods = stage.pods().stream().map(it -> it.getMetadata().getUid()).toList();
    var gone = new ConcurrentHashMap<String, Instant>();
    try (var watch = stage.client.pods().inNamespace(stage.namespace).watch(new Departures(gone))) {
      assertThat(watch).isNotNull();
      stage.issuer();
      var operator = stage.startOperator();
      stage.rotation(
          "till", "till", "adopt: {keyId: \"" + old.key().id() + "\"}\nschedule: {interval: 90d}");

      stage.awaitPhase("till", "Rolling");
      assertThat(stage.condition("till", "Rotating"))
          .hasValueSatisfying(it -> {
            assertThat(it.getStatus()).isEqualTo("True");
            assertThat(it.getObservedGeneration()).isEqualTo(1);
          });
      assertThat(stage.status("till").orElseThrow().nextRotationReason()).isEqualTo("Interval");
      // in the middle of it the status is wiped: the ledger carries the rotation
      stage.wipeStatus("till");
      stage.awaitRotations("till", 1);

      assertThat(gone).containsKeys(oldPods.toArray(String[]::new));
      var lastOldPodGone = oldPods.stream().map(gone::get).max(Instant::compareTo).orElseThrow();
      var deleted =
          stage.service.log(What.DELETED).stream()
              .filter(it -> it.keyId().equals(old.key().id()))
              .toList();
      assertThat(deleted).hasSize(1);
      assertThat(deleted.getFirst().at()).isAfter(lastOldPodGone);
      assertThat(get(operator.port(), "/healthz")).isEqualTo("ok\n");
      assertThat(get(operator.port(), "/readyz")).isEqualTo("ok\n");
      assertThat(get(operator.port(), "/metrics"))
          .contains("rekey_key_expiration_timestamp_seconds{")
          .contains("rekey_next_rotation_timestamp_seconds{")
          .contains("rekey_rotations_total{reason=\"Interval\",result=\"Completed\"} 1.0")
          .containsPattern("rekey_rotation_phase\\{[^}]*phase=\"Idle\"\\} 1.0")
          .contains("rekey_issuer_requests_seconds_count{");
    }
    assertThat(stage.events("till"))
        .containsSubsequence(
            "Adopting",
            "Beginning",
            "Minting",
            "Publishing",
            "Rolling",
            "Condemning",
            "Deleting",
            "Completed");
    assertThat(stage.condition("till", "Ready").orElseThrow().getStatus()).isEqualTo("True");
    assertThat(stage.condition("till", "Rotating").orElseThrow().getStatus()).isEqualTo("False");
    assertThat(stage.traffic.failedRequests()).isEmpty();
    assertThat(stage.traffic.successes()).isGreaterThan(100);
    assertThat(stage.service.liveKeys())
        .extracting(ServiceKey::id)
        .contains(othersKey.key().id())
        .doesNotContain(old.key().id())
        .hasSize(2);
    assertThat(stage.service.log(What.MINTED)).extracting(LogEntry::by).containsExactly(Stage.TEAM);
  }

  @Test
  void aKeyIsDueByExpiryOrWhenAskedForAndEachValueIsFollowedOnce() {
    var expiring = stage.keyInSecret("billing", Duration.ofDays(160));
    var young = stage.keyInSecret("alerts", Duration.ofDays(1));
    stage.issuer();
    stage.startOperator();
    stage.rotation(
        "billing",
        "billing",
        "adopt: {keyId: \""
            + expiring.key().id()
            + "\"}\nschedule: {interval: 170d, renewBefore: 30d}");
    stage.rotation("alerts", "alerts", "adopt: {keyId: \"" + young.key().id() + "\"}");
    stage.awaitRotations("billing", 1);
    assertThat(stage.history("billing"))
        .extracting(it -> it.reason())
        .containsExactly("BeforeExpiry");

    stage.awaitReady("alerts", "True", "Idle");
    assertThat(stage.history("alerts")).isEmpty();
    stage.annotate("alerts", Names.ROTATE, "leaver-2026");
    stage.awaitRotations("alerts", 1);
    assertThat(stage.history("alerts")).extracting(it -> it.reason()).containsExactly("Requested");

    // the same value again, as after every sync from Git, and another one
    stage.annotate("alerts", "example.com/unrelated", "1");
    stage.annotate("alerts", Names.ROTATE, "leaver-2026");
    stage.annotate("alerts", Names.ROTATE, "leaver-2027");
    stage.awaitRotations("alerts", 2);
    assertThat(stage.service.log(What.MINTED)).hasSize(3);
    assertThat(stage.service.liveKeys()).hasSize(2);
  }

  /**
   * Nobody looked while it was reverted, and a pod may have started on it. The value says nothing
   * of that; who owns it, and since when, does.
   */
  @Test
  void aSecretThatWasRevertedAndRestoredUnseenIsPublishedAnew() {
    var old = stage.keyInSecret("till", Duration.ofDays(100));
    stage.issuer();
    stage.startOperator();
    stage.rotation(
        "till", "till", "adopt: {keyId: \"" + old.key().id() + "\"}\nschedule: {interval: 90d}");
    stage.awaitRotations("till", 1);
    stage.stopOperator();
    var good = stage.data("till");

    stage.putData("till", Map.of("apiKey", encoded(old.plainText())));
    stage.putData("till", good);
    stage.startOperator();

    await()
        .atMost(Stage.PATIENCE)
        .untilAsserted(() ->
            assertThat(stage.publication("till"))
                .as("the publication of lineage and number")
                .endsWith(".2"));
    assertThat(stage.data("till")).isEqualTo(good);
    assertThat(stage.events("till")).contains("SecretDrifted");
  }

  private static String encoded(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String get(int port, String path) {
    try (var http = HttpClient.newHttpClient()) {
      return http.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException | InterruptedException problem) {
      throw new AssertionError(path + " was not answered", problem);
    }
  }
}
