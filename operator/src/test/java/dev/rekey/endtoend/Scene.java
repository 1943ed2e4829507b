package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rekey.api.v1alpha1.ApiKeyRotationStatus;
import dev.rekey.api.v1alpha1.ConsumersStatus;
import dev.rekey.api.v1alpha1.KeyStatus;
import dev.rekey.keyservice.KeyService;
import dev.rekey.keyservice.LogEntry.What;
import dev.rekey.keyservice.NewKey;
import dev.rekey.keyservice.ServiceKey;
import dev.rekey.node.CallingDeployment;
import dev.rekey.node.CallingPod;
import dev.rekey.node.Traffic;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.Stamp;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One of several stories on a stage, which may all be told at once: an application, its Secret, its
 * rotation and its issuer, all of one name, and a key service of its own that two teams share.
 */
final class Scene implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  final Stage stage;
  final String name;
  final KeyService service = KeyService.start();
  final Traffic traffic = new Traffic();
  final NewKey othersKey;

  final CallingPod program;

  Scene(Stage stage, String name) {
    this.stage = stage;
    this.name = name;
    othersKey = service.seed("treasury", "theirs", List.of(), Instant.now());
    program = CallingPod.calling(service.url(), traffic).every(Duration.ofMillis(50));
    stage.cast(name, program);
  }

  /** A key of this age is in the Secret, the application uses it, and the issuer is known. */
  NewKey keyInUse(Duration age, Map<String, String> switches) {
    var key = service.seed(Stage.TEAM, "made by hand", List.of(), Instant.now().minus(age));
    stage.secret(name, key.plainText());
    stage.application(name, 1, name, switches);
    issuer();
    return key;
  }

  /** The same where the workload is one that the test applies by itself. */
  NewKey keyInSecret() {
    var key =
        service.seed(
            Stage.TEAM, "made by hand", List.of(), Instant.now().minus(Duration.ofDays(100)));
    stage.secret(name, key.plainText());
    issuer();
    return key;
  }

  /** Applies a workload and waits until it has that many pods that are ready. */
  void applied(Manifest workload, int pods) {
    stage.apply(workload.yaml(stage.namespace));
    awaitReadyPods(pods);
  }

  void awaitReadyPods(int count) {
    await()
        .atMost(Stage.PATIENCE)
        .untilAsserted(() -> assertThat(pods()).filteredOn(Scene::isReady).hasSize(count));
  }

  private static boolean isReady(Pod pod) {
    return pod.getStatus().getConditions().stream()
        .anyMatch(it -> "Ready".equals(it.getType()) && "True".equals(it.getStatus()));
  }

  void issuer() {
    stage.credential(name, service.adminToken(Stage.TEAM));
    stage.apply(stage.issuerYaml(name, service.url()));
  }

  /** A rotation that takes over {@code inUse}, whose turn is when it is 90 days old. */
  void rotation(NewKey inUse) {
    rotation("adopt: {keyId: \"" + inUse.key().id() + "\"}\nschedule: {interval: 90d}");
  }

  void rotation(String more) {
    stage.rotation(name, name, name, more);
  }

  /** The same with all that {@code spec.rollout} says. */
  void rotation(NewKey inUse, String rollout) {
    stage.apply(
        """
        apiVersion: rekey.dev/v1alpha1
        kind: ApiKeyRotation
        metadata: {name: %1$s, namespace: %2$s}
        spec:
          issuerRef: {name: %1$s}
          secret: {name: %1$s}
          adopt: {keyId: "%3$s"}
          schedule: {interval: 90d}
          rollout: {%4$s}
        """
            .formatted(name, stage.namespace, inUse.key().id(), rollout));
  }

  /** Who is waited for, each with why, as the status says it. */
  List<String> behind() {
    return stage
        .status(name)
        .map(ApiKeyRotationStatus::consumers)
        .map(ConsumersStatus::behind)
        .orElseGet(List::of);
  }

  /** Waits until somebody is waited for of whom all of this is said. */
  void awaitBehind(String... said) {
    await()
        .atMost(Stage.PATIENCE)
        .untilAsserted(() -> assertThat(behind()).anySatisfy(it -> assertThat(it).contains(said)));
  }

  void askForRotation(String token) {
    stage.annotate(name, Names.ROTATE, token);
  }

  Condition awaitReady(String value, String reason) {
    return stage.awaitReady(name, value, reason);
  }

  void awaitRotations(int count) {
    stage.awaitRotations(name, count);
  }

  /** The reasons of the Events that warn of this rotation. */
  List<String> warnings() {
    return stage.client.v1().events().inNamespace(stage.namespace).list().getItems().stream()
        .filter(it -> name.equals(it.getInvolvedObject().getName()))
        .filter(it -> "Warning".equals(it.getType()))
        .map(Event::getReason)
        .toList();
  }

  Secret secret() {
    return stage.client.secrets().inNamespace(stage.namespace).withName(name).get();
  }

  /** What applications read. */
  String valueInSecret() {
    return Optional.ofNullable(secret())
        .map(it -> it.getData().get(CallingDeployment.DATA_KEY))
        .map(it -> new String(Base64.getDecoder().decode(it), StandardCharsets.UTF_8))
        .orElse("nothing");
  }

  /** Somebody writes the Secret, with whatever means. */
  void editSecret(UnaryOperator<Secret> edit) {
    // as kubectl replace does it: whoever writes the Secret meanwhile is no conflict
    var edited = edit.apply(secret());
    edited.getMetadata().setResourceVersion(null);
    stage.client.resource(edited).update();
  }

  /** Somebody puts another key there. */
  void putInSecret(NewKey other) {
    editSecret(it -> {
      it.getData()
          .put(
              CallingDeployment.DATA_KEY,
              Base64.getEncoder()
                  .encodeToString(other.plainText().getBytes(StandardCharsets.UTF_8)));
      return it;
    });
  }

  /** The publication that the Secret carries; 0: none. */
  int publication() {
    return Optional.ofNullable(secret())
        .map(it -> it.getMetadata().getAnnotations())
        .flatMap(it -> Stamp.parse(String.valueOf(it.get(Names.PUBLICATION))))
        .map(Stamp::publication)
        .orElse(0);
  }

  /** The publication whose stamp the Deployment's template carries; 0: none. */
  int stamped() {
    var template =
        stage
            .client
            .apps()
            .deployments()
            .inNamespace(stage.namespace)
            .withName(name)
            .get()
            .getSpec()
            .getTemplate();
    return publication(template.getMetadata().getAnnotations());
  }

  /** The publications whose stamps the application's pods carry; 0: none. */
  List<Integer> stampedPods() {
    return pods().stream().map(it -> publication(it.getMetadata().getAnnotations())).toList();
  }

  private int publication(@Nullable Map<String, String> annotations) {
    return Optional.ofNullable(annotations)
        .flatMap(it -> Stamp.parse(String.valueOf(it.get(Names.stamp(name)))))
        .map(Stamp::publication)
        .orElse(0);
  }

  /** The hints of the keys that the application's pods hold. */
  Set<String> hintsInPods() {
    return Set.copyOf(traffic.keyHintsByPod().values());
  }

  /** The last five characters of the key in use, by the rotation's status. */
  String hintInStatus() {
    return stage
        .status(name)
        .map(ApiKeyRotationStatus::current)
        .map(KeyStatus::hint)
        .map(it -> it.substring(it.length() - 5))
        .orElse("none");
  }

  /** The application's pods. */
  List<Pod> pods() {
    return stage.pods().stream().filter(this::isMine).toList();
  }

  /** Their names. */
  Set<String> podNames() {
    return pods().stream().map(it -> it.getMetadata().getName()).collect(Collectors.toSet());
  }

  boolean isWaitingForItsSecret(Pod pod) {
    return isMine(pod)
        && pod.getStatus().getContainerStatuses().stream()
            .map(it -> it.getState().getWaiting())
            .anyMatch(it -> it != null && "CreateContainerConfigError".equals(it.getReason()));
  }

  private boolean isMine(Pod pod) {
    return name.equals(pod.getMetadata().getLabels().get("app"));
  }

  List<String> liveKeysOfOurs() {
    return service.liveKeys().stream()
        .filter(it -> it.team().equals(Stage.TEAM))
        .map(ServiceKey::id)
        .toList();
  }

  /** What the ledger holds. */
  JsonNode ledger() {
    var data = stage.ledger(name).getData().get("ledger.json");
    try {
      return JSON.readTree(new String(Base64.getDecoder().decode(data), StandardCharsets.UTF_8))
          .path("rotation");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the ledger of " + name, e);
    }
  }

  /** Whether the issuer still accepts it. */
  boolean works(NewKey key) {
    return liveKeysOfOurs().contains(key.key().id());
  }

  /** That both keys work from now on for that long, and no request fails. */
  void bothKeysWorkFor(NewKey old, Duration span) {
    await()
        .during(span)
        .atMost(span.multipliedBy(2).plus(Stage.PATIENCE))
        .untilAsserted(() -> {
          assertThat(works(old)).as("the old key works").isTrue();
          assertThat(liveKeysOfOurs()).hasSize(2);
          assertThat(stage.history(name)).isEmpty();
        });
    applicationsAreWell();
  }

  /** Applications go on calling, and no call has failed. */
  void applicationsAreWell() {
    long before = traffic.successes();
    await().atMost(Stage.PATIENCE).until(() -> traffic.successes() > before + 2);
    assertThat(traffic.failedRequests()).isEmpty();
  }

  /**
   * After {@code rotations}: one key of ours is left and it is the one in the Secret, nothing is
   * unfinished, nobody else lost anything, and no application noticed.
   */
  void endsWell(int rotations) {
    awaitRotations(rotations);
    await()
        .atMost(Stage.PATIENCE)
        .untilAsserted(() -> {
          assertThat(ledger().path("attempts"))
              .as("attempts that are waited or searched for")
              .allMatch(it -> "LOST".equals(it.path("state").asText()))
              .allMatch(it -> it.path("nextSweep").isNull());
          assertThat(ledger().path("keys")).as("keys in the ledger").hasSize(1);
          assertThat(liveKeysOfOurs()).hasSize(1);
        });
    awaitReady("True", "Idle");
    var left = liveKeysOfOurs().getFirst();
    assertThat(secret().getMetadata().getAnnotations()).containsEntry(Names.KEY_ID, left);
    assertThat(stage.status(name).map(ApiKeyRotationStatus::current))
        .hasValueSatisfying(it -> assertThat(it.id()).isEqualTo(left));
    assertThat(service.liveKeys()).extracting(ServiceKey::id).contains(othersKey.key().id());
    assertThat(service.log(What.DELETED)).noneMatch(it -> it.keyId().equals(othersKey.key().id()));
    applicationsAreWell();
  }

  @Override
  public void close() {
    program.close();
    service.close();
  }
}
