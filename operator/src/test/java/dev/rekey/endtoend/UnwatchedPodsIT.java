package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyOperator;
import dev.rekey.config.OperatorConfig;
import dev.rekey.testkube.AuditLog.Request;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An operator whose role lacks a verb. */
@Testkube
class UnwatchedPodsIT {
  private final ControlPlane controlPlane;
  private final Stage stage;

  UnwatchedPodsIT(ControlPlane controlPlane, TestNamespace space) {
    this.controlPlane = controlPlane;
    stage = new Stage(controlPlane, space);
  }

  @AfterEach
  void stop() throws Exception {
    stage.close();
  }

  @Test
  void aRotationGoesOnWherePodsMayNotBeWatchedAndThatIsSaidOnce() throws Exception {
    stage.issuer();
    var key = stage.keyInSecret("till", Duration.ofDays(10)).key().id();
    stage.application("till", 2, "till", Map.of());
    var role = role();
    controlPlane.client().resource(role).create();
    try (var log = OperatorLog.listen();
        var account = new OperatorAccount(controlPlane, stage, role.getMetadata().getName())) {
      var began = Instant.now();
      stage.startOperator(
          account.client(),
          stage.config(),
          RekeyOperator.World.real(OperatorConfig.settings(Stage.quickEnvironment())));
      stage.rotation("till", "till", "adopt: {keyId: \"" + key + "\"}\nschedule: {interval: 90d}");
      stage.awaitReady("till", "True", "Idle");

      stage.annotate("till", "rekey.dev/rotate", "1");
      stage.awaitRotations("till", 1);

      assertThat(log.lines())
          .filteredOn(it -> it.contains("cannot be watched"))
          .singleElement()
          .asString()
          .contains(stage.namespace, "refuses", "role");
      assertThat(asked(account, began, "watch")).isNotEmpty().allMatch(it -> it.code() == 403);
      assertThat(asked(account, began, "watch").size())
          .as("it is not tried at every look")
          .isLessThan(5);
      assertThat(asked(account, began, "list")).hasSizeGreaterThan(2);
      assertThat(stage.service.liveKeys()).hasSize(1);
      assertThat(stage.traffic.failedRequests()).isEmpty();
      await().untilAsserted(() -> assertThat(stage.history("till")).hasSize(1));
    } finally {
      controlPlane.client().resource(role).delete();
    }
  }

  private static List<Request> asked(OperatorAccount account, Instant since, String verb) {
    return account.askedSince(since).stream()
        .filter(it -> it.resource().equals("pods") && it.verb().equals(verb))
        .toList();
  }

  /** All that an operator needs but for one verb. */
  private ClusterRole role() {
    return Serialization.unmarshal(
        """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: %s-unwatched}
        rules:
          - {apiGroups: [""], resources: [pods], verbs: [get, list, delete]}
          - {apiGroups: [""], resources: [secrets, events, nodes, namespaces], verbs: ["*"]}
          - {apiGroups: [apps, batch, rekey.dev, coordination.k8s.io, events.k8s.io,
             apiextensions.k8s.io, authentication.k8s.io], resources: ["*"], verbs: ["*"]}
        """
            .formatted(stage.operatorNamespace),
        ClusterRole.class);
  }
}
