package dev.rekey.testkube;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The control plane's programs and how each is started. */
record Components(
    Binaries binaries,
    Guard guard,
    Credentials credentials,
    AuditLog audit,
    Ports ports,
    SlowWire wire) {

  void startEtcd() throws IOException {
    var url = "http://127.0.0.1:" + ports.etcd();
    var peer = "http://127.0.0.1:" + ports.peer();
    component(
        "etcd",
        "--name=testkube",
        "--data-dir=" + guard.folder().resolve("etcd"),
        "--unsafe-no-fsync", // nobody wants these data after a crash
        "--log-level=warn",
        "--listen-client-urls=" + url,
        "--advertise-client-urls=" + url,
        "--listen-peer-urls=" + peer,
        "--initial-advertise-peer-urls=" + peer,
        "--initial-cluster=testkube=" + peer);
  }

  void startApiServer() throws IOException {
    var policy = Files.writeString(guard.folder().resolve("audit-policy.yaml"), AuditLog.POLICY);
    component(
        "kube-apiserver",
        "--etcd-servers=http://127.0.0.1:" + wire.port(),
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        "--secure-port=" + ports.api(),
        "--cert-dir=" + credentials.certificates(),
        "--endpoint-reconciler-type=none",
        "--authorization-mode=RBAC",
        "--token-auth-file=" + credentials.tokenFile(),
        "--service-account-issuer=https://kubernetes.default.svc",
        "--service-account-key-file=" + credentials.serviceAccountKey(),
        "--service-account-signing-key-file=" + credentials.serviceAccountKey(),
        "--service-cluster-ip-range=10.96.0.0/16",
        "--audit-policy-file=" + policy,
        "--audit-log-path=" + audit.file(),
        "--allow-privileged=true",
        "--profiling=false");
  }

  void startControllerManager() throws IOException {
    component(
        "kube-controller-manager",
        "--kubeconfig=" + credentials.kubeconfigFile(credentials.controllerManager),
        "--leader-elect=false",
        "--secure-port=0",
        "--use-service-account-credentials",
        "--service-account-private-key-file=" + credentials.serviceAccountKey(),
        "--root-ca-file=" + credentials.authority(),
        "--kube-api-qps=200",
        "--kube-api-burst=400",
        "--profiling=false");
  }

  void startScheduler() throws IOException {
    component(
        "kube-scheduler",
        "--kubeconfig=" + credentials.kubeconfigFile(credentials.scheduler),
        "--leader-elect=false",
        "--secure-port=0",
        "--kube-api-qps=200",
        "--kube-api-burst=400");
  }

  private void component(String name, String... arguments) throws IOException {
    var command = new ArrayList<String>();
    command.add(binaries.program(name).toString());
    command.addAll(List.of(arguments));
    guard.start(name, command, Map.of());
  }
}
