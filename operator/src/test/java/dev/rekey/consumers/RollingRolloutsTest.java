package dev.rekey.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.cluster.ArgoRollout;
import dev.rekey.cluster.PodWatches;
import dev.rekey.cluster.Watched;
import dev.rekey.rotation.Binding;
import dev.rekey.rotation.Consumers;
import dev.rekey.rotation.Hindrance;
import dev.rekey.rotation.Mask;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Restarts;
import dev.rekey.rotation.Rotation;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is asked for Rollouts and volumes while a namespace is held in which something rolls. */
class RollingRolloutsTest {
  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
  private static final Duration LOOK = Duration.ofSeconds(2);
  private static final Optional<Instant> NEVER = Optional.empty();
  private static final String READS = "{containers: [{envFrom: [{secretRef: {name: till}}]}]}";
  private static final String MOUNTS_DATA =
      "{volumes: [{name: v, persistentVolumeClaim: {claimName: data}}], containers: [{}]}";

  private final RosterTest.Listed listed = new RosterTest.Listed();
  private final ListedRollouts argo = new ListedRollouts();
  private final List<Pod> watched = new ArrayList<>();
  private Instant now = START;
  private final List<PersistentVolume> volumes = new ArrayList<>();
  private boolean mayLook = true;
  private int looksAtVolumes;

  private final RollingNamespaces rolling =
      new RollingNamespaces(listed, argo, this::volumes, new Watching(), () -> now, LOOK);
  private final Roster roster = new Roster(listed, argo, this::volumes, rolling);

  @BeforeEach
  void aRolloutWithAPod() {
    listed.sets.add(set("web-1", "web"));
    watched.add(pod("web-1-a", START.minusSeconds(3600)));
    argo.rollouts.put("web", rollout("web", NEVER, NEVER));
  }

  @Test
  void aRolloutIsReadOnceWhileItsPodsSayNothingNew() {
    for (int look = 0; look < 50; look++) {
      assertThat(held().workloads())
          .extracting(it -> it.ref().display())
          .containsExactly("Rollout web");
      now = now.plus(LOOK);
    }

    assertThat(argo.asked).containsExactly("web");
  }

  @Test
  void nobodyIsAskedForRolloutsOrVolumesWhereNoPodLeadsToThem() {
    watched.clear();
    listed.sets.clear();

    assertThat(held().workloads()).isEmpty();
    assertThat(proven().workloads()).isEmpty();
    assertThat(argo.asked).isEmpty();
    assertThat(looksAtVolumes).isZero();
  }

  @Test
  void aRolloutThatWasToldIsNotReadAgainBeforeItsPodsAreNewer() {
    var at = Optional.of(START);
    held();
    rolling.restarted("payments", notSeen(rollout("web", at, NEVER)));
    now = now.plusSeconds(10);

    assertThat(held().workloads().getFirst().rolledOut()).isFalse();
    assertThat(held().workloads().getFirst().restartAt()).isEqualTo(at);
    assertThat(argo.asked).as("the answer to the write was kept").hasSize(1);

    argo.rollouts.put("web", rollout("web", at, at));
    watched.set(0, pod("web-1-b", START.plusSeconds(5)));
    assertThat(held().workloads().getFirst().rolledOut()).isTrue();
    assertThat(argo.asked).containsExactly("web", "web");
  }

  @Test
  void aRolloutWhosePodIsOlderThanItsRestartIsReadAgain() {
    argo.rollouts.put("web", rollout("web", Optional.of(START.plusSeconds(60)), NEVER));
    held();
    now = now.plusSeconds(50);
    held();
    assertThat(argo.asked).as("its time is still to come").hasSize(1);

    now = now.plusSeconds(20);
    assertThat(held().workloads().getFirst().rolledOut()).isFalse();
    assertThat(argo.asked).hasSize(2);
  }

  @Test
  void whatIsDecidedForGoodIsDecidedOnTheRolloutAsItIs() {
    held();
    var at = Optional.of(START.minusSeconds(1));
    argo.rollouts.put("web", rollout("web", at, NEVER));
    listed.pods.addAll(watched);

    assertThat(proven().workloads().getFirst().rolledOut()).isFalse();
    assertThat(argo.asked).hasSize(2);
  }

  @Test
  void aPodOfARolloutThatNobodyHasAskedForIsSeenByTheGateWithItsRollout() {
    held();
    listed.sets.add(set("late-1", "late"));
    argo.rollouts.put("late", rollout("late", NEVER, NEVER));
    listed.pods.addAll(watched);
    listed.pods.add(pod("late-1-a", START.minusSeconds(3600)));

    assertThat(proven().workloads())
        .extracting(it -> it.ref().display())
        .containsExactlyInAnyOrder("Rollout web", "Rollout late");
  }

  @Test
  void aRolloutThatIsNotThereIsAskedForEverMoreRarelyAndFoundWhenItIsMadeAgain() {
    argo.rollouts.clear();
    for (int look = 0; look < 16; look++) {
      assertThat(held().pods().getFirst().hindrance().map(Hindrance::why).orElse(""))
          .contains("Rollout web", "is not there");
      now = now.plus(LOOK);
    }
    assertThat(argo.asked).hasSizeLessThanOrEqualTo(5);

    // the one that is made under its name takes over the ReplicaSets of the one before
    var again = rollout("web", NEVER, NEVER);
    again.meta().setUid("again");
    argo.rollouts.put("web", again);
    listed.sets.set(0, set("web-1", "web"));
    listed.sets.getFirst().getMetadata().getOwnerReferences().getFirst().setUid("again");
    now = now.plus(LOOK.multipliedBy(40));
    assertThat(held().pods().getFirst().workload()).contains("Rollout web");
  }

  @Test
  void aRolloutThatIsMadeAgainIsNoLongerTheOneThatWasRead() {
    held();
    var again = rollout("web", NEVER, NEVER);
    again.meta().setUid("again");
    argo.rollouts.put("web", again);
    rolling.doubted("payments", "web");

    assertThat(held().workloads()).isEmpty();
    assertThat(held().pods().getFirst().workload()).isEmpty();
  }

  @Test
  void aPodThatOnlyMountsAVolumeOfTheSecretIsSeenByTheWatchAndByTheGate() {
    watched.set(0, mounting("db-0"));
    listed.pods.add(mounting("db-0"));
    // it is never read again: it does not matter who makes a pod that its volume holds back
    listed.statefulSets.add(
        Serialization.unmarshal(
            "metadata: {name: db, uid: db}\nspec: {template: {spec: %s}}".formatted(MOUNTS_DATA),
            StatefulSet.class));

    volumes.add(volume("data", "till"));

    assertThat(held().pods()).extracting(Consumers.Pod::name).containsExactly("db-0");
    assertThat(proven().pods()).extracting(Consumers.Pod::name).containsExactly("db-0");
    now = now.plusSeconds(60);
    assertThat(held().pods()).hasSize(1);
    assertThat(proven().pods()).hasSize(1);
    assertThat(looksAtVolumes).as("a claim that a pod uses does not change").isEqualTo(1);
  }

  /** Where every key goes, who has no pods at the moment may want the key as well. */
  @Test
  void aRolloutWithoutPodsIsOnlyListedWhereWorkloadsAreLookedForAnew() {
    watched.clear();
    assertThat(held().workloads()).isEmpty();
    assertThat(proven().workloads()).isEmpty();
    assertThat(argo.asked).isEmpty();

    assertThat(roster.anew(question()).workloads())
        .singleElement()
        .satisfies(it -> {
          assertThat(it.ref().display()).isEqualTo("Rollout web");
          assertThat(it.wantsPods()).isTrue();
        });
    assertThat(argo.asked).containsExactly("all");
  }

  @Test
  void aRolloutThatIsListedIsNotAskedForOnceMore() {
    listed.pods.addAll(watched);

    assertThat(roster.anew(question()).workloads()).hasSize(1);
    assertThat(argo.asked).containsExactly("all");
  }

  /** As of a CronJob between two runs, or of a workload that is scaled up in the middle. */
  @Test
  void aPodThatComesLaterAndMountsAVolumeOfTheSecretIsSeenAsSoon() {
    held();
    assertThat(looksAtVolumes).isZero();

    volumes.add(volume("data", "till"));
    watched.add(mounting("db-0"));

    assertThat(held().pods()).extracting(Consumers.Pod::name).contains("db-0");
  }

  @Test
  void nothingThatWasFoundEarlierIsBelievedOfAPodThatTheGateSeesForTheFirstTime() {
    watched.add(mounting("db-0"));
    listed.pods.addAll(watched);
    volumes.add(volume("data", "other"));
    assertThat(held().pods()).extracting(Consumers.Pod::name).doesNotContain("db-0");

    // its claim was made again meanwhile, with another volume, and so was the pod
    volumes.set(0, volume("data", "till"));
    listed.pods.removeLast();
    listed.pods.add(mounting("db-0", "again"));

    assertThat(proven().pods()).extracting(Consumers.Pod::name).contains("db-0");
  }

  @Test
  void aClaimThatIsBoundLaterIsLookedAtOnceMoreByTheGateAtOnceAndByOthersRarely() {
    watched.add(mounting("db-0"));
    listed.pods.addAll(watched);
    held();
    volumes.add(volume("data", "till"));

    now = now.plus(LOOK);
    assertThat(held().pods()).extracting(Consumers.Pod::name).doesNotContain("db-0");
    assertThat(looksAtVolumes).isEqualTo(1);
    assertThat(proven().pods()).extracting(Consumers.Pod::name).contains("db-0");
    assertThat(looksAtVolumes).isEqualTo(2);
    assertThat(held().pods())
        .as("all look at the same from then on")
        .extracting(Consumers.Pod::name)
        .contains("db-0");
    assertThat(looksAtVolumes).isEqualTo(2);
  }

  @Test
  void aClaimThatIsBoundLaterIsSeenWithoutTheGateAsWell() {
    watched.add(mounting("db-0"));
    held();
    volumes.add(volume("data", "till"));

    now = now.plus(LOOK.multipliedBy(8));

    assertThat(held().pods()).extracting(Consumers.Pod::name).contains("db-0");
  }

  @Test
  void aPodWithoutANodeDoesNotHoldItsClaimYet() {
    var waiting = mounting("db-0");
    waiting.getSpec().setNodeName(null);
    watched.add(waiting);
    listed.pods.addAll(watched);
    volumes.add(volume("data", "other"));
    held();

    volumes.set(0, volume("data", "till"));

    assertThat(proven().pods()).extracting(Consumers.Pod::name).contains("db-0");
  }

  /** Its own, as one that is made for one pod alone. */
  @Test
  void aPodWithANewClaimIsAskedAboutAtTheNextLook() {
    watched.add(mounting("db-0"));
    volumes.add(volume("data", "other"));
    held();
    now = now.plus(LOOK);
    watched.add(mounting("db-1", "db-1", "scratch"));
    volumes.add(volume("scratch", "till"));

    assertThat(held().pods()).extracting(Consumers.Pod::name).contains("db-1");
    assertThat(looksAtVolumes).isEqualTo(2);
  }

  @Test
  void podsThatComeOneAfterTheOtherWithTheSameClaimAreListedForRarely() {
    volumes.add(volume("data", "other"));
    for (int pod = 0; pod < 30; pod++) {
      watched.add(mounting("db-" + pod));
      held();
      now = now.plus(LOOK);
    }

    assertThat(looksAtVolumes).as("after 8 looks, then 8, then 16").isEqualTo(3);
  }

  /** Of another application, which waits for a node or a disk. */
  @Test
  void aPodThatIsNeverBoundIsAskedAboutMoreAndMoreRarely() {
    watched.add(mounting("db-0", "db-0", "never"));
    for (int look = 0; look < 20_000; look++) {
      held();
      now = now.plus(LOOK);
    }

    assertThat(looksAtVolumes)
        .as("after 8 looks, 16, 32, 64, 128, and then every 256")
        .isEqualTo(6 + (20_000 - 1 - 248) / 256);
  }

  @Test
  void twoSecretsShareWhatVolumesReferTo() {
    watched.add(mounting("db-0"));
    watched.add(mounting("db-1", "db-1", "second"));
    listed.pods.addAll(watched);
    volumes.add(volume("data", "till"));
    volumes.add(volume("second", "shop"));

    for (int look = 0; look < 20; look++) {
      assertThat(held().pods()).extracting(Consumers.Pod::name).contains("db-0");
      assertThat(roster.held(question("shop"), false).pods())
          .extracting(Consumers.Pod::name)
          .containsExactly("db-1");
      now = now.plus(LOOK);
    }
    assertThat(roster.now(question("shop")).pods())
        .extracting(Consumers.Pod::name)
        .containsExactly("db-1");
    assertThat(looksAtVolumes).isEqualTo(1);
  }

  /** Its rights may be taken away, or its token refused, in the middle of a rotation. */
  @Test
  void whoMayNotLookAnyMoreHasNotForgottenWhatWasFound() {
    watched.add(mounting("db-0"));
    listed.pods.addAll(watched);
    volumes.add(volume("data", "till"));
    held();
    mayLook = false;
    listed.pods.add(mounting("db-1", "db-1", "unbound"));

    assertThat(proven().pods()).extracting(Consumers.Pod::name).contains("db-0");
    assertThat(looksAtVolumes).isEqualTo(2);
  }

  @Test
  void aReleasedVolumeOfTheSameNameSettlesNothing() {
    watched.add(mounting("db-0"));
    listed.pods.addAll(watched);
    var released = volume("data", "other");
    released.getStatus().setPhase("Released");
    volumes.add(released);
    held();

    volumes.add(volume("data", "till"));

    assertThat(proven().pods()).extracting(Consumers.Pod::name).contains("db-0");
  }

  private Consumers.Seen held() {
    return roster.held(question(), false);
  }

  private Consumers.Seen proven() {
    return roster.now(question());
  }

  private Roster.Question question() {
    return question("till");
  }

  private Roster.Question question(String secret) {
    var ledger =
        Rotation.begin("lineage", new Binding("c", "payments", "till", "r", "u"), List.of());
    return new Roster.Question(
        "payments", secret, Restarts.ALL, Mask.of(ledger, new Observation.Target.Missing()), now);
  }

  private Optional<List<PersistentVolume>> volumes() {
    looksAtVolumes++;
    return mayLook ? Optional.of(List.copyOf(volumes)) : Optional.empty();
  }

  private static PersistentVolume volume(String claim, String secret) {
    return Serialization.unmarshal(
        "spec: {claimRef: {namespace: payments, name: %s}, csi: {nodePublishSecretRef: {name: %s}}}\nstatus: {phase: Bound}"
            .formatted(claim, secret),
        PersistentVolume.class);
  }

  private static ArgoRollout rollout(
      String name, Optional<Instant> restartAt, Optional<Instant> restartedAt) {
    return new ArgoRollout(
        new ObjectMetaBuilder().withName(name).withUid(name).withResourceVersion("7").build(),
        Optional.of(Serialization.unmarshal("spec: " + READS, PodTemplateSpec.class)),
        Optional.empty(),
        false,
        restartAt,
        restartedAt,
        true,
        1,
        1,
        1);
  }

  /** As its controller has not seen it yet. */
  private static ArgoRollout notSeen(ArgoRollout it) {
    return new ArgoRollout(
        it.meta(),
        it.template(),
        it.deployment(),
        it.paused(),
        it.restartAt(),
        it.restartedAt(),
        false,
        it.wanted(),
        it.there(),
        it.available());
  }

  private static ReplicaSet set(String name, String rollout) {
    return Serialization.unmarshal(
        """
        metadata:
          name: %1$s
          uid: %1$s
          ownerReferences:
          - {apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: %2$s, uid: %2$s, controller: true}
        """
            .formatted(name, rollout),
        ReplicaSet.class);
  }

  /** A pod that is ready, of the ReplicaSet that it is named after. */
  private static Pod pod(String name, Instant created) {
    return Serialization.unmarshal(
        """
        metadata:
          name: %1$s
          uid: %1$s
          creationTimestamp: '%2$s'
          ownerReferences:
          - {apiVersion: apps/v1, kind: ReplicaSet, name: %3$s, uid: %3$s, controller: true}
        spec: %4$s
        status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}
        """
            .formatted(name, created, name.substring(0, name.length() - 2), READS),
        Pod.class);
  }

  private static Pod mounting(String name) {
    return mounting(name, name);
  }

  private static Pod mounting(String name, String uid) {
    return mounting(name, uid, "data");
  }

  private static Pod mounting(String name, String uid, String claim) {
    return Serialization.unmarshal(
        """
        metadata:
          name: %1$s
          uid: %3$s
          creationTimestamp: '2026-03-01T11:00:00Z'
          ownerReferences:
          - {apiVersion: apps/v1, kind: StatefulSet, name: db, uid: db, controller: true}
        spec: %2$s
        """
            .formatted(
                name,
                MOUNTS_DATA.replace("{volumes", "{nodeName: one, volumes").replace("data", claim),
                uid),
        Pod.class);
  }

  /** The pods of the only namespace there is. */
  private final class Watching implements PodWatches {
    @Override
    public Optional<Watched<Pod>> of(String namespace) {
      return Optional.of(
          new Watched<>() {
            @Override
            public Optional<Pod> get(String of, String name) {
              throw new AssertionError("pods are looked at together");
            }

            @Override
            public List<Pod> all() {
              return watched;
            }
          });
    }

    @Override
    public void end(String namespace) {}
  }
}
