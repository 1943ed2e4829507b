package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyOperator;
import dev.rekey.config.OperatorConfig;
import dev.rekey.keyservice.LogEntry.What;
import dev.rekey.testkube.AuditLog;
import dev.rekey.testkube.AuditLog.Request;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Idle is free: the one slow test, for a minute must pass in which nothing is due. */
@Testkube
final class IdleIT {
  private static final Duration A_MINUTE = Duration.ofSeconds(60);
  private static final int RESOURCES = 20;

  /** Resources, ledgers, target Secrets and the two kinds of issuers. */
  private static final int WATCHES = 5;

  private final ControlPlane controlPlane;
  private final Stage stage;

  IdleIT(ControlPlane controlPlane, TestNamespace space) {
    this.controlPlane = controlPlane;
    stage = new Stage(controlPlane, space);
  }

  @AfterEach
  void stop() throws Exception {
    stage.close();
    stage.client.rbac().clusterRoleBindings().withName(stage.operatorNamespace).delete();
  }

  @Test
  void aMinuteWithoutADueRotationAsksTheApiServerForNothing() {
    stage.issuer();
    var names = IntStream.range(0, RESOURCES).mapToObj(it -> "till-" + it).toList();
    for (var name : names) {
      var key = stage.keyInSecret(name, Duration.ofDays(10));
      stage.rotation(
          name, name, "adopt: {keyId: \"" + key.key().id() + "\"}\nschedule: {interval: 90d}");
    }
    var config = stage.config();
    var election = config.election();
    stage.startOperator(
        operatorClient(),
        new OperatorConfig(
            config.namespace(),
            config.identity(),
            config.http(),
            new OperatorConfig.Election(
                true,
                election.lease(),
                election.duration(),
                election.renewDeadline(),
                election.retryPeriod()),
            config.addresses()),
        RekeyOperator.World.real(Stage.quick()));
    names.forEach(it -> stage.awaitReady(it, "True", "Idle"));
    // one has rotated, so that rest after work is seen as well
    stage.annotate("till-0", "rekey.dev/rotate", "1");
    stage.awaitRotations("till-0", 1);
    var user = "system:serviceaccount:" + stage.operatorNamespace + ":operator";
    var atRest = Instant.now().plusSeconds(2);

    await()
        .during(A_MINUTE.plusSeconds(2))
        .atMost(A_MINUTE.multipliedBy(2))
        .pollInterval(Duration.ofSeconds(5))
        .untilAsserted(() ->
            assertThat(AuditLog.count(asked(user, atRest)))
                .as("what is asked for at rest")
                .isEmpty());

    assertThat(stage.service.log(What.MINTED)).hasSize(1);
    assertThat(controlPlane.audit().requestsBy(user))
        .as("watches that were opened anew")
        .filteredOn(it -> it.time().isAfter(atRest) && it.verb().equals("watch"))
        .hasSizeLessThanOrEqualTo(WATCHES);
    assertThat(controlPlane.audit().requestsBy(user))
        .as("the lease")
        .anyMatch(it -> it.time().isAfter(atRest) && it.resource().equals("leases"));
    names.forEach(it -> stage.awaitReady(it, "True", "Idle"));
  }

  /** All but the lease and watches, which are opened anew from time to time. */
  private List<Request> asked(String user, Instant since) {
    return controlPlane.audit().requestsBy(user).stream()
        .filter(it -> it.time().isAfter(since))
        .filter(it -> !it.verb().equals("watch"))
        .filter(it -> !it.resource().equals("leases"))
        .toList();
  }

  /** The operator as somebody of its own, so that the audit log tells it from the test. */
  private KubernetesClient operatorClient() {
    var account = controlPlane.client(operatorToken());
    return new KubernetesClientBuilder()
        .withConfig(
            new ConfigBuilder(account.getConfiguration()).withUserAgent("rekey/operator").build())
        .build();
  }

  private String operatorToken() {
    controlPlane
        .client()
        .resource(
            new ServiceAccountBuilder()
                .withNewMetadata()
                .withNamespace(stage.operatorNamespace)
                .withName("operator")
                .endMetadata()
                .build())
        .create();
    controlPlane
        .client()
        .resource(
            new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withName(stage.operatorNamespace)
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "cluster-admin")
                .addNewSubject()
                .withKind("ServiceAccount")
                .withNamespace(stage.operatorNamespace)
                .withName("operator")
                .endSubject()
                .build())
        .create();
    return controlPlane.serviceAccountToken(stage.operatorNamespace, "operator");
  }
}
