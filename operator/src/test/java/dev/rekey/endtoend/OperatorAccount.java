package dev.rekey.endtoend;

import dev.rekey.testkube.AuditLog.Request;
import dev.rekey.testkube.ControlPlane;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** The operator as somebody of its own, so that the audit log tells it from the test. */
final class OperatorAccount implements AutoCloseable {
  private final ControlPlane controlPlane;
  private final KubernetesClient admin;
  private final String namespace;

  /** One that may do everything. */
  OperatorAccount(ControlPlane controlPlane, Stage stage) {
    this(controlPlane, stage, "cluster-admin");
  }

  /** One that may do what this ClusterRole says. */
  OperatorAccount(ControlPlane controlPlane, Stage stage, String role) {
    this.controlPlane = controlPlane;
    admin = controlPlane.client();
    namespace = stage.operatorNamespace;
    admin
        .resource(
            new ServiceAccountBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("operator")
                .endMetadata()
                .build())
        .create();
    admin
        .resource(
            new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withName(namespace)
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", role)
                .addNewSubject()
                .withKind("ServiceAccount")
                .withNamespace(namespace)
                .withName("operator")
                .endSubject()
                .build())
        .create();
  }

  /** A client that acts as it. */
  KubernetesClient client() {
    var account = controlPlane.client(controlPlane.serviceAccountToken(namespace, "operator"));
    return new KubernetesClientBuilder()
        .withConfig(
            new ConfigBuilder(account.getConfiguration()).withUserAgent("rekey/operator").build())
        .build();
  }

  /** What it has asked for since, beside its lease. */
  List<Request> askedSince(Instant since) {
    return allSince(since).filter(it -> !it.resource().equals("leases")).toList();
  }

  /** Whether it has asked for its lease since. */
  boolean leadsSince(Instant since) {
    return allSince(since).anyMatch(it -> it.resource().equals("leases"));
  }

  private Stream<Request> allSince(Instant since) {
    return controlPlane
        .audit()
        .requestsBy("system:serviceaccount:" + namespace + ":operator")
        .stream()
        .filter(it -> it.time().isAfter(since));
  }

  @Override
  public void close() {
    admin.rbac().clusterRoleBindings().withName(namespace).delete();
  }
}
