package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.cluster.fabric8.Fabric8Workloads;
import dev.rekey.rotation.Consumers.WorkloadRef;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.WorkloadKind;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What the API server says of who wrote what and when: publications are counted from it, and others
 * leave stamps alone because of it.
 */
@Testkube
class ManagedFieldsIT {
  private final TestNamespace space;
  private final KubernetesClient rekey;
  private final KubernetesClient somebody;

  ManagedFieldsIT(ControlPlane controlPlane, TestNamespace space) {
    this.space = space;
    rekey = client(controlPlane, "rekey/operator");
    somebody = client(controlPlane, "kubectl/v1.37");
  }

  @AfterEach
  void stop() {
    rekey.close();
    somebody.close();
  }

  @Test
  void aChangeOfNothingButAValueMovesTheTimeOfWhoeverMadeIt() {
    var first = rekey.resource(secret("one")).create();
    var firstTime = time(first, "rekey");
    untilAfter(firstTime);

    var second = rekey.resource(with(first, "dHdv")).update();
    assertThat(time(second, "rekey"))
        .as("the same fields are owned, with another value")
        .isAfter(firstTime);

    untilAfter(time(second, "rekey"));
    var third = rekey.resource(with(second, "dHdv")).update();
    assertThat(time(third, "rekey"))
        .as("a write that changes nothing is none")
        .isEqualTo(time(second, "rekey"));
    assertThat(third.getMetadata().getResourceVersion())
        .isEqualTo(second.getMetadata().getResourceVersion());
  }

  @Test
  void whoeverChangesAValueOwnsItFromThenOnAlsoWhenTheyChangeItBack() {
    var ours = rekey.resource(secret("one")).create();
    var value = String.valueOf(ours.getData().get("apiKey"));
    var theirs = somebody.resource(with(ours, "dHdv")).update();
    assertThat(owner(theirs)).isEqualTo("kubectl");

    var reverted = somebody.resource(with(theirs, value)).update();

    assertThat(reverted.getData()).isEqualTo(ours.getData());
    assertThat(owner(reverted)).as("nothing but this tells of the change").isEqualTo("kubectl");
  }

  @Test
  void aStampIsOwnedByRekeyWhateverTheProgramThatWritesItCallsItself() {
    var made = somebody.resource(cronJob()).create();

    new Fabric8Workloads(somebody)
        .annotateTemplate(
            space.name(),
            new WorkloadRef(
                WorkloadKind.CronJob,
                "report",
                made.getMetadata().getUid(),
                made.getMetadata().getResourceVersion()),
            Map.of(Names.stamp("one"), "lineage.2", Names.stamp("two"), "other.3"));

    var stamped = somebody.resource(made).get();
    assertThat(
            stamped
                .getSpec()
                .getJobTemplate()
                .getSpec()
                .getTemplate()
                .getMetadata()
                .getAnnotations())
        .containsEntry(Names.stamp("one"), "lineage.2")
        .containsEntry(Names.stamp("two"), "other.3");
    assertThat(stamped.getMetadata().getManagedFields())
        .filteredOn(it -> it.getFieldsV1().getAdditionalProperties().toString().contains("/stamp-"))
        .singleElement()
        .satisfies(it -> {
          assertThat(it.getManager()).isEqualTo("rekey");
          assertThat(it.getFieldsV1().getAdditionalProperties().toString())
              .contains("f:" + Names.stamp("one"), "f:" + Names.stamp("two"))
              .doesNotContain("f:containers");
        });
  }

  /** Its controller leaves it alone, so nobody but the test writes it. */
  private CronJob cronJob() {
    return new CronJobBuilder()
        .withNewMetadata()
        .withNamespace(space.name())
        .withName("report")
        .endMetadata()
        .withNewSpec()
        .withSuspend(true)
        .withSchedule("0 4 * * *")
        .withNewJobTemplate()
        .withNewSpec()
        .withNewTemplate()
        .withNewSpec()
        .withRestartPolicy("Never")
        .addNewContainer()
        .withName("app")
        .withImage("registry.example/app:1")
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .endJobTemplate()
        .endSpec()
        .build();
  }

  private static KubernetesClient client(ControlPlane controlPlane, String userAgent) {
    return new KubernetesClientBuilder()
        .withConfig(
            new ConfigBuilder(controlPlane.client().getConfiguration())
                .withUserAgent(userAgent)
                .build())
        .build();
  }

  private Secret secret(String value) {
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace(space.name())
        .withName("till")
        .endMetadata()
        .addToStringData("apiKey", value)
        .build();
  }

  private static Secret with(Secret secret, String data) {
    return new SecretBuilder(secret).withData(Map.of("apiKey", data)).build();
  }

  private static Instant time(Secret secret, String manager) {
    return secret.getMetadata().getManagedFields().stream()
        .filter(it -> manager.equals(it.getManager()))
        .map(ManagedFieldsEntry::getTime)
        .map(Instant::parse)
        .findFirst()
        .orElseThrow();
  }

  /** Who owns the value. */
  private static String owner(Secret secret) {
    return secret.getMetadata().getManagedFields().stream()
        .filter(it -> String.valueOf(it.getFieldsV1().getAdditionalProperties()).contains("apiKey"))
        .map(ManagedFieldsEntry::getManager)
        .reduce((one, two) -> one + " and " + two)
        .orElseThrow();
  }

  /** These times are whole seconds. */
  private static void untilAfter(Instant second) {
    while (Instant.now().isBefore(second.plusSeconds(1))) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }
}
