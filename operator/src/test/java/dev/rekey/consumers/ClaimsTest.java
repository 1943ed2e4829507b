package dev.rekey.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.rotation.Binding;
import dev.rekey.rotation.Consumers;
import dev.rekey.rotation.Hindrance;
import dev.rekey.rotation.Mask;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Reading;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Restarts;
import dev.rekey.rotation.Rotation;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pods whose PersistentVolume refers to the Secret are found, and are restarted by hand. */
class ClaimsTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Restarts NOBODY = new Restarts(Restarts.Strategy.NONE, Optional.empty());
  private static final String MOUNTS_DATA =
      "{volumes: [{name: v, persistentVolumeClaim: {claimName: data}}], containers: [{}]}";
  private static final String PUBLISHES =
      "csi: {driver: d, nodePublishSecretRef: {name: till, namespace: payments}}";

  private final RosterTest.Listed listed = new RosterTest.Listed();
  private final List<PersistentVolume> volumes = new ArrayList<>();
  private int looks;
  private boolean mayLook = true;

  @ParameterizedTest
  @ValueSource(
      strings = {
        PUBLISHES,
        "csi: {driver: d, nodeStageSecretRef: {name: till, namespace: payments}}",
        "csi: {driver: d, nodeExpandSecretRef: {name: till, namespace: payments}}",
        "csi: {driver: d, controllerPublishSecretRef: {name: till, namespace: payments}}",
        "csi: {driver: d, controllerExpandSecretRef: {name: till, namespace: payments}}",
        "azureFile: {secretName: till, secretNamespace: payments}",
        "azureFile: {secretName: till}",
        "cephfs: {secretRef: {name: till, namespace: payments}}",
        "cinder: {secretRef: {name: till, namespace: payments}}",
        "flexVolume: {secretRef: {name: till, namespace: payments}}",
        "flexVolume: {secretRef: {name: till}}",
        "iscsi: {secretRef: {name: till, namespace: payments}}",
        "rbd: {secretRef: {name: till, namespace: payments}}",
        "scaleIO: {secretRef: {name: till, namespace: payments}}",
        "storageos: {secretRef: {name: till, namespace: payments}}",
      })
  void aPodWhoseVolumeRefersToTheSecretReadsItAndIsRestartedByHand(String source) {
    volumes.add(volume("payments", "data", source));
    listed.pods.add(pod("db-0", MOUNTS_DATA));

    var seen = seen();

    assertThat(seen.pods())
        .singleElement()
        .satisfies(it -> {
          assertThat(it.reading()).isEqualTo(Reading.TAKEN);
          assertThat(it.workload()).isEmpty();
          assertThat(it.hindrance().map(Hindrance::reason)).contains(Reason.VolumeReadsSecret);
          assertThat(it.hindrance().map(Hindrance::why).orElse(""))
              .contains("PersistentVolumeClaim data", "restart it by hand");
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "csi: {driver: d, nodePublishSecretRef: {name: till, namespace: shop}}",
        "csi: {driver: d, nodePublishSecretRef: {name: tiller, namespace: payments}}",
        "csi: {driver: d}",
        "azureFile: {secretName: till, secretNamespace: shop}",
        "hostPath: {path: /till}",
      })
  void aVolumeThatRefersToAnotherSecretIsNone(String source) {
    volumes.add(volume("payments", "data", source));
    listed.pods.add(pod("db-0", MOUNTS_DATA));

    assertThat(seen().pods()).isEmpty();
  }

  @Test
  void aVolumeOfAnotherNamespaceOrOfNobodyIsNone() {
    volumes.add(volume("shop", "data", PUBLISHES));
    volumes.add(Serialization.unmarshal("spec: {" + PUBLISHES + "}", PersistentVolume.class));
    listed.pods.add(pod("db-0", MOUNTS_DATA));

    assertThat(seen().pods()).isEmpty();
  }

  @Test
  void volumesAreNotLookedAtWhereNoPodMountsOne() {
    volumes.add(volume("payments", "data", PUBLISHES));
    listed.pods.add(pod("api-1", "{containers: [{envFrom: [{secretRef: {name: till}}]}]}"));
    listed.pods.add(pod("api-2", "{containers: [{}], volumes: [{name: v, emptyDir: {}}]}"));

    assertThat(seen().pods()).hasSize(1);
    assertThat(looks).isZero();
  }

  @Test
  void volumesAreLookedAtOnceInALookHoweverManyPodsMountThem() {
    volumes.add(volume("payments", "data", PUBLISHES));
    listed.pods.add(pod("db-0", MOUNTS_DATA));
    listed.pods.add(pod("db-1", MOUNTS_DATA.replace("data", "other")));

    assertThat(seen().pods()).extracting(Consumers.Pod::name).containsExactly("db-0");
    assertThat(looks).isEqualTo(1);
  }

  @Test
  void volumesAreNotLookedAtForAPodThatTakesTheKeyAnyway() {
    listed.pods.add(
        pod("db-0", MOUNTS_DATA.replace("[{}]", "[{envFrom: [{secretRef: {name: till}}]}]")));

    assertThat(seen().pods()).hasSize(1);
    assertThat(looks).isZero();
  }

  @Test
  void volumesAreNotLookedAtForAPodThatMountsTheKeyAsAFileUnlessTheFileMayBeRenewed() {
    listed.pods.add(
        pod(
            "db-0",
            "{volumes: [{name: v, persistentVolumeClaim: {claimName: data}}, {name: s, secret:"
                + " {secretName: till}}], containers: [{}]}"));

    assertThat(seen().pods()).hasSize(1);
    assertThat(looks).isZero();
    assertThat(seen(NOBODY).pods()).hasSize(1);
    assertThat(looks).isEqualTo(1);
  }

  @Test
  void whereVolumesMayNotBeLookedAtNothingFails() {
    mayLook = false;
    listed.pods.add(pod("db-0", MOUNTS_DATA));

    assertThat(seen().pods()).isEmpty();
  }

  @Test
  void aClaimThatIsMadeForOnePodCounts() {
    volumes.add(volume("payments", "db-0-scratch", PUBLISHES));
    listed.pods.add(
        pod(
            "db-0",
            "{volumes: [{name: scratch, ephemeral: {volumeClaimTemplate: {}}}], containers:"
                + " [{}]}"));

    assertThat(seen().pods()).hasSize(1);
  }

  @Test
  void whoReadsTheSecretBesideAVolumeIsRestartedAsAlwaysAndNeverReloaded() {
    volumes.add(volume("payments", "data", PUBLISHES));
    var spec =
        "{volumes: [{name: v, persistentVolumeClaim: {claimName: data}}, {name: s, secret:"
            + " {secretName: till}}], containers: [{}]}";
    listed.statefulSets.add(
        Serialization.unmarshal(
            "metadata: {name: db, uid: db}\nspec: {template: {spec: %s}}".formatted(spec),
            StatefulSet.class));
    var pod = pod("db-0", spec);
    pod.getMetadata()
        .setOwnerReferences(
            Serialization.unmarshal(
                    "metadata: {ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name:"
                        + " db, uid: db, controller: true}]}",
                    Pod.class)
                .getMetadata()
                .getOwnerReferences());
    listed.pods.add(pod);

    assertThat(seen(NOBODY).pods())
        .singleElement()
        .satisfies(it -> {
          assertThat(it.workload()).contains("StatefulSet db");
          assertThat(it.hindrance()).isEmpty();
          assertThat(it.reading()).as("a mounted file would be renewed").isEqualTo(Reading.TAKEN);
        });
  }

  @Test
  void whoPullsImagesWithTheSecretAndMountsAVolumeOfItReadsIt() {
    volumes.add(volume("payments", "data", PUBLISHES));
    listed.pods.add(
        pod("db-0", MOUNTS_DATA.replace("{volumes", "{imagePullSecrets: [{name: till}], volumes")));

    assertThat(seen().pods())
        .singleElement()
        .satisfies(it -> assertThat(it.reading()).isEqualTo(Reading.TAKEN));
  }

  /** One that is released keeps the name of its claim, and may have been replaced. */
  @Test
  void eachVolumeOfAClaimCounts() {
    volumes.add(volume("payments", "data", "hostPath: {path: /till}"));
    volumes.add(volume("payments", "data", PUBLISHES));
    volumes.add(volume("payments", "data", "csi: {driver: d}"));
    listed.pods.add(pod("db-0", MOUNTS_DATA));

    assertThat(seen().pods()).hasSize(1);
  }

  private Consumers.Seen seen() {
    return seen(Restarts.ALL);
  }

  private Consumers.Seen seen(Restarts restarts) {
    var ledger =
        Rotation.begin("lineage", new Binding("c", "payments", "till", "r", "u"), List.of());
    var rolling =
        new RollingNamespaces(
            listed,
            new ListedRollouts(),
            this::look,
            new RosterTest.NoWatches(),
            InstantSource.fixed(NOW),
            Duration.ofSeconds(2));
    return new Roster(listed, new ListedRollouts(), this::look, rolling)
        .now(
            new Roster.Question(
                "payments",
                "till",
                restarts,
                Mask.of(ledger, new Observation.Target.Missing()),
                NOW));
  }

  private Optional<List<PersistentVolume>> look() {
    looks++;
    return mayLook ? Optional.of(volumes) : Optional.empty();
  }

  private static PersistentVolume volume(String namespace, String claim, String source) {
    return Serialization.unmarshal(
        "spec: {claimRef: {namespace: %s, name: %s}, %s}".formatted(namespace, claim, source),
        PersistentVolume.class);
  }

  private static Pod pod(String name, String spec) {
    return Serialization.unmarshal(
        "metadata: {name: %1$s, uid: %1$s, creationTimestamp: '2026-03-01T11:00:00Z'}\nspec: %2$s"
            .formatted(name, spec),
        Pod.class);
  }
}
