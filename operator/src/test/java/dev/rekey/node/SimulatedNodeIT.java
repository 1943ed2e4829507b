package dev.rekey.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.keyservice.KeyService;
import dev.rekey.keyservice.LogEntry;
import dev.rekey.keyservice.NewKey;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.client.NamespacedKubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The simulated node under the real scheduler, ReplicaSets and garbage collector. */
@Testkube
class SimulatedNodeIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final KeyService service = KeyService.start();
  private final Traffic traffic = new Traffic();
  private final CallingPod program =
      CallingPod.calling(service.url(), traffic).every(Duration.ofMillis(100));
  private final NewKey oldKey = service.seed("payments", "till", List.of(), Instant.now());
  private final NewKey newKey = service.seed("payments", "till 2", List.of(), Instant.now());
  private final NamespacedKubernetesClient client;
  private final String namespace;
  private final SimulatedNode node;

  SimulatedNodeIT(TestNamespace space) {
    client = space.client();
    namespace = space.name();
    node = SimulatedNode.start(client, "node-of-" + namespace, program);
  }

  @AfterEach
  void stop() {
    node.close();
    program.close();
    service.close();
  }

  @Test
  void rolloutMovesEveryPodToTheNewKeyWithoutAFailedRequest() {
    publish(oldKey);
    deploy(2, Map.of(PodSwitches.TERMINATION_DELAY, "5s"));
    awaitRollout();

    publish(newKey);
    annotateTemplate();

    // its container was told to end; it still works, with the old key, and lists show the pod
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(terminatingPods())
                .isNotEmpty()
                .allSatisfy(pod ->
                    assertThat(traffic.keyHintsByPod())
                        .containsEntry(
                            namespace + "/" + pod.getMetadata().getName(),
                            oldKey.key().lastFive())));
    awaitRollout();
    await().atMost(PATIENCE).until(() -> pods().size() == 2);
    Instant lastOldPodGone = Instant.now();
    service.revoke(oldKey.key().id());

    assertThat(traffic.keyHintsByPod().values()).hasSize(2).containsOnly(newKey.key().lastFive());
    assertThat(lastUse(oldKey)).isBefore(lastOldPodGone);
    assertThat(traffic.failedRequests()).isEmpty();
    assertThat(service.failedRequests()).isZero();
    assertThat(node.secretReads()).hasSize(4).extracting(SecretRead::pod).doesNotHaveDuplicates();
  }

  @Test
  void threeHundredPodsStartAndEnd() {
    publish(oldKey);
    Deployment deployment = deploy(300, Map.of());
    awaitRollout();

    assertThat(node.pods()).isEqualTo(300);
    assertThat(node.secretReads()).hasSize(300);
    await().until(() -> traffic.keyHintsByPod().size() == 300);

    client.resource(deployment).delete();
    await().atMost(PATIENCE).until(() -> pods().isEmpty() && node.pods() == 0);
    assertThat(traffic.failedRequests()).isEmpty();
  }

  @Test
  void podWithoutItsSecretWaitsForIt() {
    deploy(1, Map.of());
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(pods())
                .flatExtracting(pod -> pod.getStatus().getContainerStatuses())
                .extracting(container -> container.getState().getWaiting().getReason())
                .containsExactly("CreateContainerConfigError"));

    publish(oldKey);

    awaitRollout();
  }

  @Test
  void nodeIsReadyWithoutATaint() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          assertThat(client.nodes().withName(node.name()).get().getSpec().getTaints()).isEmpty();
          assertThat(client.leases().inNamespace("kube-node-lease").withName(node.name()).get())
              .isNotNull();
        });
  }

  private Instant lastUse(NewKey key) {
    return service.log(LogEntry.What.ACCEPTED).stream()
        .filter(entry -> entry.keyId().equals(key.key().id()))
        .toList()
        .getLast()
        .at();
  }

  private void publish(NewKey key) {
    client
        .secrets()
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
        .resource(CallingDeployment.of("till", replicas, "till", annotations))
        .create();
  }

  private void annotateTemplate() {
    client
        .apps()
        .deployments()
        .withName("till")
        .edit(d ->
            new DeploymentBuilder(d)
                .editSpec()
                .editTemplate()
                .editMetadata()
                .addToAnnotations("rekey.dev/stamp-x", "a.2")
                .endMetadata()
                .endTemplate()
                .endSpec()
                .build());
  }

  private void awaitRollout() {
    await()
        .atMost(PATIENCE)
        .until(() -> {
          Deployment d = client.apps().deployments().withName("till").get();
          DeploymentStatus s = d.getStatus();
          return s != null
              && d.getMetadata().getGeneration().equals(s.getObservedGeneration())
              && d.getSpec().getReplicas().equals(s.getUpdatedReplicas())
              && d.getSpec().getReplicas().equals(s.getAvailableReplicas())
              && d.getSpec().getReplicas().equals(s.getReplicas());
        });
  }

  private List<Pod> pods() {
    return client.pods().list().getItems();
  }

  private List<Pod> terminatingPods() {
    return pods().stream().filter(p -> p.getMetadata().getDeletionTimestamp() != null).toList();
  }
}
