package dev.rekey.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rekey.keyservice.KeyService;
import dev.rekey.keyservice.NewKey;
import dev.rekey.node.CallingDeployment;
import dev.rekey.node.CallingPod;
import dev.rekey.node.PodSwitches;
import dev.rekey.node.SecretRead;
import dev.rekey.node.SimulatedNode;
import dev.rekey.node.Traffic;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectRulesReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class DemoClusterTest {

  private static final String SPACE = "payments";

  private final KeyService service = KeyService.start();
  private final Traffic traffic = new Traffic();
  private final CallingPod program = CallingPod.calling(service.url(), traffic);
  private final DemoCluster cluster = DemoCluster.start();
  private final KubernetesClient client = cluster.client();
  private final SimulatedNode node = SimulatedNode.start(client, "node-1", program);
  private final DemoControllers controllers = DemoControllers.start(client, node.name());
  private final NewKey oldKey = service.seed("payments", "till", List.of(), Instant.now());
  private final NewKey newKey = service.seed("payments", "till 2", List.of(), Instant.now());

  @BeforeEach
  void prepare() {
    cluster.createNamespace(SPACE);
  }

  @AfterEach
  void stop() {
    controllers.close();
    node.close();
    program.close();
    cluster.close();
    service.close();
  }

  @Test
  void rolloutMovesEveryPodToTheNewKeyWithoutAFailedRequest() {
    publish(oldKey);
    deploy(2, Map.of(PodSwitches.TERMINATION_DELAY, "2s"));
    awaitRollout();
    await().untilAsserted(() -> assertThat(traffic.successes()).isGreaterThan(50));
    assertThat(traffic.keyHintsByPod().values()).containsOnly(oldKey.key().lastFive());

    publish(newKey);
    annotateTemplate("rekey.dev/stamp-x", "a.2");

    // an old pod is terminating: every list shows it, and it still calls with the old key
    await()
        .untilAsserted(() ->
            assertThat(terminatingPods())
                .isNotEmpty()
                .allSatisfy(pod ->
                    assertThat(traffic.keyHintsByPod())
                        .containsEntry(
                            SPACE + "/" + pod.getMetadata().getName(), oldKey.key().lastFive())));
    assertThat(Instant.parse(terminatingPods().getFirst().getMetadata().getDeletionTimestamp()))
        .isAfter(Instant.now());
    awaitRollout();
    await().until(() -> pods().size() == 2);
    await()
        .untilAsserted(() ->
            assertThat(traffic.keyHintsByPod().values())
                .hasSize(2)
                .containsOnly(newKey.key().lastFive()));
    assertThat(traffic.failedRequests()).isEmpty();
    assertThat(service.failedRequests()).isZero();
    // once per container start and never again
    assertThat(node.secretReads()).hasSize(4).extracting(SecretRead::pod).doesNotHaveDuplicates();
  }

  @Test
  void podsOfADeletedKeyFail() {
    publish(oldKey);
    deploy(1, Map.of());
    awaitRollout();

    service.revoke(oldKey.key().id());

    await().untilAsserted(() -> assertThat(traffic.failures()).isPositive());
    assertThat(traffic.failedRequests().getFirst().keyHint()).isEqualTo(oldKey.key().lastFive());
    assertThat(traffic.failedRequests().getFirst().what()).isEqualTo("401");
  }

  @Test
  void rolloutStopsAtAPodThatDoesNotGetReady() {
    publish(oldKey);
    deploy(2, Map.of());
    awaitRollout();

    annotateTemplate(PodSwitches.NEVER_READY, "true");

    await()
        .untilAsserted(() -> {
          assertThat(status().getUpdatedReplicas()).isEqualTo(1);
          assertThat(status().getReplicas()).isEqualTo(3);
        });
    await()
        .during(Duration.ofMillis(500))
        .until(() -> status().getAvailableReplicas() == 2 && terminatingPods().isEmpty());
  }

  @Test
  void podWithoutItsSecretWaitsForIt() {
    deploy(1, Map.of());
    await()
        .untilAsserted(
            () -> assertThat(waitingReasons()).containsExactly("CreateContainerConfigError"));

    publish(oldKey);

    awaitRollout();
  }

  @Test
  void crashedContainerReadsItsSecretAgain() {
    publish(oldKey);
    deploy(1, Map.of(PodSwitches.CRASH, "300ms"));
    await().untilAsserted(() -> assertThat(waitingReasons()).containsExactly("CrashLoopBackOff"));

    publish(newKey);

    await()
        .untilAsserted(() ->
            assertThat(traffic.keyHintsByPod().values()).containsExactly(newKey.key().lastFive()));
    assertThat(pods()).hasSize(1);
    assertThat(node.secretReads()).hasSizeGreaterThan(1);
  }

  @Test
  void podsOfADeletedDeploymentAreCollected() {
    publish(oldKey);
    Deployment deployment = deploy(2, Map.of());
    awaitRollout();

    client.apps().deployments().resource(deployment).delete();

    await().untilAsserted(() -> assertThat(pods()).isEmpty());
    await().until(() -> node.pods() == 0);
    assertThat(client.apps().replicaSets().inNamespace(SPACE).list().getItems()).isEmpty();
    assertThat(traffic.failedRequests()).isEmpty();
  }

  @Test
  void podIsForceDeletedAtOnce() {
    publish(oldKey);
    deploy(1, Map.of(PodSwitches.TERMINATION_DELAY, "1m"));
    awaitRollout();
    Pod pod = pods().getFirst();

    client.pods().resource(pod).delete();
    assertThat(names(terminatingPods())).containsExactly(pod.getMetadata().getName());
    client.pods().resource(pod).withGracePeriod(0).delete();

    assertThat(names(pods())).doesNotContain(pod.getMetadata().getName());
    await()
        .untilAsserted(() ->
            assertThat(traffic.keyHintsByPod())
                .doesNotContainKey(SPACE + "/" + pod.getMetadata().getName()));
  }

  @Test
  void preconditionsOfADeletionAreChecked() {
    Secret secret = publish(oldKey);
    String path = "/api/v1/namespaces/" + SPACE + "/secrets/till";

    assertThatThrownBy(() ->
            client.raw(
                path,
                "DELETE",
                new DeleteOptionsBuilder()
                    .withNewPreconditions()
                    .withResourceVersion("0")
                    .endPreconditions()
                    .build()))
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(409));
    client.raw(
        path,
        "DELETE",
        new DeleteOptionsBuilder()
            .withNewPreconditions()
            .withUid(secret.getMetadata().getUid())
            .endPreconditions()
            .build());
    assertThat(client.secrets().inNamespace(SPACE).withName("till").get()).isNull();
  }

  @Test
  @Timeout(20)
  void clientThatClosesAtABusyMomentStopsNobody() throws InterruptedException {
    CountDownLatch enough = new CountDownLatch(1);
    Thread writer =
        Thread.ofVirtual()
            .start(() -> {
              while (enough.getCount() > 0) {
                publish(oldKey);
                publish(newKey);
              }
            });

    for (int i = 0; i < 25; i++) {
      try (KubernetesClient other = cluster.newClient()) {
        for (int watch = 0; watch < 3; watch++) {
          other.secrets().inAnyNamespace().inform();
        }
      }
    }

    enough.countDown();
    writer.join();
  }

  @Test
  void clusterHasWhatEveryClusterHas() throws Exception {
    try (KubernetesClient other = cluster.newClient()) {
      assertThat(other.namespaces().withName("kube-system").get().getMetadata().getUid())
          .isNotEmpty();
      assertThat(
              other
                  .resource(
                      new SelfSubjectRulesReviewBuilder()
                          .withNewSpec()
                          .withNamespace(SPACE)
                          .endSpec()
                          .build())
                  .create()
                  .getStatus()
                  .getResourceRules())
          .isNotEmpty();
      assertThat(other.nodes().withName("node-1").get().getStatus().getConditions())
          .anySatisfy(condition -> {
            assertThat(condition.getType()).isEqualTo("Ready");
            assertThat(condition.getStatus()).isEqualTo("True");
          });
    }
  }

  private Secret publish(NewKey key) {
    return client
        .secrets()
        .inNamespace(SPACE)
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("till")
                .endMetadata()
                .addToStringData(CallingDeployment.DATA_KEY, key.plainText())
                .build())
        .createOr(secret -> secret.update());
  }

  private Deployment deploy(int replicas, Map<String, String> annotations) {
    return client
        .apps()
        .deployments()
        .inNamespace(SPACE)
        .resource(CallingDeployment.of("till", replicas, "till", annotations))
        .create();
  }

  private void annotateTemplate(String name, String value) {
    client
        .apps()
        .deployments()
        .inNamespace(SPACE)
        .withName("till")
        .edit(d ->
            new DeploymentBuilder(d)
                .editSpec()
                .editTemplate()
                .editMetadata()
                .addToAnnotations(name, value)
                .endMetadata()
                .endTemplate()
                .endSpec()
                .build());
  }

  private void awaitRollout() {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> {
          Deployment d = client.apps().deployments().inNamespace(SPACE).withName("till").get();
          DeploymentStatus s = d.getStatus();
          return s != null
              && d.getMetadata().getGeneration().equals(s.getObservedGeneration())
              && d.getSpec().getReplicas().equals(s.getUpdatedReplicas())
              && d.getSpec().getReplicas().equals(s.getAvailableReplicas())
              && d.getSpec().getReplicas().equals(s.getReplicas());
        });
  }

  private DeploymentStatus status() {
    return client.apps().deployments().inNamespace(SPACE).withName("till").get().getStatus();
  }

  private List<Pod> pods() {
    return client.pods().inNamespace(SPACE).list().getItems();
  }

  private List<Pod> terminatingPods() {
    return pods().stream().filter(p -> p.getMetadata().getDeletionTimestamp() != null).toList();
  }

  private List<String> waitingReasons() {
    return pods().stream()
        .flatMap(pod -> pod.getStatus().getContainerStatuses().stream())
        .map(container -> container.getState().getWaiting())
        .filter(Objects::nonNull)
        .map(ContainerStateWaiting::getReason)
        .toList();
  }

  private static List<String> names(List<Pod> pods) {
    return pods.stream().map(p -> p.getMetadata().getName()).toList();
  }
}
