package dev.rekey.testkube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;

/** The control plane is a real one, in what the other tests rely on. */
@Testkube
final class ControlPlaneIT {
  private final ControlPlane controlPlane;
  private final TestNamespace namespace;

  ControlPlaneIT(ControlPlane controlPlane, TestNamespace namespace) {
    this.controlPlane = controlPlane;
    this.namespace = namespace;
  }

  @Test
  void aTestHasANamespaceOfItsOwn(TestNamespace same, KubernetesClient admin) {
    assertThat(same).isSameAs(namespace);
    assertThat(namespace.name()).startsWith("t-a-test-has-a-namespace-of-its-own-");
    assertThat(namespace.client().getNamespace()).isEqualTo(namespace.name());
    assertThat(admin.namespaces().withName(namespace.name()).get()).isNotNull();
    assertThat(namespace.client().serviceAccounts().withName("default").get()).isNotNull();
  }

  @Test
  void controllersAndSchedulerWork() {
    namespace.client().resource(deployment()).create();

    patiently()
        .untilAsserted(() -> {
          assertThat(namespace.client().apps().replicaSets().list().getItems()).hasSize(1);
          assertThat(namespace.client().pods().list().getItems())
              .singleElement()
              .satisfies(ControlPlaneIT::waitsForANode);
        });
  }

  private static void waitsForANode(Pod pod) {
    assertThat(pod.getStatus().getPhase()).isEqualTo("Pending");
    assertThat(pod.getStatus().getConditions())
        .anySatisfy(condition -> {
          assertThat(condition.getType()).isEqualTo("PodScheduled");
          assertThat(condition.getReason()).isEqualTo("Unschedulable");
          assertThat(condition.getMessage()).contains("no nodes available");
        });
  }

  @Test
  void aServiceAccountMayDoWhatItsRolesSayAndTheAuditLogTells() {
    var token = controlPlane.serviceAccountToken(namespace.name(), "default");
    var user = "system:serviceaccount:" + namespace.name() + ":default";
    try (var client = controlPlane.client(token)) {
      var secrets = client.secrets().inNamespace(namespace.name());
      assertThatThrownBy(secrets::list)
          .isInstanceOfSatisfying(
              KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(403))
          .hasMessageContaining(user);

      bindDefaultServiceAccountTo("edit");

      // the API server's own caches of the roles are a moment behind
      patiently()
          .ignoreException(KubernetesClientException.class)
          .untilAsserted(() -> assertThat(secrets.list().getItems()).isEmpty());
    }

    patiently()
        .untilAsserted(() ->
            assertThat(controlPlane.audit().requestsBy(user))
                .allSatisfy(request -> {
                  assertThat(request.verb()).isEqualTo("list");
                  assertThat(request.resource()).isEqualTo("secrets");
                  assertThat(request.namespace()).isEqualTo(namespace.name());
                })
                .extracting(AuditLog.Request::code)
                .startsWith(403)
                .endsWith(200));
  }

  @Test
  void aProgramOfTheTestsEndsUpWithTheComponents() throws Exception {
    var kubeconfig = controlPlane.kubeconfigFile(controlPlane.adminToken());
    var kubectl = controlPlane.binaries().program("kubectl").toString();
    var process =
        controlPlane.launch(
            "kubectl",
            List.of(kubectl, "get", "namespace", namespace.name(), "-o", "name"),
            Map.of("KUBECONFIG", kubeconfig.toString()));

    assertThat(process.waitFor()).isZero();
    assertThat(Files.readString(controlPlane.folder().resolve("kubectl.log")))
        .isEqualToIgnoringNewLines("namespace/" + namespace.name());
    assertThat(controlPlane.pids())
        .containsKeys("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
        .containsEntry("kubectl", process.pid());
  }

  /** A loaded machine may take its time. */
  private static ConditionFactory patiently() {
    return await().atMost(Duration.ofSeconds(30));
  }

  private void bindDefaultServiceAccountTo(String clusterRole) {
    namespace
        .client()
        .resource(
            new RoleBindingBuilder()
                .withNewMetadata()
                .withName("default")
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", clusterRole)
                .addNewSubject("", "ServiceAccount", "default", namespace.name())
                .build())
        .create();
  }

  private static Deployment deployment() {
    return new DeploymentBuilder()
        .withNewMetadata()
        .withName("web")
        .endMetadata()
        .withNewSpec()
        .withReplicas(1)
        .withNewSelector()
        .addToMatchLabels("app", "web")
        .endSelector()
        .withNewTemplate()
        .withNewMetadata()
        .addToLabels("app", "web")
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("web")
        .withImage("example.invalid/web")
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }
}
