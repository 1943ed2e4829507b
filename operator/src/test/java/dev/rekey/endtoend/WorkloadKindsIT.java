package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.keyservice.LogEntry.What;
import dev.rekey.keyservice.NewKey;
import dev.rekey.keyservice.ServiceKey;
import dev.rekey.node.CallingPod;
import dev.rekey.node.PodSwitches;
import dev.rekey.rotation.Names;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Every kind of workload that is restarted, by its own controller on a real API server. */
@Testkube
class WorkloadKindsIT {
  private static final String APP = "till";

  private final Stage stage;
  private final Map<String, Instant> gone = new ConcurrentHashMap<>();

  WorkloadKindsIT(ControlPlane controlPlane, TestNamespace space) {
    stage = new Stage(controlPlane, space);
  }

  @AfterEach
  void stop() throws Exception {
    stage.close();
  }

  @Test
  void aStatefulSetADaemonSetAndACronJobAreMovedByTheirOwnControllers() {
    var old = stage.keyInSecret(APP, Duration.ofDays(100));
    stage.issuer();
    stage.apply(statefulSet("queue", ""));
    stage.apply(daemonSet("agent", ""));
    stage.apply(cronJob("report"));
    awaitReadyPods(4);
    var before = stage.pods();
    try (var watch = stage.client.pods().inNamespace(stage.namespace).watch(new Departures(gone))) {
      assertThat(watch).isNotNull();
      stage.startOperator();
      rotate(old);
      stage.awaitRotations(APP, 1);

      assertGoneBeforeTheOldKey(before, old);
      // one after the other, from the last to the first
      assertThat(
              before.stream()
                  .filter(it -> it.getMetadata().getName().startsWith("queue-"))
                  .sorted(Comparator.comparing(it -> gone.get(it.getMetadata().getUid())))
                  .map(it -> it.getMetadata().getName()))
          .containsExactly("queue-2", "queue-1", "queue-0");
    }
    assertThat(stage.client.v1().events().inNamespace(stage.namespace).list().getItems())
        .filteredOn(it -> "StatefulSet".equals(it.getInvolvedObject().getKind()))
        .filteredOn(it -> "Rolling".equals(it.getReason()))
        .singleElement()
        .satisfies(it -> {
          assertThat(it.getInvolvedObject().getName()).isEqualTo("queue");
          assertThat(it.getMessage()).contains("ApiKeyRotation till", "Secret till", "Interval");
        });
    var apps = stage.client.apps();
    assertStamped(apps.statefulSets().inNamespace(stage.namespace).withName("queue").get());
    assertStamped(apps.daemonSets().inNamespace(stage.namespace).withName("agent").get());
    assertStamped(
        stage.client.batch().v1().cronjobs().inNamespace(stage.namespace).withName("report").get());
    endsWell();
  }

  @Test
  void oldKeyStaysUntilTheJobThatHoldsItHasEnded() {
    var old = stage.keyInSecret(APP, Duration.ofDays(100));
    stage.issuer();
    var work = jobsCall("import");
    stage.apply(job("import-1"));
    staysUntil(old, "Job import-1", () -> work.set(false));
    endsWell();
  }

  @Test
  void oldKeyStaysUntilTheJobThatHoldsItIsDeletedAndItsPodIsGone() {
    var old = stage.keyInSecret(APP, Duration.ofDays(100));
    stage.issuer();
    jobsCall("import");
    stage.apply(job("import-1"));
    staysUntil(
        old,
        "Job import-1",
        () ->
            stage
                .client
                .batch()
                .v1()
                .jobs()
                .inNamespace(stage.namespace)
                .withName("import-1")
                .delete());
    endsWell();
  }

  @Test
  void oldKeyStaysWhileAJobOfACronJobStillRunsAndTheNextJobStartsOnTheNewKey() {
    var old = stage.keyInSecret(APP, Duration.ofDays(100));
    stage.issuer();
    var work = jobsCall("report");
    stage.apply(cronJob("report"));
    letATurnBeMissed("report");
    staysUntil(old, "Job report-", () -> work.set(false));

    // the controller tidies up ended Jobs as well, later; the next turn is of the same name
    stage.client.batch().v1().jobs().inNamespace(stage.namespace).delete();
    await().atMost(Stage.PATIENCE).until(() -> stage.pods().isEmpty());
    work.set(true);
    letATurnBeMissed("report");
    awaitReadyPods(1);

    assertThat(stage.pods())
        .singleElement()
        .satisfies(
            it -> assertThat(it.getMetadata().getAnnotations()).containsKey(Names.stamp(APP)));
    assertThat(stage.traffic.keyHintsByPod()).hasSize(1);
    assertThat(stage.traffic.keyHintsByPod().values()).doesNotContain(hint(old));
    assertStamped(
        stage.client.batch().v1().cronjobs().inNamespace(stage.namespace).withName("report").get());
    endsWell();
  }

  /** The one pod that runs is named and keeps the old key, until it is freed and gone. */
  private void staysUntil(NewKey old, String owner, Runnable freed) {
    awaitReadyPods(1);
    var before = stage.pods();
    try (var watch = stage.client.pods().inNamespace(stage.namespace).watch(new Departures(gone))) {
      assertThat(watch).isNotNull();
      stage.startOperator();
      rotate(old);
      await()
          .atMost(Stage.PATIENCE)
          .untilAsserted(() ->
              assertThat(stage.condition(APP, "Rotating"))
                  .hasValueSatisfying(it -> {
                    assertThat(it.getReason()).isEqualTo("RunningJob");
                    assertThat(it.getMessage())
                        .contains("pod " + before.getFirst().getMetadata().getName(), owner)
                        .contains("let it finish, or delete it");
                  }));
      assertThat(stage.service.liveKeys()).as("both keys work").hasSize(2);
      assertThat(gone).isEmpty();
      freed.run();
      stage.awaitRotations(APP, 1);

      assertGoneBeforeTheOldKey(before, old);
    }
  }

  /** Pods of Jobs of this name call until the answer is set to false. */
  private AtomicBoolean jobsCall(String name) {
    var work = new AtomicBoolean(true);
    var program = CallingPod.calling(stage.service.url(), stage.traffic).until(() -> !work.get());
    stage.cast(name, program);
    stage.ends(program);
    return work;
  }

  /** Its controller makes up at once for the last leap day, which it believes to have missed. */
  private void letATurnBeMissed(String cronJob) {
    stage
        .client
        .batch()
        .v1()
        .cronjobs()
        .inNamespace(stage.namespace)
        .withName(cronJob)
        .subresource("status")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"status\": {\"lastScheduleTime\": \"2024-02-28T00:00:00Z\"}}");
  }

  private static String hint(NewKey key) {
    return key.plainText().substring(key.plainText().length() - 5);
  }

  private void rotate(NewKey old) {
    stage.rotation(
        APP, APP, "adopt: {keyId: \"" + old.key().id() + "\"}\nschedule: {interval: 90d}");
  }

  private void assertGoneBeforeTheOldKey(List<Pod> pods, NewKey old) {
    var deleted =
        stage.service.log(What.DELETED).stream()
            .filter(it -> it.keyId().equals(old.key().id()))
            .toList();
    assertThat(deleted).hasSize(1);
    assertThat(pods)
        .allSatisfy(it ->
            assertThat(gone.get(it.getMetadata().getUid()))
                .as(it.getMetadata().getName())
                .isNotNull()
                .isBefore(deleted.getFirst().at()));
  }

  /**
   * That Rekey owns its stamp and nothing else. The operator calls itself rekey as well, so this
   * does not show that it names its field manager: ManagedFieldsIT does.
   */
  private static void assertStamped(HasMetadata workload) {
    assertThat(workload.getMetadata().getManagedFields())
        .filteredOn(it -> Names.FIELD_MANAGER.equals(it.getManager()))
        .singleElement()
        .satisfies(it ->
            assertThat(it.getFieldsV1().getAdditionalProperties().toString())
                .contains("f:" + Names.stamp(APP))
                .doesNotContain("f:containers"));
  }

  private void endsWell() {
    assertThat(stage.service.liveKeys()).extracting(ServiceKey::id).hasSize(1);
    assertThat(stage.traffic.failedRequests()).isEmpty();
    assertThat(stage.traffic.successes()).isGreaterThan(50);
  }

  private void awaitReadyPods(int count) {
    await()
        .atMost(Stage.PATIENCE)
        .untilAsserted(() ->
            assertThat(stage.pods())
                .filteredOn(pod ->
                    pod.getStatus().getConditions().stream()
                        .anyMatch(
                            it -> "Ready".equals(it.getType()) && "True".equals(it.getStatus())))
                .hasSize(count));
  }

  private String statefulSet(String name, String more) {
    return """
    apiVersion: apps/v1
    kind: StatefulSet
    metadata: {name: %1$s, namespace: %2$s}
    spec:
      serviceName: %1$s
      replicas: 3
      selector: {matchLabels: {app: %1$s}}
    """
            .formatted(name, stage.namespace)
        + more.indent(2)
        + template(name, "3s").indent(2);
  }

  private String daemonSet(String name, String more) {
    return """
    apiVersion: apps/v1
    kind: DaemonSet
    metadata: {name: %1$s, namespace: %2$s}
    spec:
      selector: {matchLabels: {app: %1$s}}
    """
            .formatted(name, stage.namespace)
        + more.indent(2)
        + template(name, "1s").indent(2);
  }

  private String cronJob(String name) {
    return """
    apiVersion: batch/v1
    kind: CronJob
    metadata: {name: %1$s, namespace: %2$s}
    spec:
      schedule: "0 0 29 2 *"
      jobTemplate:
        spec:
          template:
            metadata: {labels: {app: %1$s}}
            spec:
              restartPolicy: Never
              containers:
    %3$s\
    """
        .formatted(name, stage.namespace, container().indent(12));
  }

  private String job(String name) {
    return """
    apiVersion: batch/v1
    kind: Job
    metadata: {name: %1$s, namespace: %2$s}
    spec:
      template:
        metadata:
          labels: {app: %1$s}
          annotations: {%3$s: "3s"}
        spec:
          restartPolicy: Never
          containers:
    %4$s\
    """
        .formatted(name, stage.namespace, PodSwitches.TERMINATION_DELAY, container().indent(8));
  }

  private String template(String name, String termination) {
    return """
    template:
      metadata:
        labels: {app: %s}
        annotations: {%s: "%s"}
      spec:
        nodeSelector: {kubernetes.io/hostname: node-of-%s}
        containers:
    %s\
    """
        .formatted(
            name,
            PodSwitches.TERMINATION_DELAY,
            termination,
            stage.namespace,
            container().indent(4));
  }

  private static String container() {
    return """
    - name: app
      image: registry.example/app:1
      env: [{name: API_KEY, valueFrom: {secretKeyRef: {name: till, key: apiKey}}}]
    """;
  }
}
