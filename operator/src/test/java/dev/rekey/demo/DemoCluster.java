package dev.rekey.demo;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.ServerRequest;
import io.fabric8.mockwebserver.ServerResponse;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A cluster in this JVM: the mock API server over plain HTTP on a free loopback port. It knows what
 * every cluster has: the namespaces {@code kube-system} (with a uid), {@code kube-node-lease} and
 * {@code default}. Controllers and nodes are started beside it.
 */
public final class DemoCluster implements AutoCloseable {

  // held here, or the settings below would be collected with the logger
  private static final Logger CHATTER = Logger.getLogger("io.fabric8.mockwebserver");

  private final KubernetesMockServer server;
  private final KubernetesClient client;

  private DemoCluster() {
    CHATTER.setLevel(Level.WARNING);
    Map<ServerRequest, Queue<ServerResponse>> expectations = new ConcurrentHashMap<>();
    this.server =
        new KubernetesMockServer(
            new Context(JsonMapper.builder().addModule(new JavaTimeModule()).build()),
            new MockWebServer(),
            expectations,
            new DemoApiServer(expectations),
            false);
    server.init(InetAddress.getLoopbackAddress(), 0);
    this.client = newClient();
    for (String name : List.of("kube-system", "kube-node-lease", "default")) {
      createNamespace(name);
    }
  }

  /** Starts an empty cluster. */
  public static DemoCluster start() {
    return new DemoCluster();
  }

  /** A client that may do everything; it is closed with the cluster. */
  public KubernetesClient client() {
    return client;
  }

  /** Another client of its own, for the caller to close. */
  public KubernetesClient newClient() {
    return new KubernetesClientBuilder().withConfig(config()).build();
  }

  /** How to reach the cluster, for a client of the caller's making. */
  public Config config() {
    Config config = Config.fromKubeconfig(kubeconfig());
    config.setHttp2Disable(true);
    return config;
  }

  /** Where the API server listens: {@code http://127.0.0.1:<port>}, without a slash at its end. */
  public String url() {
    return "http://127.0.0.1:" + server.getPort();
  }

  /** The text of a kubeconfig file for this cluster. */
  public String kubeconfig() {
    return """
    apiVersion: v1
    kind: Config
    clusters: [{name: demo, cluster: {server: "%s"}}]
    users: [{name: demo, user: {}}]
    contexts: [{name: demo, context: {cluster: demo, user: demo, namespace: default}}]
    current-context: demo
    """
        .formatted(url());
  }

  /** Creates a namespace. */
  public void createNamespace(String name) {
    client
        .namespaces()
        .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .create();
  }

  /** The mock server itself, for expectations: what is expected goes before what is stored. */
  public KubernetesMockServer server() {
    return server;
  }

  @Override
  public void close() {
    client.close();
    server.destroy();
  }
}
