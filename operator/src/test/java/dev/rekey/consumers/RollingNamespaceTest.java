package dev.rekey.consumers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekey.cluster.ClusterException;
import dev.rekey.cluster.PodWatches;
import dev.rekey.cluster.Watched;
import dev.rekey.cluster.Workloads;
import dev.rekey.rotation.Binding;
import dev.rekey.rotation.Consumers;
import dev.rekey.rotation.Consumers.WorkloadRef;
import dev.rekey.rotation.Hindrance;
import dev.rekey.rotation.Mask;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Restarts;
import dev.rekey.rotation.Rotation;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is held of a namespace in which something rolls, and what is asked for it. */
class RollingNamespaceTest {
  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
  private static final Duration LOOK = Duration.ofSeconds(2);
  private static final Rotation NO_KEYS =
      Rotation.begin("lineage", new Binding("c", "payments", "till", "r", "u"), List.of());

  private final Cluster cluster = new Cluster();
  private final Watch watch = new Watch();
  private Instant now = START;
  private final Roster roster =
      new Roster(
          cluster,
          new ListedRollouts(),
          Optional::empty,
          new RollingNamespaces(
              cluster, new ListedRollouts(), Optional::empty, watch, () -> now, LOOK));

  @Test
  void podsThatAreWatchedAreNotListed() {
    cluster.deployments.add(deployment("api", "2026-03-01T10:00:00Z", "lineage.2"));
    watch.pods.add(pod("api-7c9-1", "api-7c9", "7c9", "2026-03-01T11:00:00Z", "lineage.2"));

    look();
    now = now.plusSeconds(60);
    look();

    assertThat(cluster.asked).doesNotContain("pods");
  }

  @Test
  void podsThatCannotBeWatchedAreListedOnceInALook() {
    watch.works = false;
    cluster.pods.add(pod("api-1", "bare", "7c9", "2026-03-01T11:00:00Z", "lineage.2"));

    assertThat(look()).extracting(Consumers.Pod::name).containsExactly("api-1");
    cluster.pods.add(pod("api-2", "bare", "7c9", "2026-03-01T11:00:00Z", "lineage.2"));
    now = now.plus(LOOK).minusMillis(1);
    // another rotation of the namespace
    assertThat(look()).hasSize(1);
    assertThat(cluster.asked).containsOnlyOnce("pods");

    now = now.plusMillis(1);
    assertThat(look()).hasSize(2);
    assertThat(cluster.asked.stream().filter("pods"::equals)).hasSize(2);
  }

  @Test
  void aWatchThatWorksAgainIsBelievedAtOnce() {
    watch.works = false;
    cluster.pods.add(pod("old", "bare", "7c9", "2026-03-01T11:00:00Z", "lineage.1"));
    look();
    watch.works = true;
    watch.pods.add(pod("new", "bare", "7c9", "2026-03-01T12:00:00Z", "lineage.2"));

    assertThat(look()).extracting(Consumers.Pod::name).containsExactly("new");
    watch.works = false;
    cluster.asked.clear();
    look();
    assertThat(cluster.asked).as("what was listed before is older than the watch").contains("pods");
  }

  /** {@code kubectl delete --cascade=orphan}, and the Deployment is applied again. */
  @Test
  void aPodThatAnOrphanedReplicaSetMakesIsNotOfTheDeploymentThatWasMadeAgain() {
    cluster.deployments.add(deployment("api", "2026-03-01T11:00:00Z", "lineage.2"));
    cluster.sets.add(
        yaml(ReplicaSet.class, "metadata: {name: api-7c9, uid: api-7c9, namespace: payments}"));
    watch.pods.add(pod("api-new-1", "api-new", "new", "2026-03-01T11:50:00Z", "lineage.2"));
    // made after the Deployment, which is why its name alone would tell the wrong one
    watch.pods.add(pod("api-7c9-1", "api-7c9", "7c9", "2026-03-01T11:30:00Z", "lineage.1"));

    look();
    now = now.plus(LOOK).plusMillis(1);
    var pods = look();

    assertThat(pods.get(1).workload()).contains("Deployment api");
    assertThat(pods.get(0).workload()).isEmpty();
    assertThat(pods.get(0).hindrance().map(Hindrance::reason)).contains(Reason.BareReplicaSet);
    now = now.plusSeconds(60);
    look();
    assertThat(cluster.asked.stream().filter(it -> it.startsWith("ReplicaSet")))
        .as("asked once, and only where the name may be wrong")
        .containsExactly("ReplicaSet api-7c9");
  }

  @Test
  void whoseAPodIsStaysDoubtfulWhereTheApiServerDoesNotAnswer() {
    cluster.deployments.add(deployment("api", "2026-03-01T11:00:00Z", "lineage.2"));
    cluster.sets.add(
        yaml(ReplicaSet.class, "metadata: {name: api-7c9, uid: api-7c9, namespace: payments}"));
    watch.pods.add(pod("api-7c9-1", "api-7c9", "7c9", "2026-03-01T11:30:00Z", "lineage.1"));
    look();
    now = now.plus(LOOK).plusMillis(1);
    cluster.answers = false;
    assertThatThrownBy(this::look).isInstanceOf(ClusterException.class);

    cluster.answers = true;

    assertThat(look().get(0).workload()).isEmpty();
  }

  @Test
  void podsAreNamedInOneOrder() {
    cluster.deployments.add(deployment("api", "2026-03-01T11:00:00Z", "lineage.2"));
    watch.pods.add(pod("api-7c9-2", "api-7c9", "7c9", "2026-03-01T11:30:00Z", "lineage.1"));
    watch.pods.add(pod("api-7c9-1", "api-7c9", "7c9", "2026-03-01T11:30:00Z", "lineage.1"));

    assertThat(look()).extracting(Consumers.Pod::name).containsExactly("api-7c9-1", "api-7c9-2");
  }

  @Test
  void aReplicaSetThatTheNewDeploymentHasAdoptedIsItsOwn() {
    cluster.deployments.add(deployment("api", "2026-03-01T11:00:00Z", "lineage.2"));
    cluster.sets.add(
        yaml(
            ReplicaSet.class,
            "metadata: {name: api-7c9, uid: api-7c9, namespace: payments, ownerReferences: [{kind:"
                + " Deployment, name: api, uid: uid-api-2026-03-01T11:00:00Z, controller:"
                + " true}]}"));
    watch.pods.add(pod("api-7c9-1", "api-7c9", "7c9", "2026-03-01T11:30:00Z", "lineage.1"));

    look();
    now = now.plus(LOOK).plusMillis(1);

    assertThat(look().get(0).workload()).contains("Deployment api");
  }

  private List<Consumers.Pod> look() {
    var question =
        new Roster.Question(
            "payments",
            "till",
            Restarts.ALL,
            Mask.of(NO_KEYS, new Observation.Target.Missing()),
            now);
    return roster.held(question, false).pods();
  }

  /** One that is rolled out. */
  private static Deployment deployment(String name, String createdAt, String stamp) {
    return yaml(
        Deployment.class,
        """
        metadata: {name: %1$s, uid: uid-%1$s-%2$s, generation: 1, resourceVersion: '7',
          creationTimestamp: '%2$s'}
        spec: {replicas: 1, template: {metadata: {annotations: {%3$s: %4$s}},
          spec: {containers: [{envFrom: [{secretRef: {name: till}}]}]}}}
        status: {observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1}
        """
            .formatted(name, createdAt, Names.stamp("till"), stamp));
  }

  private static Pod pod(String name, String set, String hash, String createdAt, String stamp) {
    return yaml(
        Pod.class,
        """
        metadata: {name: %1$s, uid: %1$s, creationTimestamp: '%4$s',
          labels: {pod-template-hash: %3$s}, annotations: {%5$s: %6$s},
          ownerReferences: [{kind: ReplicaSet, name: %2$s, uid: %2$s, controller: true}]}
        spec: {containers: [{envFrom: [{secretRef: {name: till}}]}]}
        status: {conditions: [{type: Ready, status: 'True'}]}
        """
            .formatted(name, set, hash, createdAt, Names.stamp("till"), stamp));
  }

  private static <T> T yaml(Class<T> type, String text) {
    return Serialization.unmarshal(text, type);
  }

  private static final class Watch implements PodWatches {
    private final List<Pod> pods = new ArrayList<>();
    private boolean works = true;

    @Override
    public Optional<Watched<Pod>> of(String namespace) {
      return works ? Optional.of(new Told()) : Optional.empty();
    }

    @Override
    public void end(String namespace) {}

    private final class Told implements Watched<Pod> {
      @Override
      public Optional<Pod> get(String namespace, String name) {
        return pods.stream().filter(it -> it.getMetadata().getName().equals(name)).findFirst();
      }

      @Override
      public List<Pod> all() {
        return List.copyOf(pods);
      }
    }
  }

  private static final class Cluster implements Workloads {
    private final List<Deployment> deployments = new ArrayList<>();
    private final List<ReplicaSet> sets = new ArrayList<>();
    private final List<Pod> pods = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();
    private boolean answers = true;

    @Override
    public List<Deployment> deployments(String namespace) {
      return deployments;
    }

    @Override
    public List<StatefulSet> statefulSets(String namespace) {
      return List.of();
    }

    @Override
    public List<DaemonSet> daemonSets(String namespace) {
      return List.of();
    }

    @Override
    public List<CronJob> cronJobs(String namespace) {
      return List.of();
    }

    @Override
    public List<ReplicaSet> replicaSets(String namespace) {
      throw new AssertionError("ReplicaSets are not listed here");
    }

    @Override
    public Optional<ReplicaSet> replicaSet(String namespace, String name) {
      asked.add("ReplicaSet " + name);
      if (!answers) {
        throw new ClusterException.Unavailable("ReplicaSet " + name, 503);
      }
      return sets.stream().filter(it -> it.getMetadata().getName().equals(name)).findFirst();
    }

    @Override
    public Optional<HasMetadata> workload(WorkloadKind kind, String namespace, String name) {
      return deployments.stream()
          .filter(it -> it.getMetadata().getName().equals(name))
          .findFirst()
          .map(HasMetadata.class::cast);
    }

    @Override
    public List<Pod> pods(String namespace) {
      asked.add("pods");
      return List.copyOf(pods);
    }

    @Override
    public Optional<Node> node(String name) {
      return Optional.empty();
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
}
