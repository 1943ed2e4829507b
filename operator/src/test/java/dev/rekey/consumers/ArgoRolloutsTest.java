package dev.rekey.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.cluster.ArgoRollout;
import dev.rekey.rotation.Binding;
import dev.rekey.rotation.Consumers;
import dev.rekey.rotation.Hindrance;
import dev.rekey.rotation.Mask;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Restarts;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Stamp;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pods of Argo Rollouts are found from the pods up, and are not stamped. */
class ArgoRolloutsTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Optional<Instant> NEVER = Optional.empty();
  private static final String READS = "{containers: [{envFrom: [{secretRef: {name: till}}]}]}";
  private static final String READS_NOTHING = "{containers: [{}]}";

  private final RosterTest.Listed listed = new RosterTest.Listed();
  private final ListedRollouts argo = new ListedRollouts();

  @BeforeEach
  void aPodOfARollout() {
    listed.sets.add(set("web-1", "argoproj.io/v1alpha1", "web"));
    listed.pods.add(pod("web-1-a", "web-1", READS));
  }

  @Test
  void aPodIsTiedToItsRolloutByTheReplicaSetBetweenThemAndToldByItsAge() {
    argo.rollouts.put("web", rollout(READS));

    assertThat(only().workload()).contains("Rollout web");
    assertThat(only().toldByAge()).isTrue();
    assertThat(only().stampable()).isFalse();
    assertThat(only().hindrance()).isEmpty();
  }

  @Test
  void aRolloutIsAskedForOnceInALookHoweverManyPodsItHas() {
    argo.rollouts.put("web", rollout(READS));
    listed.pods.add(pod("web-1-b", "web-1", READS));

    assertThat(seen().pods()).hasSize(2);
    assertThat(argo.asked).containsExactly("web");
  }

  @Test
  void nobodyIsAskedWhereNoPodThatReadsTheSecretIsOfARollout() {
    listed.pods.clear();
    listed.pods.add(pod("web-1-a", "web-1", READS_NOTHING));
    listed.sets.add(set("cloned-1", "example.org/v1", "web"));
    listed.pods.add(pod("cloned-1-a", "cloned-1", READS));

    assertThat(only().hindrance().map(Hindrance::reason)).contains(Reason.OtherController);
    assertThat(argo.asked).isEmpty();
  }

  @Test
  void aRolloutThatReadsTheSecretIsAWorkloadWithTheTimeOfItsRestart() {
    argo.rollouts.put("web", rollout(READS));

    assertThat(seen().workloads())
        .singleElement()
        .satisfies(it -> {
          assertThat(it.ref().display()).isEqualTo("Rollout web");
          assertThat(it.ref().resourceVersion()).isEqualTo("7");
          assertThat(it.restartAt()).contains(NOW.minusSeconds(60));
          assertThat(it.follows(new Stamp("lineage", 9), NOW.minusSeconds(60))).isTrue();
          assertThat(it.follows(new Stamp("lineage", 1), NOW.minusSeconds(59))).isFalse();
          assertThat(it.rolledOut()).isTrue();
          assertThat(it.wantsPods()).isTrue();
        });
  }

  @Test
  void aPodWhoseRolloutIsNotThereOrIsAnotherOneIsRestartedByHand() {
    assertThat(only().hindrance()).hasValueSatisfying(it -> notThere(it, "is not there"));

    argo.rollouts.put("web", withUid(rollout(READS), "made-again"));
    assertThat(only().hindrance()).hasValueSatisfying(it -> notThere(it, "is not there"));
    assertThat(seen().workloads()).isEmpty();
  }

  @Test
  void whereRolloutsMayNotBeLookedAtThatIsSaidAndNothingFails() {
    argo.mayAsk = false;

    assertThat(only().hindrance())
        .hasValueSatisfying(it -> notThere(it, "let it get and patch rollouts.argoproj.io"));
  }

  @Test
  void aRolloutThatBorrowsItsTemplateIsRestartedAndTheDeploymentIsNot() {
    argo.rollouts.put("web", borrowing("template"));
    listed.deployments.add(deployment("template", 0));
    listed.deployments.add(deployment("other", 0));

    assertThat(only().workload()).contains("Rollout web");
    assertThat(seen().workloads())
        .extracting(it -> it.ref().display())
        .containsExactlyInAnyOrder("Deployment other", "Rollout web");
  }

  @Test
  void aDeploymentThatLendsItsTemplateAndHasPodsOfItsOwnIsRestartedAsWell() {
    argo.rollouts.put("web", borrowing("template"));
    listed.deployments.add(deployment("template", 2));

    assertThat(seen().workloads())
        .extracting(it -> it.ref().display())
        .containsExactlyInAnyOrder("Deployment template", "Rollout web");
  }

  @Test
  void aRolloutWhoseTemplateIsNowhereIsRestartedByHand() {
    argo.rollouts.put("web", borrowing("gone"));

    assertThat(only().hindrance()).hasValueSatisfying(it -> notThere(it, "spec.workloadRef"));
  }

  @Test
  void aPodThatIsGivenTheSecretBesideItsTemplateIsRestartedByHand() {
    argo.rollouts.put("web", rollout(READS_NOTHING));

    assertThat(only().hindrance())
        .hasValueSatisfying(it -> notThere(it, "whose template does not read the Secret"));
    assertThat(seen().workloads()).isEmpty();
  }

  @Test
  void aPausedRolloutMayKeepItsPods() {
    var it = rollout(READS);
    argo.rollouts.put(
        "web",
        new ArgoRollout(
            it.meta(),
            it.template(),
            Optional.empty(),
            true,
            it.restartAt(),
            it.restartedAt(),
            true,
            2,
            2,
            2));

    assertThat(only().hindrance())
        .hasValueSatisfying(hindrance -> {
          assertThat(hindrance.reason()).isEqualTo(Reason.WorkloadPaused);
          assertThat(hindrance.why()).contains("Rollout web is paused");
        });
  }

  @Test
  void aRolloutThatIsToRestartLaterIsNotBroughtForward() {
    argo.rollouts.put("web", restarting(Optional.of(NOW.plusSeconds(3600)), NEVER));

    assertThat(only().hindrance())
        .hasValueSatisfying(it -> {
          assertThat(it.reason()).isEqualTo(Reason.RestartLater);
          assertThat(it.why()).contains("2026-03-01T13:00:00Z", "Rollout web");
        });
    assertThat(seen().workloads().getFirst().follows(new Stamp("lineage", 1), NOW)).isTrue();
  }

  @Test
  void aRolloutIsNotDoneWhileItRestarts() {
    var at = Optional.of(NOW.minusSeconds(60));
    argo.rollouts.put("web", restarting(at, NEVER));
    assertThat(seen().workloads().getFirst().rolledOut()).isFalse();
    assertThat(seen().workloads().getFirst().standing()).contains("are being restarted");

    argo.rollouts.put("web", restarting(at, Optional.of(NOW.minusSeconds(90))));
    assertThat(seen().workloads().getFirst().rolledOut()).isFalse();

    argo.rollouts.put("web", restarting(at, at));
    assertThat(seen().workloads().getFirst().rolledOut()).isTrue();

    argo.rollouts.put("web", restarting(NEVER, NEVER));
    assertThat(seen().workloads().getFirst().rolledOut()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "true,  2, 2, 2, true",
    // at a step: the new pods stand beside the old ones
    "true,  2, 3, 3, true",
    "true,  0, 0, 0, true",
    "false, 2, 2, 2, false",
    "true,  2, 2, 1, false",
    "true,  2, 1, 1, false",
    "true,  2, 3, 2, false",
  })
  void aRolloutIsDoneWhenItsControllerHasSeenItAndAllOfItsPodsServe(
      boolean isSeen, int wanted, int there, int available, boolean done) {
    var it = rollout(READS);
    argo.rollouts.put(
        "web",
        new ArgoRollout(
            it.meta(),
            it.template(),
            Optional.empty(),
            false,
            it.restartAt(),
            it.restartedAt(),
            isSeen,
            wanted,
            there,
            available));

    assertThat(seen().workloads().getFirst().rolledOut()).isEqualTo(done);
  }

  private static void notThere(Hindrance hindrance, String why) {
    assertThat(hindrance.reason()).isEqualTo(Reason.OtherController);
    assertThat(hindrance.why()).contains("Rollout web", why, "restart it by hand");
  }

  private Consumers.Pod only() {
    return seen().pods().getFirst();
  }

  private Consumers.Seen seen() {
    argo.asked.clear();
    var ledger =
        Rotation.begin("lineage", new Binding("c", "payments", "till", "r", "u"), List.of());
    var rolling =
        new RollingNamespaces(
            listed,
            argo,
            Optional::empty,
            new RosterTest.NoWatches(),
            InstantSource.fixed(NOW),
            Duration.ofSeconds(2));
    return new Roster(listed, argo, Optional::empty, rolling)
        .now(
            new Roster.Question(
                "payments",
                "till",
                Restarts.ALL,
                Mask.of(ledger, new Observation.Target.Missing()),
                NOW));
  }

  private static ArgoRollout rollout(String spec) {
    var at = Optional.of(NOW.minusSeconds(60));
    return new ArgoRollout(
        new ObjectMetaBuilder().withName("web").withUid("web").withResourceVersion("7").build(),
        Optional.of(Serialization.unmarshal("spec: " + spec, PodTemplateSpec.class)),
        Optional.empty(),
        false,
        at,
        at,
        true,
        2,
        2,
        2);
  }

  private static ArgoRollout restarting(Optional<Instant> at, Optional<Instant> done) {
    var it = rollout(READS);
    return new ArgoRollout(
        it.meta(), it.template(), Optional.empty(), false, at, done, true, 2, 2, 2);
  }

  private static ArgoRollout borrowing(String deployment) {
    var it = rollout(READS);
    return new ArgoRollout(
        it.meta(),
        Optional.empty(),
        Optional.of(deployment),
        false,
        it.restartAt(),
        it.restartedAt(),
        true,
        2,
        2,
        2);
  }

  private static ArgoRollout withUid(ArgoRollout it, String uid) {
    it.meta().setUid(uid);
    return it;
  }

  private static ReplicaSet set(String name, String apiVersion, String rollout) {
    return Serialization.unmarshal(
        """
        metadata:
          uid: %s
          ownerReferences: [{apiVersion: %s, kind: Rollout, name: %3$s, uid: %3$s, controller: true}]
        """
            .formatted(name, apiVersion, rollout),
        ReplicaSet.class);
  }

  private static Pod pod(String name, String set, String spec) {
    return Serialization.unmarshal(
        """
        metadata:
          name: %1$s
          uid: %1$s
          creationTimestamp: '2026-03-01T11:00:00Z'
          ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: %2$s, uid: %2$s, controller: true}]
        spec: %3$s
        """
            .formatted(name, set, spec),
        Pod.class);
  }

  private static Deployment deployment(String name, int replicas) {
    return Serialization.unmarshal(
        """
        metadata: {name: %1$s, uid: %1$s}
        spec: {replicas: %2$d, template: {spec: %3$s}}
        """
            .formatted(name, replicas, READS),
        Deployment.class);
  }
}
