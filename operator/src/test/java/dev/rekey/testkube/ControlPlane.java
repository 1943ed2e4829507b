package dev.rekey.testkube;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A real control plane on free ports of the loopback interface: etcd, kube-apiserver,
 * kube-controller-manager and kube-scheduler, with RBAC, service account tokens and an audit log.
 * There is no node and no kubelet: a pod is scheduled and run only by what a test brings along.
 *
 * <p>It stops with {@link #close} or with this JVM, whichever is first (see {@link Guard}); with
 * the system property {@code testkube.keep=true} its folder with the logs stays.
 */
public final class ControlPlane implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Binaries binaries;
  private final Guard guard;
  private final Credentials credentials;
  private final AuditLog audit;
  private final SlowWire wire;
  private final Components components;
  private final List<KubernetesClient> clients = new CopyOnWriteArrayList<>();

  private ControlPlane(Binaries binaries, Guard guard) throws IOException {
    this.binaries = binaries;
    this.guard = guard;
    var ports = Ports.free();
    credentials = new Credentials(guard.folder(), ports.api());
    audit = new AuditLog(guard.folder().resolve("audit.jsonl"));
    wire = new SlowWire(ports.etcd());
    components = new Components(binaries, guard, credentials, audit, ports, wire);
  }

  /**
   * Starts everything and returns when it can be used.
   *
   * @param crds folder of CRD files; it may be empty or missing
   */
  public static ControlPlane start(Binaries binaries, Path crds) throws IOException {
    var begin = System.nanoTime();
    var guard = new Guard("testkube", Boolean.getBoolean("testkube.keep"));
    try {
      var controlPlane = new ControlPlane(binaries, guard);
      controlPlane.boot(crds);
      System.err.printf(
          "testkube: %s at %s ready after %.1f s, files in %s%n",
          binaries.folder().getFileName(),
          controlPlane.url(),
          (System.nanoTime() - begin) / 1e9,
          guard.folder());
      return controlPlane;
    } catch (ConditionTimeoutException e) {
      guard.pids().keySet().forEach(name -> System.err.println(name + ":\n" + guard.tail(name)));
      guard.close();
      throw e;
    } catch (Throwable t) {
      guard.close();
      throw t;
    }
  }

  private void boot(Path crds) throws IOException {
    components.startEtcd();
    components.startApiServer(); // it retries until etcd answers
    await("certificate")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(this::certificateIsThere);
    awaitApiServer();
    var admin = client(credentials.admin);
    // Before the controller manager: its garbage collector reads the list of kinds at its start
    // and then every 30 s, and wouldn't collect what is owned by a custom resource until then.
    createCrds(admin, crds);
    components.startControllerManager();
    components.startScheduler();
    // what comes first in a namespace is the work of a controller: when it's there, they run
    admin
        .serviceAccounts()
        .inNamespace("default")
        .withName("default")
        .waitUntilCondition(Objects::nonNull, PATIENCE.toSeconds(), SECONDS);
    guard.checkAlive();
  }

  private boolean certificateIsThere() throws IOException {
    guard.checkAlive();
    return credentials.findAuthority();
  }

  private void awaitApiServer() {
    // not the usual client, which would ask again by itself, after ever longer pauses
    var once =
        new ConfigBuilder(credentials.config(credentials.admin))
            .withRequestRetryBackoffLimit(0)
            .build();
    try (var client = new KubernetesClientBuilder().withConfig(once).build()) {
      await("API server")
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(50))
          .until(() -> isReady(client));
    }
  }

  private boolean isReady(KubernetesClient client) {
    guard.checkAlive();
    try {
      return "ok".equals(client.raw("/readyz"));
    } catch (KubernetesClientException e) {
      return false;
    }
  }

  private static void createCrds(KubernetesClient admin, Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    var created = new ArrayList<CustomResourceDefinition>();
    try (var files = Files.newDirectoryStream(folder, "*.{yml,yaml}")) {
      for (var file : files) {
        try (var in = Files.newInputStream(file)) {
          var crds = admin.apiextensions().v1().customResourceDefinitions();
          created.add(crds.load(in).create());
        }
      }
    }
    for (var crd : created) {
      admin.resource(crd).waitUntilCondition(ControlPlane::isEstablished, 20, SECONDS);
    }
  }

  private static boolean isEstablished(CustomResourceDefinition crd) {
    return crd != null
        && crd.getStatus() != null
        && crd.getStatus().getConditions().stream()
            .anyMatch(c -> c.getType().equals("Established") && c.getStatus().equals("True"));
  }

  /** The API server's address. */
  public String url() {
    return credentials.url();
  }

  /** The API server's CA certificate, as PEM. */
  public Path caCertificate() {
    return credentials.authority();
  }

  /** The programs it was started from; {@code kubectl} and {@code helm} are among them. */
  public Binaries binaries() {
    return binaries;
  }

  /** Where logs and data are; removed at the end. A test may put its own files there. */
  public Path folder() {
    return guard.folder();
  }

  /** Process ids by name of component, and of what {@link #launch} started. */
  public Map<String, Long> pids() {
    return guard.pids();
  }

  /** The API server's way to etcd. */
  public SlowWire wireToEtcd() {
    return wire;
  }

  /** The API server crashes, and comes again: what it has stored is there, its watches are not. */
  public void restartApiServer() throws IOException {
    guard.kill("kube-apiserver");
    components.startApiServer();
    awaitApiServer();
  }

  /** What the API server was asked, and by whom. */
  public AuditLog audit() {
    return audit;
  }

  /** A member of {@code system:masters}: may do everything. Its user name is {@code admin}. */
  public String adminToken() {
    return credentials.admin;
  }

  /** The administrator's client; shared, closed at the end. */
  public KubernetesClient client() {
    return clients.getFirst();
  }

  /** A new client for the bearer of a token, closed at the end if not before. */
  public KubernetesClient client(String token) {
    var client = new KubernetesClientBuilder().withConfig(credentials.config(token)).build();
    clients.add(client);
    return client;
  }

  /** A token of a service account, valid for an hour; asked for with TokenRequest. */
  public String serviceAccountToken(String namespace, String name) {
    return client()
        .serviceAccounts()
        .inNamespace(namespace)
        .withName(name)
        .tokenRequest(new TokenRequestBuilder().withNewSpec().endSpec().build())
        .getStatus()
        .getToken();
  }

  /** A kubeconfig for the bearer of a token. */
  public String kubeconfig(String token) throws IOException {
    return credentials.kubeconfig(token);
  }

  /** A new file with {@link #kubeconfig}, in {@link #folder}. */
  public Path kubeconfigFile(String token) throws IOException {
    return credentials.kubeconfigFile(token);
  }

  /**
   * Starts a program of the test's, which ends with the control plane at the latest. Its output
   * goes to {@code <name>.log} in {@link #folder}, which is also its working directory.
   */
  public Process launch(String name, List<String> command, Map<String, String> environment)
      throws IOException {
    return guard.start(name, command, environment);
  }

  @Override
  public void close() {
    clients.forEach(KubernetesClient::close);
    guard.close();
    wire.close();
  }
}
