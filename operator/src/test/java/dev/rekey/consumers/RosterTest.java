package dev.rekey.consumers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.rekey.cluster.ClusterException;
import dev.rekey.cluster.PodWatches;
import dev.rekey.cluster.Watched;
import dev.rekey.cluster.Workloads;
import dev.rekey.rotation.Binding;
import dev.rekey.rotation.Checks;
import dev.rekey.rotation.Consumers;
import dev.rekey.rotation.Consumers.WorkloadRef;
import dev.rekey.rotation.Hindrance;
import dev.rekey.rotation.IssuerBinding;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Mask;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Readiness;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Restarts;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.SecretText;
import dev.rekey.rotation.Stamp;
import dev.rekey.rotation.WorkloadKind;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RosterTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final String READS = "{containers: [{envFrom: [{secretRef: {name: till}}]}]}";
  private static final String MOUNTS =
      "{nodeName: a, volumes: [{name: v, secret: {secretName: till}}], containers: [{}]}";
  private static final Restarts NONE = new Restarts(Restarts.Strategy.NONE, Optional.empty());

  private static final Rotation NO_KEYS =
      Rotation.begin("lineage", new Binding("c", "payments", "till", "r", "u"), List.of());

  private final Listed listed = new Listed();
  private Mask mask = Mask.of(NO_KEYS, new Observation.Target.Missing());

  @Test
  void aPodIsTiedToItsDeploymentByTheReplicaSetBetweenThem() {
    listed.deployments.add(deployment("api", "", ""));
    listed.sets.add(
        yaml(ReplicaSet.class, "metadata: {uid: rs, " + ownedBy("Deployment", "api") + "}"));
    listed.pods.add(pod("api-1", ownedBy("ReplicaSet", "rs"), READS, ""));

    assertThat(only().workload()).contains("Deployment api");
    assertThat(only().hindrance()).isEmpty();
  }

  @Test
  void whoeverIsNotStampedHasAReasonOfItsOwn() {
    listed.sets.add(yaml(ReplicaSet.class, "metadata: {uid: alone}"));
    listed.sets.add(
        yaml(ReplicaSet.class, "metadata: {uid: argo, " + ownedBy("Rollout", "web") + "}"));
    listed.pods.add(pod("a", "", READS, ""));
    listed.pods.add(pod("b", ownedBy("Job", "import"), READS, ""));
    listed.pods.add(pod("c", ownedBy("ReplicaSet", "alone"), READS, ""));
    listed.pods.add(pod("d", ownedBy("ReplicationController", "rc"), READS, ""));
    listed.pods.add(pod("e", ownedBy("ReplicaSet", "argo"), READS, ""));
    listed.pods.add(pod("f", ownedBy("Node", "a"), READS, ""));

    assertThat(seen(Restarts.ALL).pods())
        .allSatisfy(it -> assertThat(it.stampable()).isFalse())
        .extracting(it -> it.hindrance().map(Hindrance::reason).orElseThrow())
        .containsExactly(
            Reason.BarePod,
            Reason.RunningJob,
            Reason.BareReplicaSet,
            Reason.BareReplicaSet,
            Reason.OtherController,
            Reason.OtherController);
  }

  @Test
  void onlyAControllerOwnsAPod() {
    listed.deployments.add(deployment("api", "", ""));
    listed.pods.add(
        pod("a", "ownerReferences: [{kind: Deployment, name: api, uid: api}]", READS, ""));

    assertThat(only().workload()).isEmpty();
    assertThat(only().hindrance().map(Hindrance::reason)).contains(Reason.BarePod);
  }

  @Test
  void aWorkloadThatWasMadeAgainUnderItsNameOwnsNoPodOfTheOneBefore() {
    listed.statefulSets.add(statefulSet("queue", "", ""));
    listed.pods.add(
        pod(
            "queue-0",
            "ownerReferences: [{kind: StatefulSet, name: queue, uid: before, controller: true}]",
            READS,
            ""));

    assertThat(only().workload()).isEmpty();
  }

  @Test
  void podsOfSetsNameTheirWorkloadAndFollowIt() {
    listed.statefulSets.add(statefulSet("queue", "", ""));
    listed.daemonSets.add(daemonSet("agent", "", ""));
    listed.pods.add(pod("queue-0", ownedBy("StatefulSet", "queue"), READS, ""));
    listed.pods.add(pod("agent-x", ownedBy("DaemonSet", "agent"), READS, ""));

    assertThat(seen(Restarts.ALL).pods())
        .extracting(it -> it.workload().orElseThrow(), Consumers.Pod::hindrance)
        .containsExactly(
            tuple("DaemonSet agent", Optional.empty()),
            tuple("StatefulSet queue", Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource({
    "'', true",
    "podManagementPolicy: OrderedReady, true",
    "podManagementPolicy: Parallel, false",
    "podManagementPolicy: Whatever, false",
  })
  void aPodOfAStatefulSetHoldsItUpUnlessThePodsAreManagedInParallel(String spec, boolean held) {
    listed.statefulSets.add(statefulSet("queue", spec, ""));
    listed.daemonSets.add(daemonSet("agent", "", ""));
    listed.pods.add(pod("queue-0", ownedBy("StatefulSet", "queue"), READS, ""));
    listed.pods.add(pod("agent-x", ownedBy("DaemonSet", "agent"), READS, ""));
    listed.pods.add(pod("bare", "", READS, ""));

    assertThat(seen(Restarts.ALL).pods())
        .extracting(Consumers.Pod::uid, Consumers.Pod::holdsUpItsSet)
        .containsExactly(tuple("agent-x", false), tuple("bare", false), tuple("queue-0", held));
  }

  @Test
  void aJobOfACronJobIsLeftAloneAsAnyJob() {
    listed.cronJobs.add(cronJob("report", ""));
    listed.pods.add(pod("report-1-x", ownedBy("Job", "report-1"), READS, ""));

    assertThat(only().workload()).isEmpty();
    assertThat(only().hindrance())
        .hasValueSatisfying(it -> {
          assertThat(it.reason()).isEqualTo(Reason.RunningJob);
          assertThat(it.why()).contains("Job report-1", "let it finish");
        });
  }

  @Test
  void aPausedDeploymentKeepsItsPods() {
    listed.deployments.add(deployment("api", "paused: true", ""));
    listed.sets.add(
        yaml(ReplicaSet.class, "metadata: {uid: rs, " + ownedBy("Deployment", "api") + "}"));
    listed.pods.add(pod("api-1", ownedBy("ReplicaSet", "rs"), READS, ""));

    assertThat(only().hindrance().map(Hindrance::reason)).contains(Reason.WorkloadPaused);
    assertThat(only().workload()).contains("Deployment api");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "reloader.stakater.com/auto: 'true'                              | yes",
        "secret.reloader.stakater.com/auto: 'true'                       | yes",
        "secret.reloader.stakater.com/reload: till                       | yes",
        "secret.reloader.stakater.com/reload: 'other, till'              | yes",
        "secret.reloader.stakater.com/reload: tiller                     | no",
        "configmap.reloader.stakater.com/auto: 'true'                    | no",
        "reloader.stakater.com/auto: 'false', secret.reloader.stakater.com/reload: till | no",
        "reloader.stakater.com/auto: 'true', secrets.exclude.reloader.stakater.com/reload: till"
            + " | no",
        "secret.reloader.stakater.com/reload: '(t+)+$'                   | no",
        "some: thing                                                     | no"
      })
  void whoeverReloaderRestartsForTheSecretIsKnownByAnnotations(String annotations, String known) {
    var onWorkload =
        """
        metadata: {name: api, uid: api, annotations: {%s}}
        spec: {template: {spec: %s}}
        """;
    var onPods =
        """
        metadata: {name: api, uid: api}
        spec: {template: {metadata: {annotations: {%s}}, spec: %s}}
        """;
    for (var text : List.of(onWorkload, onPods)) {
      listed.deployments.clear();
      listed.deployments.add(yaml(Deployment.class, text.formatted(annotations, READS)));

      assertThat(seen(Restarts.ALL).workloads().getFirst().reloadedBy())
          .as(text)
          .matches(it -> it.isPresent() == known.equals("yes"));
    }
  }

  @Test
  void aCronJobIsRestartedByNobody() {
    var job = cronJob("report", "");
    job.getMetadata().setAnnotations(Map.of("reloader.stakater.com/auto", "true"));
    listed.cronJobs.add(job);

    assertThat(seen(Restarts.ALL).workloads().getFirst().reloadedBy()).isEmpty();
  }

  @Test
  void podsThatAreReplacedOnDeleteAreKept() {
    listed.statefulSets.add(statefulSet("queue", "updateStrategy: {type: OnDelete}", ""));
    listed.daemonSets.add(daemonSet("agent", "updateStrategy: {type: OnDelete}", ""));
    listed.pods.add(pod("queue-0", ownedBy("StatefulSet", "queue"), READS, ""));
    listed.pods.add(pod("agent-x", ownedBy("DaemonSet", "agent"), READS, ""));

    assertThat(seen(Restarts.ALL).pods())
        .extracting(it -> it.hindrance().orElseThrow())
        .extracting(Hindrance::reason, it -> it.why().replaceAll(".* for (.*) has .*", "$1"))
        .containsExactly(
            tuple(Reason.UpdatesOnDelete, "DaemonSet agent"),
            tuple(Reason.UpdatesOnDelete, "StatefulSet queue"));
  }

  @Test
  void aPodFromBeforeItsTemplateLetGoOfTheSecretGoesByItself() {
    listed.deployments.add(withoutTheSecret("", 1));
    listed.sets.add(
        yaml(ReplicaSet.class, "metadata: {uid: rs, " + ownedBy("Deployment", "api") + "}"));
    listed.pods.add(pod("api-1", ownedBy("ReplicaSet", "rs"), READS, ""));

    assertThat(seen(Restarts.ALL).workloads()).isEmpty();
    assertThat(only().workload()).as("nobody stamps it for this Secret").isEmpty();
    assertThat(only().hindrance()).isEmpty();

    listed.deployments.clear();
    listed.deployments.add(withoutTheSecret("paused: true,", 1));
    assertThat(only().hindrance().map(Hindrance::reason)).contains(Reason.WorkloadPaused);
  }

  @Test
  void aPodThatIsGivenTheSecretBesideItsTemplateIsRestartedByHand() {
    listed.deployments.add(withoutTheSecret("", 2));
    listed.sets.add(
        yaml(ReplicaSet.class, "metadata: {uid: rs, " + ownedBy("Deployment", "api") + "}"));
    listed.pods.add(pod("api-1", ownedBy("ReplicaSet", "rs"), READS, ""));

    assertThat(only().workload()).isEmpty();
    assertThat(only().hindrance())
        .hasValueSatisfying(it -> {
          assertThat(it.reason()).isEqualTo(Reason.OtherController);
          assertThat(it.why()).contains("Deployment api", "does not read the Secret");
        });
  }

  @Test
  void whoeverReadsAnotherSecretIsNotListed() {
    listed.statefulSets.add(
        yaml(
            StatefulSet.class,
            "metadata: {name: other, uid: other}\nspec: {template: {spec: "
                + READS.replace("till", "another")
                + "}}"));
    listed.pods.add(
        pod("other-0", ownedBy("StatefulSet", "other"), READS.replace("till", "another"), ""));

    assertThat(seen(Restarts.ALL).workloads()).isEmpty();
    assertThat(seen(Restarts.ALL).pods()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "queue-0, 3, 0, true",
    "queue-2, 3, 0, true",
    "queue-3, 3, 0, false",
    "queue-10, 3, 0, false",
    "queue-x, 3, 0, true",
    "queue, 3, 0, true",
    // a partition counts pods, from wherever the ordinals start
    "queue-5, 1, 5, true",
    "queue-6, 1, 5, false",
  })
  void aPartitionKeepsTheLowestPods(String pod, int partition, int start, boolean kept) {
    listed.statefulSets.add(
        statefulSet(
            "queue",
            "updateStrategy: {rollingUpdate: {partition: %d}}, ordinals: {start: %d}"
                .formatted(partition, start),
            ""));
    listed.pods.add(pod(pod, ownedBy("StatefulSet", "queue"), READS, ""));

    assertThat(only().hindrance().map(Hindrance::reason))
        .isEqualTo(kept ? Optional.of(Reason.PartitionedRollout) : Optional.empty());
  }

  @ParameterizedTest
  @CsvSource({
    "2, 2, 2, 2, 2, true",
    "1, 2, 2, 2, 2, false",
    "2, 1, 2, 2, 2, false",
    "2, 3, 2, 2, 2, false",
    "2, 2, 1, 2, 2, false",
    "2, 2, 2, 1, 2, false",
    "2, 2, 2, 2, 3, false",
  })
  void aDaemonSetIsDoneWhenEveryNodeThatItWantsHasANewPodThatIsAvailable(
      int observed, int there, int updated, int available, int wanted, boolean done) {
    listed.daemonSets.add(
        daemonSet(
            "agent",
            "",
            """
            {observedGeneration: %d, currentNumberScheduled: %d, updatedNumberScheduled: %d,
            numberAvailable: %d, desiredNumberScheduled: %d}
            """
                .formatted(observed, there, updated, available, wanted)));

    assertThat(seen(Restarts.ALL).workloads().getFirst().rolledOut()).isEqualTo(done);
  }

  @ParameterizedTest
  @CsvSource({
    "2, 2, 2, 2, true",
    "1, 2, 2, 2, false",
    "2, 1, 2, 2, false",
    "2, 2, 1, 2, false",
    "2, 2, 2, 1, false",
  })
  void aStatefulSetIsDoneWhenEveryReplicaIsNewAndAvailable(
      int observed, int there, int updated, int available, boolean done) {
    listed.statefulSets.add(
        statefulSet(
            "queue",
            "replicas: 2",
            """
            {observedGeneration: %d, replicas: %d, updatedReplicas: %d, availableReplicas: %d}
            """
                .formatted(observed, there, updated, available)));

    assertThat(seen(Restarts.ALL).workloads().getFirst().rolledOut()).isEqualTo(done);
  }

  @Test
  void aCronJobHasNothingToRollAndWantsPodsUnlessItIsSuspended() {
    listed.cronJobs.add(cronJob("report", ""));
    listed.cronJobs.add(cronJob("paused", "suspend: true"));

    assertThat(seen(Restarts.ALL).workloads())
        .extracting(
            it -> it.ref().name(), Consumers.Workload::rolledOut, Consumers.Workload::wantsPods)
        .containsExactly(tuple("paused", true, false), tuple("report", true, true));
  }

  @Test
  void aWorkloadOfNoReplicasWantsNoPods() {
    listed.deployments.add(deployment("none", "replicas: 0", ""));
    listed.deployments.add(deployment("default", "", ""));
    listed.statefulSets.add(statefulSet("no-queue", "replicas: 0", ""));
    listed.daemonSets.add(daemonSet("agent", "", ""));

    assertThat(seen(Restarts.ALL).workloads())
        .extracting(it -> it.ref().name(), Consumers.Workload::wantsPods)
        .containsExactly(
            tuple("default", true),
            tuple("none", false),
            tuple("no-queue", false),
            tuple("agent", true));
  }

  @Test
  void onlyAStampForThisSecretCounts() {
    listed.pods.add(
        pod("a", "annotations: {" + Names.stamp("another") + ": lineage.3}", READS, ""));
    assertThat(only().stamp()).isEmpty();

    listed.pods.clear();
    listed.pods.add(pod("a", "annotations: {" + Names.stamp("till") + ": lineage.3}", READS, ""));
    assertThat(only().stamp()).contains(new Stamp("lineage", 3));
  }

  @Test
  void aPodThatIsOnItsWayOutIsStillThere() {
    listed.pods.add(pod("a", "deletionTimestamp: '2026-03-01T12:00:20Z'", READS, ""));

    assertThat(only().terminating()).isTrue();
    assertThat(only().over()).isFalse();
  }

  @Test
  void aRolloutIsDoneWhenItsControllerHasSeenItAndEveryReplicaIsNewAndAvailable() {
    assertThat(
            rolledOut(
                "{observedGeneration: 2, replicas: 2, updatedReplicas: 2,"
                    + " availableReplicas: 2}"))
        .isTrue();
    assertThat(
            rolledOut(
                "{observedGeneration: 1, replicas: 2, updatedReplicas: 2,"
                    + " availableReplicas: 2}"))
        .isFalse();
    assertThat(
            rolledOut(
                "{observedGeneration: 2, replicas: 3, updatedReplicas: 2,"
                    + " availableReplicas: 2}"))
        .isFalse();
    assertThat(
            rolledOut(
                "{observedGeneration: 2, replicas: 2, updatedReplicas: 1,"
                    + " availableReplicas: 2}"))
        .isFalse();
    assertThat(
            rolledOut(
                "{observedGeneration: 2, replicas: 2, updatedReplicas: 2,"
                    + " availableReplicas: 1}"))
        .isFalse();
    assertThat(rolledOut("{}")).isFalse();
  }

  @Test
  void aPodIsOverWhenEveryContainerHasEndedAndNotByItsPhaseAlone() {
    assertThat(over("phase: Failed")).isTrue();
    assertThat(over("phase: Running, containerStatuses: [{state: {terminated: {}}}]")).isFalse();
    assertThat(over("phase: Succeeded, containerStatuses: [{state: {terminated: {}}}]")).isTrue();
    assertThat(
            over(
                "phase: Failed, containerStatuses: [{state: {terminated: {}}}, {state: {running:"
                    + " {}}}]"))
        .isFalse();
    assertThat(over("phase: Failed, containerStatuses: [{state: {waiting: {}}}]")).isFalse();
    assertThat(
            over(
                "phase: Failed, containerStatuses: [{state: {terminated: {}}}],"
                    + " ephemeralContainerStatuses: [{state: {running: {}}}]"))
        .isFalse();
    assertThat(
            over(
                "phase: Failed, containerStatuses: [{state: {terminated: {}}}],"
                    + " initContainerStatuses: [{state: {waiting: {}}}]"))
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "conditions: [{type: Ready, status: 'True'}] |",
        "phase: Running | its kubelet says so",
        "phase: Pending | its containers are not started yet",
        "conditions: [{type: Ready, status: 'False', reason: ReadinessGatesNotReady}]"
            + " | its kubelet says so (ReadinessGatesNotReady)",
        "phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable,"
            + " message: '0/3 nodes are available'}]"
            + " | it is not scheduled (Unschedulable): 0/3 nodes are available",
        "containerStatuses: [{name: app, state: {waiting: {reason: ContainerCreating}}}],"
            + " phase: Pending | its containers are not started yet",
        "containerStatuses: [{name: app, state: {waiting: {reason: ErrImagePull, message: no such"
            + " image}}}] | container app waits (ErrImagePull): no such image",
        "containerStatuses: [{name: app, state: {waiting: {reason: CreateContainerConfigError,"
            + " message: key TOKEN is not in Secret till}}}] | container app waits"
            + " (CreateContainerConfigError): key TOKEN is not in Secret till",
        "containerStatuses: [{name: app, state: {waiting: {reason: CrashLoopBackOff, message:"
            + " back-off restarting pod=a}}, lastState: {terminated: {exitCode: 1, reason: Error,"
            + " message: cannot connect}}}] | container app waits (CrashLoopBackOff), and last"
            + " ended with exit code 1 (Error): cannot connect",
        "containerStatuses: [{name: app, state: {terminated: {exitCode: 137, reason: OOMKilled}}}]"
            + " | container app ended with exit code 137 (OOMKilled)",
        "containerStatuses: [{name: app, state: {running: {}}}]"
            + " | container app runs and is not found ready",
        "containerStatuses: [{name: app, state: {running: {}}, lastState: {terminated: {exitCode:"
            + " 2}}}] | container app runs and is not found ready, and before that ended with exit"
            + " code 2",
        // who fails is named, not who waits for it, nor who is done, nor who is well
        "initContainerStatuses: [{name: done, state: {terminated: {exitCode: 0}}}, {name: init,"
            + " state: {terminated: {exitCode: 3, reason: Error}}}], containerStatuses: [{name:"
            + " app, state: {waiting: {reason: PodInitializing}}}] | container init ended with exit"
            + " code 3 (Error)",
        "containerStatuses: [{name: well, ready: true, state: {running: {}}, lastState:"
            + " {terminated: {exitCode: 1}}}, {name: app, state: {running: {}}}]"
            + " | container app runs and is not found ready",
        // only one word is a reason
        "containerStatuses: [{name: app, state: {waiting: {reason: 'a key: 7'}}}]"
            + " | container app waits",
      })
  void aPodThatIsNotReadySaysWhy(String status, @Nullable String why) {
    listed.pods.add(pod("a", "", READS, status));

    assertThat(only().readiness())
        .isEqualTo(why == null ? new Readiness.Ready() : new Readiness.NotReady(why));
  }

  @Test
  void aPodNeverSaysAKey() {
    var value = "Tulip/Harbour?Window";
    var status =
        "containerStatuses: [{name: app, state: {waiting: {reason: RunContainerError, message:"
            + " 'args %1$s'}}, lastState: {terminated: {exitCode: 1, message: 'key %1$s'}}}]"
                .formatted(value);
    listed.pods.add(pod("a", "", READS, status));
    mask = Mask.of(NO_KEYS.adopted(key(value)), new Observation.Target.Missing());

    assertThat(only().whyNotReady())
        .contains(
            "container app waits (RunContainerError): args ***, and last ended with exit code 1:"
                + " key ***");
  }

  private static Key key(String value) {
    return new Key(
        "1",
        Optional.empty(),
        Role.CURRENT,
        Map.of("value", SecretText.of(value)),
        "…",
        NOW,
        Optional.empty(),
        Optional.empty(),
        new IssuerBinding("KeyIssuer", "payments", "till", "i", "a"),
        OptionalInt.empty(),
        Checks.NONE);
  }

  @Test
  void aPodThatShouldHaveEndedIsLookedForOnItsNode() {
    var stranded = pod("a", "deletionTimestamp: '2026-03-01T11:59:00Z'", "{nodeName: a}", "");
    stranded.getSpec().setContainers(yaml(Pod.class, "spec: " + READS).getSpec().getContainers());
    listed.pods.add(stranded);

    assertThat(only().hindrance().map(Hindrance::reason)).contains(Reason.NodeUnreachable);
    listed.nodes.put("a", node("Unknown", ""));
    assertThat(only().hindrance().map(Hindrance::reason)).contains(Reason.NodeUnreachable);
    assertThat(only().over()).isFalse();
    listed.nodes.put("a", node("Unknown", "node.kubernetes.io/out-of-service"));
    assertThat(only().over()).isTrue();
    listed.nodes.put("a", node("True", ""));
    assertThat(only().hindrance().map(Hindrance::reason)).contains(Reason.BarePod);
  }

  @Test
  void nodesAreAskedForOnlyWhereSomethingDependsOnThem() {
    listed.nodes.put("a", node("True", ""));
    listed.pods.add(pod("a", "", MOUNTS, ""));
    listed.pods.add(pod("b", "", MOUNTS, ""));

    assertThat(seen(Restarts.ALL).pods()).allMatch(it -> it.nodeReadySince().isEmpty());
    assertThat(listed.asked).isEmpty();
    assertThat(seen(NONE).pods())
        .extracting(Consumers.Pod::nodeReadySince)
        .containsOnly(Optional.of(Instant.parse("2026-03-01T10:00:00Z")));
    assertThat(listed.asked).containsExactly("a");
    listed.mayAskForNodes = false;
    assertThat(seen(NONE).pods()).allMatch(it -> it.nodeReadySince().isEmpty());
  }

  @Test
  void aPodThatIsReadySaysSinceWhen() {
    listed.pods.add(
        pod(
            "a",
            "",
            READS,
            "conditions: [{type: Ready, status: 'True', lastTransitionTime:"
                + " '2026-03-01T11:59:00Z'}]"));

    assertThat(only().readiness())
        .isEqualTo(new Readiness.Ready(Optional.of(Instant.parse("2026-03-01T11:59:00Z"))));
  }

  @Test
  void aStampIsReadFromPodsAndTemplatesOfEveryKind() {
    var stamp = "{annotations: {" + Names.stamp("till") + ": lineage.3}}";
    listed.cronJobs.add(
        yaml(
            CronJob.class,
            """
            metadata: {name: report, uid: report}
            spec: {jobTemplate: {spec: {template: {metadata: %s, spec: %s}}}}
            """
                .formatted(stamp, READS)));
    listed.daemonSets.add(
        yaml(
            DaemonSet.class,
            """
            metadata: {name: agent, uid: agent}
            spec: {template: {metadata: %s, spec: %s}}
            """
                .formatted(stamp, READS)));

    assertThat(seen(Restarts.ALL).workloads())
        .extracting(it -> it.ref().display(), it -> it.carries(new Stamp("lineage", 3)))
        .containsExactly(tuple("DaemonSet agent", true), tuple("CronJob report", true));
  }

  private boolean rolledOut(String status) {
    listed.deployments.clear();
    listed.deployments.add(deployment("api", "replicas: 2", status));
    return seen(Restarts.ALL).workloads().getFirst().rolledOut();
  }

  private boolean over(String status) {
    listed.pods.clear();
    listed.pods.add(pod("a", "", READS, status));
    return only().over();
  }

  private Consumers.Pod only() {
    return seen(Restarts.ALL).pods().getFirst();
  }

  private Consumers.Seen seen(Restarts restarts) {
    listed.asked.clear();
    return new Roster(listed, new ListedRollouts(), Optional::empty, rolling())
        .now(new Roster.Question("payments", "till", restarts, mask, NOW));
  }

  /** Nothing is held: everything is listed. */
  private RollingNamespaces rolling() {
    return new RollingNamespaces(
        listed,
        new ListedRollouts(),
        Optional::empty,
        new NoWatches(),
        InstantSource.fixed(NOW),
        Duration.ofSeconds(2));
  }

  private static Deployment deployment(String name, String spec, String status) {
    return yaml(Deployment.class, set(name, spec, status));
  }

  /** Its second generation, of which its controller has seen {@code observed}. */
  private static Deployment withoutTheSecret(String spec, int observed) {
    return yaml(
        Deployment.class,
        """
        metadata: {name: api, uid: api, generation: 2}
        spec: {%s template: {spec: {containers: [{}]}}}
        status: {observedGeneration: %d, replicas: 1, updatedReplicas: 1, availableReplicas: 1}
        """
            .formatted(spec, observed));
  }

  private static StatefulSet statefulSet(String name, String spec, String status) {
    return yaml(StatefulSet.class, set(name, spec, status));
  }

  private static DaemonSet daemonSet(String name, String spec, String status) {
    return yaml(DaemonSet.class, set(name, spec, status));
  }

  private static CronJob cronJob(String name, String spec) {
    return yaml(
        CronJob.class,
        """
        metadata: {name: %1$s, uid: %1$s}
        spec: {%2$s jobTemplate: {spec: {template: {spec: %3$s}}}}
        """
            .formatted(name, spec.isEmpty() ? "" : spec + ",", READS));
  }

  /** What a Deployment and the sets are made from, at their second generation. */
  private static String set(String name, String spec, String status) {
    return "metadata: {name: %1$s, uid: %1$s, generation: 2}\n".formatted(name)
        + "spec: {%s template: {spec: %s}}\n".formatted(spec.isEmpty() ? "" : spec + ",", READS)
        + (status.isEmpty() ? "" : "status: " + status);
  }

  private static Pod pod(String name, String meta, String spec, String status) {
    return yaml(
        Pod.class,
        "metadata: {name: %1$s, uid: %1$s, creationTimestamp: '2026-03-01T11:00:00Z'%2$s}\nspec: %3$s\nstatus: {%4$s}"
            .formatted(name, meta.isEmpty() ? "" : ", " + meta, spec, status));
  }

  private static Node node(String ready, String taint) {
    return yaml(
        Node.class,
        "spec: {%s}\nstatus: {conditions: [{type: Ready, status: '%s', lastTransitionTime:"
                .formatted(taint.isEmpty() ? "" : "taints: [{key: " + taint + "}]", ready)
            + " '2026-03-01T10:00:00Z'}]}");
  }

  private static String ownedBy(String kind, String name) {
    return "ownerReferences: [{kind: %s, name: %s, uid: %s, controller: true}]"
        .formatted(kind, name, name);
  }

  private static <T> T yaml(Class<T> type, String text) {
    return Serialization.unmarshal(text, type);
  }

  static final class Listed implements Workloads {
    final List<Deployment> deployments = new ArrayList<>();
    final List<StatefulSet> statefulSets = new ArrayList<>();
    private final List<DaemonSet> daemonSets = new ArrayList<>();
    private final List<CronJob> cronJobs = new ArrayList<>();
    final List<ReplicaSet> sets = new ArrayList<>();
    final List<Pod> pods = new ArrayList<>();
    private final Map<String, Node> nodes = new HashMap<>();
    private final List<String> asked = new ArrayList<>();
    private boolean mayAskForNodes = true;

    @Override
    public List<Deployment> deployments(String namespace) {
      return deployments;
    }

    @Override
    public List<StatefulSet> statefulSets(String namespace) {
      return statefulSets;
    }

    @Override
    public List<DaemonSet> daemonSets(String namespace) {
      return daemonSets;
    }

    @Override
    public List<CronJob> cronJobs(String namespace) {
      return cronJobs;
    }

    @Override
    public List<ReplicaSet> replicaSets(String namespace) {
      return sets;
    }

    @Override
    public List<Pod> pods(String namespace) {
      return pods;
    }

    @Override
    public Optional<ReplicaSet> replicaSet(String namespace, String name) {
      asked.add("ReplicaSet " + name);
      return sets.stream().filter(it -> it.getMetadata().getName().equals(name)).findFirst();
    }

    @Override
    public Optional<HasMetadata> workload(WorkloadKind kind, String namespace, String name) {
      throw new AssertionError("nothing is looked at again here");
    }

    @Override
    public Optional<Node> node(String name) {
      if (!mayAskForNodes) {
        throw new ClusterException.Refused("Node " + name, 403);
      }
      asked.add(name);
      return Optional.ofNullable(nodes.get(name));
    }

    @Override
    public HasMetadata annotateTemplate(
        String namespace, WorkloadRef workload, Map<String, String> annotations) {
      throw new AssertionError("nobody stamps here");
    }

    @Override
    public void deletePod(String namespace, String name, String uid) {
      throw new AssertionError("nobody deletes here");
    }
  }

  static final class NoWatches implements PodWatches {
    @Override
    public Optional<Watched<Pod>> of(String namespace) {
      throw new AssertionError("nothing is watched here");
    }

    @Override
    public void end(String namespace) {}
  }
}
