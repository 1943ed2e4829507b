package dev.rekey.cluster.fabric8;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.cluster.ArgoRollout;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Fabric8RolloutsTest {

  @Test
  void aRolloutIsReadAsItsControllerWritesIt() {
    var it =
        read(
            """
            metadata: {name: web, uid: u, generation: 12}
            spec:
              replicas: 3
              paused: true
              restartAt: "2026-03-01T20:00:00+08:00"
              template: {spec: {containers: [{name: app}]}}
            status:
              observedGeneration: "12"
              replicas: 4
              availableReplicas: 2
              restartedAt: "2026-02-01T12:00:00Z"
            """);

    assertThat(it.meta().getName()).isEqualTo("web");
    assertThat(it.template())
        .hasValueSatisfying(template -> assertThat(template.getSpec().getContainers()).hasSize(1));
    assertThat(it.deployment()).isEmpty();
    assertThat(it.paused()).isTrue();
    assertThat(it.restartAt()).contains(Instant.parse("2026-03-01T12:00:00Z"));
    assertThat(it.restartedAt()).contains(Instant.parse("2026-02-01T12:00:00Z"));
    assertThat(it.seen()).isTrue();
    assertThat(it.wanted()).isEqualTo(3);
    assertThat(it.there()).isEqualTo(4);
    assertThat(it.available()).isEqualTo(2);
  }

  /** Its controller calls only those of the active ReplicaSet available. */
  @Test
  void ofABlueGreenOneThePodsThatServeNobodyDoNotCount() {
    var it =
        read(
            """
            metadata: {name: web, generation: 1}
            spec: {replicas: 2, strategy: {blueGreen: {previewService: web-preview}}}
            status: {observedGeneration: "1", replicas: 4, availableReplicas: 2}
            """);

    assertThat(it.available()).isEqualTo(2);
    assertThat(it.there()).as("without its preview").isEqualTo(2);
  }

  @Test
  void aRolloutThatNobodyHasSeenYetWantsOnePodAndHasNone() {
    var it = read("metadata: {name: web, generation: 1}\nspec: {}");

    assertThat(it.template()).isEmpty();
    assertThat(it.paused()).isFalse();
    assertThat(it.restartAt()).isEmpty();
    assertThat(it.seen()).isFalse();
    assertThat(it.wanted()).isEqualTo(1);
    assertThat(it.there()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "'\"2\"', true",
    "'\"3\"', true",
    "'\"1\"', false",
    // of very old controllers, and of nobody
    "58c975674b, false",
    "2, false"
  })
  void onlyAGenerationThatIsNotOlderCountsAsSeen(String observed, boolean seen) {
    var it =
        read(
            "metadata: {name: web, generation: 2}\nspec: {}\nstatus: {observedGeneration: %s}"
                .formatted(observed));

    assertThat(it.seen()).isEqualTo(seen);
  }

  @ParameterizedTest
  @CsvSource({"Deployment, true", "ReplicaSet, false"})
  void aTemplateIsBorrowedFromADeploymentAlone(String kind, boolean known) {
    var it =
        read(
            """
            metadata: {name: web}
            spec: {template: {}, workloadRef: {apiVersion: apps/v1, kind: %s, name: base}}
            """
                .formatted(kind));

    assertThat(it.template()).isEmpty();
    assertThat(it.deployment().isPresent()).isEqualTo(known);
  }

  @Test
  void aTimeThatIsNoneIsNoTime() {
    assertThat(read("metadata: {name: web}\nspec: {restartAt: soon}").restartAt()).isEmpty();
  }

  private static ArgoRollout read(String yaml) {
    return Fabric8Rollouts.read(Serialization.unmarshal(yaml, GenericKubernetesResource.class));
  }
}
