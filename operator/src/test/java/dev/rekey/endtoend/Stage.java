package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyOperator;
import dev.rekey.api.v1alpha1.ApiKeyRotation;
import dev.rekey.api.v1alpha1.ApiKeyRotationStatus;
import dev.rekey.api.v1alpha1.RotationRecord;
import dev.rekey.config.IssuerAddresses;
import dev.rekey.config.OperatorConfig;
import dev.rekey.config.Settings;
import dev.rekey.keyservice.KeyService;
import dev.rekey.keyservice.NewKey;
import dev.rekey.ledger.LedgerStore;
import dev.rekey.node.CallingDeployment;
import dev.rekey.node.CallingPod;
import dev.rekey.node.PodProgram;
import dev.rekey.node.PodView;
import dev.rekey.node.SimulatedNode;
import dev.rekey.node.Traffic;
import dev.rekey.rotation.Names;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.NamespacedKubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * What every test of the whole operator stands on: a namespace with applications on a simulated
 * node, a key service, and an operator that can be started and stopped.
 */
final class Stage implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(90);
  static final String TEAM = "payments";

  final NamespacedKubernetesClient client;
  final String namespace;
  final String operatorNamespace;
  final KeyService service = KeyService.start();
  final Traffic traffic = new Traffic();
  final String adminToken = service.adminToken(TEAM);

  private final ControlPlane controlPlane;
  private final CallingPod program;
  private final Map<String, PodProgram> programs = new ConcurrentHashMap<>();
  private final List<Scene> scenes = new CopyOnWriteArrayList<>();
  final SimulatedNode node;

  private final List<SimulatedNode> nodes = new CopyOnWriteArrayList<>();
  private final List<AutoCloseable> running = new ArrayList<>();
  private @Nullable RekeyOperator operator;

  Stage(ControlPlane controlPlane, TestNamespace space) {
    this.controlPlane = controlPlane;
    client = space.client();
    namespace = space.name();
    operatorNamespace = space.name() + "-operator";
    client
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(operatorNamespace)
                .endMetadata()
                .build())
        .create();
    program = CallingPod.calling(service.url(), traffic).every(Duration.ofMillis(20));
    node = SimulatedNode.start(client, "node-of-" + namespace, new Cast());
  }

  /** A story of its own on this stage. */
  Scene scene(String name) {
    var scene = new Scene(this, name);
    scenes.add(scene);
    return scene;
  }

  /** What is to end with this stage. */
  void ends(AutoCloseable other) {
    running.add(other);
  }

  /** The pods of this workload run {@code other} instead of calling the stage's own service. */
  void cast(String workload, PodProgram other) {
    programs.put(workload, other);
  }

  /** One more node, on which the same programs run; it ends with the stage. */
  SimulatedNode anotherNode(String name) {
    var another = SimulatedNode.start(client, name + "-of-" + namespace, new Cast());
    nodes.add(another);
    return another;
  }

  private final class Cast implements PodProgram {
    @Override
    public void run(PodView pod) throws InterruptedException {
      of(pod).run(pod);
    }

    @Override
    public boolean ready(PodView pod) {
      return of(pod).ready(pod);
    }

    private PodProgram of(PodView pod) {
      var workload = pod.name().replaceAll("-[^-]+-[^-]+$", "");
      return Optional.ofNullable(programs.get(workload))
          // a pod of a StatefulSet or a DaemonSet, or a bare one
          .or(() -> Optional.ofNullable(programs.get(pod.name().replaceAll("-[^-]+$", ""))))
          .or(() -> Optional.ofNullable(programs.get(pod.name())))
          .orElse(program);
    }
  }

  /** As patient as the real thing is in kind, and quick enough for a test. */
  static Settings quick() {
    return OperatorConfig.settings(quickEnvironment());
  }

  static Map<String, String> quickEnvironment() {
    return Map.of(
        "REKEY_VERIFY_PAUSE", "100ms",
        "REKEY_CLOCK_DOUBT", "1s",
        "REKEY_LATENESS", "2s",
        "REKEY_LOOK", "500ms",
        "REKEY_HELD_LOOK", "500ms",
        "REKEY_BACKOFF", "500ms",
        "REKEY_BACKOFF_CEILING", "4s",
        "REKEY_SWEEPS", "0s,1s,3s",
        "REKEY_WAVE", "8s");
  }

  OperatorConfig config() {
    return new OperatorConfig(
        operatorNamespace,
        "operator-of-" + namespace,
        new OperatorConfig.Http("127.0.0.1", 0),
        new OperatorConfig.Election(
            false,
            "rekey-operator",
            Duration.ofSeconds(4),
            Duration.ofSeconds(3),
            Duration.ofMillis(500)),
        new IssuerAddresses(true, true, false));
  }

  RekeyOperator startOperator() {
    return startOperator(RekeyOperator.World.real(quick()));
  }

  RekeyOperator startOperator(RekeyOperator.World world) {
    return startOperator(operatorClient(), config(), world);
  }

  /** Starts an operator that asks through {@code api}, which the stage closes. */
  RekeyOperator startOperator(
      KubernetesClient api, OperatorConfig config, RekeyOperator.World world) {
    var started = new RekeyOperator(api, config, world);
    started.start();
    operator = started;
    running.add(api);
    return started;
  }

  void stopOperator() {
    if (operator != null) {
      operator.close();
      operator = null;
    }
  }

  private KubernetesClient operatorClient() {
    return new KubernetesClientBuilder()
        .withConfig(
            new ConfigBuilder(client.getConfiguration())
                .withUserAgent("rekey/operator")
                .withRequestRetryBackoffLimit(0)
                .build())
        .build();
  }

  /** A key that a person made {@code age} ago and put into the Secret. */
  NewKey keyInSecret(String secret, Duration age) {
    var key = service.seed(TEAM, "made by hand", List.of(), Instant.now().minus(age));
    secret(secret, key.plainText());
    return key;
  }

  void secret(String name, String value) {
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withType("Opaque")
                .addToStringData(CallingDeployment.DATA_KEY, value)
                .build())
        .create();
  }

  void credential(String token) {
    credential("messaging", token);
  }

  /** The credential of the issuer {@code name}. */
  void credential(String name, String token) {
    credential(name + "-admin", "token", token);
  }

  /** A credential in a Secret of this name, in this data key. */
  void credential(String secret, String key, String value) {
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName(secret)
                .endMetadata()
                .withType("Opaque")
                .addToStringData(key, value)
                .build())
        .createOr(it -> it.update());
  }

  /** The issuer "messaging", with its credential. */
  void issuer() {
    credential(adminToken);
    apply(issuerYaml());
  }

  String issuerYaml() {
    return issuerYaml("messaging", service.url());
  }

  /** The issuer {@code name} at a key service. */
  String issuerYaml(String name, URI url) {
    return """
    apiVersion: rekey.dev/v1alpha1
    kind: KeyIssuer
    metadata: {name: %s, namespace: %s}
    spec:
      maxAge: 180d
      http:
        url: %s
        requestTimeout: 2s
        auth: {bearer: {secretRef: {name: %s-admin, key: token}}}
        create:
          post: /api/keys
          body: {label: "${request.label}"}
          key: {id: body.id, value: body.plain_text_key, issuedAt: body.issued_at, expiresAt: body.valid_until}
        list:
          get: /api/keys
          items: body.keys
          item: {id: item.id, label: item.label, issuedAt: item.issued_at, expiresAt: item.valid_until}
          complete: true
        delete: {delete: "/api/keys/${key.id}"}
        verify: {get: /api/me, auth: {bearer: {value: "${key.value}"}}, rejected: status == 401}
    """
        .formatted(name, namespace, url, name);
  }

  void application(String name, int replicas, String secret, Map<String, String> switches) {
    client.resource(CallingDeployment.of(name, replicas, secret, switches)).create();
    await()
        .atMost(PATIENCE)
        .until(() -> {
          var status =
              client.apps().deployments().inNamespace(namespace).withName(name).get().getStatus();
          return status != null && Integer.valueOf(replicas).equals(status.getAvailableReplicas());
        });
  }

  /** A rotation of {@code secret}; {@code more} are further lines of its spec. */
  void rotation(String name, String secret, String more) {
    rotation(name, "messaging", secret, more);
  }

  /** The same of another issuer. */
  void rotation(String name, String issuer, String secret, String more) {
    apply(
        """
        apiVersion: rekey.dev/v1alpha1
        kind: ApiKeyRotation
        metadata: {name: %s, namespace: %s}
        spec:
          issuerRef: {name: %s}
          secret: {name: %s}
          rollout: {settle: 1s, soak: 1s, progressTimeout: 60s}
        """
                .formatted(name, namespace, issuer, secret)
            + more.indent(2));
  }

  void apply(String yaml) {
    client
        .load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
        .items()
        .forEach(it -> client.resource(it).createOr(existing -> existing.update()));
  }

  void annotate(String rotation, String annotation, String value) {
    client
        .resources(ApiKeyRotation.class)
        .inNamespace(namespace)
        .withName(rotation)
        // as kubectl annotate does it: whoever writes the object meanwhile is no conflict
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            Serialization.asJson(
                Map.of("metadata", Map.of("annotations", Map.of(annotation, value)))));
  }

  ApiKeyRotation rotation(String name) {
    return client.resources(ApiKeyRotation.class).inNamespace(namespace).withName(name).get();
  }

  Optional<ApiKeyRotationStatus> status(String name) {
    return Optional.ofNullable(rotation(name).getStatus());
  }

  Optional<Condition> condition(String name, String type) {
    return status(name)
        .flatMap(it -> Optional.ofNullable(it.conditions()))
        .flatMap(it -> it.stream().filter(c -> c.getType().equals(type)).findFirst());
  }

  /** Waits until the condition Ready has this status and reason, and gives it. */
  Condition awaitReady(String name, String value, String reason) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(condition(name, "Ready"))
                .hasValueSatisfying(it -> {
                  assertThat(it.getReason()).as(it.getMessage()).isEqualTo(reason);
                  assertThat(it.getStatus()).isEqualTo(value);
                }));
    return condition(name, "Ready").orElseThrow();
  }

  /** Waits until {@code count} rotations are over and none is running. */
  void awaitRotations(String name, int count) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(status(name))
                .hasValueSatisfying(it -> {
                  assertThat(it.history()).as("history in " + it).hasSize(count);
                  assertThat(it.phase()).isEqualTo("Idle");
                }));
  }

  void awaitPhase(String name, String phase) {
    await()
        .atMost(PATIENCE)
        .until(() -> status(name).map(it -> phase.equals(it.phase())).orElse(false));
  }

  void wipeStatus(String name) {
    client
        .resources(ApiKeyRotation.class)
        .inNamespace(namespace)
        .withName(name)
        .subresource("status")
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"status\": null}");
  }

  List<RotationRecord> history(String name) {
    return status(name).flatMap(it -> Optional.ofNullable(it.history())).orElseGet(List::of);
  }

  /** The reasons of the Events about a rotation, in the order in which they were written. */
  List<String> events(String name) {
    return client.v1().events().inNamespace(namespace).list().getItems().stream()
        .filter(it -> name.equals(it.getInvolvedObject().getName()))
        .filter(it -> "ApiKeyRotation".equals(it.getInvolvedObject().getKind()))
        .sorted(Comparator.comparing(it -> it.getEventTime().getTime()))
        .map(it -> it.getReason())
        .toList();
  }

  Map<String, String> data(String secret) {
    return Map.copyOf(client.secrets().inNamespace(namespace).withName(secret).get().getData());
  }

  void putData(String secret, Map<String, String> data) {
    client
        .secrets()
        .inNamespace(namespace)
        .withName(secret)
        .edit(it -> {
          it.setData(data);
          return it;
        });
  }

  String publication(String secret) {
    return client
        .secrets()
        .inNamespace(namespace)
        .withName(secret)
        .get()
        .getMetadata()
        .getAnnotations()
        .getOrDefault(Names.PUBLICATION, "");
  }

  List<Pod> pods() {
    return client.pods().inNamespace(namespace).list().getItems();
  }

  Secret ledger(String secret) {
    return client
        .secrets()
        .inNamespace(operatorNamespace)
        .withName(LedgerStore.name(namespace, secret))
        .get();
  }

  @Override
  public void close() throws Exception {
    stopOperator();
    client.resources(ApiKeyRotation.class).inNamespace(namespace).delete();
    nodes.forEach(SimulatedNode::close);
    node.close();
    scenes.forEach(Scene::close);
    program.close();
    service.close();
    for (var it : running) {
      it.close();
    }
    client.namespaces().withName(operatorNamespace).delete();
  }
}
