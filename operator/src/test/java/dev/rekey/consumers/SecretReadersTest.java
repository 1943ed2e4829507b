package dev.rekey.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.rotation.Reading;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretReadersTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "containers: [{env: [{valueFrom: {secretKeyRef: {name: till, key: a}}}]}]",
        "containers: [{envFrom: [{secretRef: {name: till}}]}]",
        "containers: [{}, {envFrom: [{configMapRef: {name: x}}, {secretRef: {name: till}}]}]",
        "initContainers: [{env: [{valueFrom: {secretKeyRef: {name: till, key: a}}}]}]",
        "initContainers: [{envFrom: [{secretRef: {name: till}}]}]",
        "ephemeralContainers: [{env: [{valueFrom: {secretKeyRef: {name: till, key: a}}}]}]",
        "ephemeralContainers: [{envFrom: [{secretRef: {name: till}}]}]",
        "volumes: [{name: v, csi: {driver: d, nodePublishSecretRef: {name: till}}}]",
        "volumes: [{name: v, cephfs: {secretRef: {name: till}}}]",
        "volumes: [{name: v, rbd: {secretRef: {name: till}}}]",
        "volumes: [{name: v, iscsi: {secretRef: {name: till}}}]",
        "volumes: [{name: v, flexVolume: {secretRef: {name: till}}}]",
        "volumes: [{name: v, cinder: {secretRef: {name: till}}}]",
        "volumes: [{name: v, scaleIO: {secretRef: {name: till}}}]",
        "volumes: [{name: v, storageos: {secretRef: {name: till}}}]",
        "volumes: [{name: v, azureFile: {secretName: till}}]",
      })
  void isTakenOnceWhenAContainerOrAVolumeStarts(String spec) {
    assertThat(reading(spec)).contains(Reading.TAKEN);
    assertThat(held(spec)).contains("till");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{volumes: [{name: v, secret: {secretName: till}}], containers: [{volumeMounts: [{name: v,"
            + " subPath: a}]}]}",
        "{volumes: [{name: v, secret: {secretName: till}}], containers: [{volumeMounts: [{name: v},"
            + " {name: v, subPathExpr: $(X)}]}]}",
        "{volumes: [{name: v, projected: {sources: [{secret: {name: till}}]}}], initContainers:"
            + " [{volumeMounts: [{name: v, subPath: a}]}]}",
        "{volumes: [{name: v, projected: {sources: [{secret: {name: till}}]}}], initContainers:"
            + " [{volumeMounts: [{name: v, subPathExpr: $(X)}]}]}",
        "{volumes: [{name: v, secret: {secretName: till}}, {name: w, secret: {secretName: till}}],"
            + " containers: [{volumeMounts: [{name: v}]}, {volumeMounts: [{name: w, subPath:"
            + " a}]}]}",
        "{volumes: [{name: v, secret: {secretName: till}}], containers: [{envFrom: [{secretRef:"
            + " {name: till}}], volumeMounts: [{name: v}]}]}",
      })
  void aMountOfAPartIsNeverRenewedAndAVariableBesideAMountCounts(String spec) {
    assertThat(reading(spec)).contains(Reading.TAKEN);
    assertThat(held(spec)).contains("till");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{volumes: [{name: v, secret: {secretName: till}}], containers: [{volumeMounts: [{name:"
            + " v}]}]}",
        "{volumes: [{name: v, projected: {sources: [{configMap: {name: x}}, {secret: {name:"
            + " till}}]}}], containers: [{volumeMounts: [{name: v}, {name: other, subPath: a}]}]}",
        "{volumes: [{name: v, secret: {secretName: till}}], containers: [{}], imagePullSecrets:"
            + " [{name: till}]}",
        "{volumes: [{name: v, secret: {secretName: till}}], containers: [{volumeMounts: [{name: v,"
            + " subPath: ''}]}]}",
      })
  void isMountedWhereNothingElseHoldsIt(String spec) {
    assertThat(reading(spec)).contains(Reading.MOUNTED);
    assertThat(held(spec)).contains("till");
  }

  @Test
  void isOnlyPulledWhereNoContainerSeesIt() {
    assertThat(reading("{containers: [{}], imagePullSecrets: [{name: other}, {name: till}]}"))
        .contains(Reading.PULLED);
    assertThat(held("{containers: [{}], imagePullSecrets: [{name: till}]}")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "containers: [{}]",
        "containers: [{envFrom: [{secretRef: {name: till-2}}]}]",
        "containers: [{env: [{name: till, value: till}]}]",
        "volumes: [{name: till, secret: {secretName: other}}]",
        "imagePullSecrets: [{name: other}]",
        "volumes: [{name: v, configMap: {name: till}}]",
        "containers: [{envFrom: [{configMapRef: {name: till}}]}]",
        "containers: [{env: [{valueFrom: {configMapKeyRef: {name: till, key: a}}}]}]",
        "containers: [{env: [{valueFrom: {secretKeyRef: {name: other, key: till}}}]}]",
        "initContainers: [{envFrom: [{secretRef: {name: other}}]}]",
        "ephemeralContainers: [{envFrom: [{secretRef: {name: other}}]}]",
        "volumes: [{name: v, projected: {sources: [{secret: {name: other}}, {configMap: {name:"
            + " till}}]}}]",
        "volumes: [{name: v, csi: {driver: till, nodePublishSecretRef: {name: other}}}]",
        "volumes: [{name: v, csi: {driver: till}}]",
        "volumes: [{name: v, azureFile: {secretName: other, shareName: till}}]",
      })
  void anotherSecretIsNoneOfOurs(String spec) {
    assertThat(reading(spec)).isEmpty();
  }

  @Test
  void nobodyReadsAnythingWithoutASpec() {
    assertThat(SecretReaders.reading(null, "till")).isEmpty();
  }

  private static Set<String> held(String spec) {
    return SecretReaders.held(Serialization.unmarshal("---\n" + spec, PodSpec.class));
  }

  private static Optional<Reading> reading(String spec) {
    return SecretReaders.reading(Serialization.unmarshal("---\n" + spec, PodSpec.class), "till");
  }
}
