package dev.rekey.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekey.api.v1alpha1.ApiKeyRotation;
import dev.rekey.api.v1alpha1.ApiKeyRotationStatus;
import dev.rekey.api.v1alpha1.ClusterKeyIssuer;
import dev.rekey.api.v1alpha1.KeyIssuer;
import dev.rekey.rotation.Consumers.WorkloadRef;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.WorkloadKind;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Whoever has lost the lease reads what they like and changes nothing. */
class FenceTest {
  private final AtomicBoolean leads = new AtomicBoolean(true);
  private final Fence fence = new Fence(leads::get);
  private final List<String> done = new ArrayList<>();
  private final Secrets secrets = fence.around(new ToldSecrets());
  private final WorkloadRef till = new WorkloadRef(WorkloadKind.Deployment, "till", "uid", "7");
  private final Workloads workloads = fence.around(new ToldWorkloads());
  private final Rollouts rollouts =
      fence.around(
          new Rollouts() {
            @Override
            public Optional<ArgoRollout> rollout(String namespace, String name) {
              return Optional.empty();
            }

            @Override
            public List<ArgoRollout> all(String namespace) {
              return List.of();
            }

            @Override
            public ArgoRollout restart(String namespace, WorkloadRef rollout, Instant at) {
              done.add("restart " + rollout.name());
              return new ArgoRollout(
                  new ObjectMeta(),
                  Optional.empty(),
                  Optional.empty(),
                  false,
                  Optional.of(at),
                  Optional.empty(),
                  false,
                  0,
                  0,
                  0);
            }
          });
  private final WorkloadRef web = new WorkloadRef(WorkloadKind.Rollout, "web", "uid", "7");
  private final Resources resources = fence.around(new ToldResources());
  private final Issuers issuers = fence.around(new ToldIssuers());
  private final Inboxes inboxes =
      fence.around(
          new Inboxes() {
            @Override
            public Optional<Secret> get(String namespace, String name) {
              return Optional.empty();
            }

            @Override
            public void delete(Secret read) {
              done.add("empty inbox " + read.getMetadata().getName());
            }
          });
  private final Events events =
      fence.around(
          new Events() {
            @Override
            public void tell(ApiKeyRotation about, Reason reason, String message, boolean warning) {
              done.add("event " + message);
            }

            @Override
            public void tellWorkload(
                String namespace, WorkloadRef workload, Reason reason, String message) {
              done.add("event " + message);
            }

            @Override
            public void tellOperator(HasMetadata about, Reason reason, String message) {
              done.add("event " + message);
            }
          });
  private final Secret secret =
      new SecretBuilder().withMetadata(named("till")).addToStringData("apiKey", "s3cret").build();
  private final ApiKeyRotation rotation = rotation();
  private final ApiKeyRotationStatus status =
      Serialization.unmarshal("{}", ApiKeyRotationStatus.class);

  @Test
  void aLeaderDoesEverything() {
    writeAll();

    assertThat(done)
        .containsExactly(
            "create till",
            "replace till",
            "empty inbox till",
            "annotate till",
            "delete pod till-0",
            "restart web",
            "status till",
            "mark till",
            "event rotated");
  }

  @Test
  void whoeverLostTheLeaseIsToldSoAndWritesNothing() {
    leads.set(false);

    refused("Secret payments/till", () -> secrets.create(secret));
    refused("Secret payments/till", () -> secrets.replace(secret));
    refused("inbox till", () -> inboxes.delete(secret));
    refused(
        "Deployment payments/till",
        () -> workloads.annotateTemplate("payments", till, Map.of("a", "b")));
    refused("Rollout payments/web", () -> rollouts.restart("payments", web, Instant.EPOCH));
    refused("Pod payments/till-0", () -> workloads.deletePod("payments", "till-0", "uid"));
    refused(
        "the status of ApiKeyRotation payments/till",
        () -> resources.writeStatus(rotation, status));
    refused("Secret payments/till", () -> issuers.mark(secret, true, "a", Optional.of("b")));
    assertThatCode(() -> events.tellWorkload("payments", till, Reason.Rolling, "restarted"))
        .doesNotThrowAnyException();
    assertThatCode(() -> events.tell(rotation, Reason.Idle, "rotated", false))
        .as("an Event never holds anybody")
        .doesNotThrowAnyException();

    assertThat(done).isEmpty();
  }

  @Test
  void aLeaseThatIsLostBetweenTwoWritesStopsTheSecond() {
    secrets.create(secret);
    leads.set(false);

    refused("Secret payments/till", () -> secrets.replace(secret));

    assertThat(done).containsExactly("create till");
  }

  @Test
  void whoeverLostTheLeaseMayStillRead() {
    leads.set(false);

    assertThat(secrets.get("payments", "till")).isPresent();
    assertThat(resources.get("payments", "till")).isPresent();
    assertThat(resources.namespaceUid("kube-system")).isPresent();
    assertThat(workloads.pods("payments")).isEmpty();
    assertThat(workloads.deployments("payments")).isEmpty();
    assertThat(workloads.replicaSets("payments")).isEmpty();
    assertThat(rollouts.rollout("payments", "web")).isEmpty();
  }

  private void writeAll() {
    secrets.create(secret);
    secrets.replace(secret);
    inboxes.delete(secret);
    workloads.annotateTemplate("payments", till, Map.of("a", "b"));
    workloads.deletePod("payments", "till-0", "uid");
    rollouts.restart("payments", web, Instant.EPOCH);
    resources.writeStatus(rotation, status);
    issuers.mark(secret, true, "a", Optional.of("b"));
    events.tell(rotation, Reason.Idle, "rotated", false);
  }

  private static void refused(String what, ThrowingCallable write) {
    assertThatThrownBy(write)
        .isInstanceOf(ClusterException.LeaseLost.class)
        .hasMessageContaining(what)
        .hasMessageNotContaining("s3cret");
  }

  private static ObjectMeta named(String name) {
    return new ObjectMetaBuilder().withNamespace("payments").withName(name).build();
  }

  private static ApiKeyRotation rotation() {
    var rotation = new ApiKeyRotation();
    rotation.setMetadata(named("till"));
    return rotation;
  }

  private final class ToldIssuers implements Issuers {
    @Override
    public Optional<KeyIssuer> keyIssuer(String namespace, String name) {
      return Optional.empty();
    }

    @Override
    public Optional<ClusterKeyIssuer> clusterKeyIssuer(String name) {
      return Optional.empty();
    }

    @Override
    public void mark(HasMetadata read, boolean guarded, String annotation, Optional<String> value) {
      done.add("mark " + read.getMetadata().getName());
    }
  }

  private final class ToldSecrets implements Secrets {
    @Override
    public Optional<Secret> get(String namespace, String name) {
      return Optional.of(secret);
    }

    @Override
    public List<Secret> list(String namespace, String label) {
      return List.of(secret);
    }

    @Override
    public Secret create(Secret made) {
      done.add("create " + made.getMetadata().getName());
      return made;
    }

    @Override
    public Secret replace(Secret made) {
      done.add("replace " + made.getMetadata().getName());
      return made;
    }
  }

  private final class ToldWorkloads implements Workloads {
    @Override
    public List<Deployment> deployments(String namespace) {
      return List.of();
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
      return List.of();
    }

    @Override
    public List<Pod> pods(String namespace) {
      return List.of();
    }

    @Override
    public Optional<ReplicaSet> replicaSet(String namespace, String name) {
      return Optional.empty();
    }

    @Override
    public Optional<HasMetadata> workload(WorkloadKind kind, String namespace, String name) {
      return Optional.empty();
    }

    @Override
    public Optional<Node> node(String name) {
      return Optional.empty();
    }

    @Override
    public HasMetadata annotateTemplate(
        String namespace, WorkloadRef workload, Map<String, String> annotations) {
      done.add("annotate " + workload.name());
      return new Deployment();
    }

    @Override
    public void deletePod(String namespace, String name, String uid) {
      done.add("delete pod " + name);
    }
  }

  private final class ToldResources implements Resources {
    @Override
    public Optional<ApiKeyRotation> get(String namespace, String name) {
      return Optional.of(rotation);
    }

    @Override
    public void writeStatus(ApiKeyRotation resource, ApiKeyRotationStatus written) {
      done.add("status " + resource.getMetadata().getName());
    }

    @Override
    public ApiKeyRotation guard(ApiKeyRotation resource, boolean guarded) {
      done.add("guard " + resource.getMetadata().getName());
      return resource;
    }

    @Override
    public Optional<String> namespaceUid(String name) {
      return Optional.of("uid");
    }
  }
}
