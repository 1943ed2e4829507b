package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.keyservice.NewKey;
import dev.rekey.keyservice.ServiceKey;
import dev.rekey.testkube.AuditLog.Request;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A PersistentVolume that refers to the Secret, on a real API server that binds it to its claim.
 */
@Testkube
class VolumeSecretIT {
  private static final String APP = "till";

  private final ControlPlane controlPlane;
  private final Stage stage;
  private final String volume;
  private final Instant began = Instant.now();

  VolumeSecretIT(ControlPlane controlPlane, TestNamespace space) {
    this.controlPlane = controlPlane;
    stage = new Stage(controlPlane, space);
    volume = space.name();
  }

  @AfterEach
  void stop() throws Exception {
    stage.client.persistentVolumes().withName(volume).delete();
    stage.close();
  }

  @Test
  void oldKeyStaysWhileAPodMountsAVolumeThatRefersToItAndThatIsToldBeforeANewOneIsAskedFor() {
    var old = stage.keyInSecret(APP, Duration.ofDays(100));
    stage.issuer();
    stage.application("api", 1, APP, Map.of());
    claim();
    volume();
    database();
    awaitDatabaseHasNode();
    stage.startOperator();
    rotate(old, "1s");

    var said = stage.awaitReady(APP, "False", "VolumeReadsSecret");

    assertThat(said.getMessage()).contains("pod db", "PersistentVolumeClaim data");
    assertThat(stage.events(APP)).containsSubsequence("VolumeReadsSecret", "Minting");
    assertThat(stage.service.liveKeys())
        .as("both keys work")
        .hasSize(2)
        .extracting(ServiceKey::id)
        .contains(old.key().id());
    assertThat(listsOfVolumes()).as("as the key is taken over, and once for the pod").hasSize(2);

    stage.client.pods().inNamespace(stage.namespace).withName("db").delete();
    await()
        .atMost(Stage.PATIENCE)
        .until(() -> stage.client.pods().inNamespace(stage.namespace).withName("db").get() == null);
    database();
    stage.awaitRotations(APP, 1);

    assertThat(stage.service.liveKeys()).extracting(ServiceKey::id).doesNotContain(old.key().id());
    assertThat(listsOfVolumes())
        .as("for the new pod, and once more if it had no node then")
        .hasSizeBetween(3, 4);
    assertThat(stage.traffic.failedRequests()).isEmpty();
  }

  /** The pod was there before the key was published, and nobody could tell what it mounts. */
  @Test
  void aPodWhoseClaimIsBoundInTheSoakHoldsTheOldKey() {
    var old = stage.keyInSecret(APP, Duration.ofDays(100));
    stage.issuer();
    stage.application("api", 1, APP, Map.of());
    claim();
    database();
    stage.startOperator();
    rotate(old, "1h");
    stage.awaitPhase(APP, "Soaking");

    volume();

    var said = stage.awaitReady(APP, "False", "VolumeReadsSecret");
    assertThat(said.getMessage()).contains("pod db", "PersistentVolumeClaim data");
    stage.client.pods().inNamespace(stage.namespace).withName("db").delete();
    stage.awaitPhase(APP, "Soaking");
    assertThat(stage.traffic.failedRequests()).isEmpty();
  }

  @Test
  void volumesAreNotListedWhereNoPodMountsOne() {
    var old = stage.keyInSecret(APP, Duration.ofDays(100));
    stage.issuer();
    stage.application("api", 1, APP, Map.of());
    stage.startOperator();
    rotate(old, "1s");
    stage.awaitRotations(APP, 1);

    assertThat(listsOfVolumes()).isEmpty();
  }

  private List<Request> listsOfVolumes() {
    // other tests have operators of their own, one after the other
    return controlPlane.audit().requests().stream()
        .filter(it -> it.userAgent().startsWith("rekey/operator"))
        .filter(it -> it.resource().equals("persistentvolumes"))
        .filter(it -> it.time().isAfter(began))
        .toList();
  }

  private void rotate(NewKey old, String soak) {
    stage.apply(
        """
        apiVersion: rekey.dev/v1alpha1
        kind: ApiKeyRotation
        metadata: {name: till, namespace: %s}
        spec:
          issuerRef: {name: messaging}
          secret: {name: till}
          adopt: {keyId: "%s"}
          schedule: {interval: 90d}
          rollout: {settle: 1s, soak: %s, progressTimeout: 60s}
        """
            .formatted(stage.namespace, old.key().id(), soak));
  }

  private void volume() {
    stage.apply(
        """
        apiVersion: v1
        kind: PersistentVolume
        metadata: {name: %1$s}
        spec:
          capacity: {storage: 1Gi}
          accessModes: [ReadWriteOnce]
          storageClassName: ""
          claimRef: {namespace: %2$s, name: data}
          csi:
            driver: storage.example
            volumeHandle: one
            nodePublishSecretRef: {name: till, namespace: %2$s}
        """
            .formatted(volume, stage.namespace));
    awaitBound();
  }

  private void claim() {
    stage.apply(
        """
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: data, namespace: %2$s}
        spec:
          accessModes: [ReadWriteOnce]
          storageClassName: ""
          volumeName: %1$s
          resources: {requests: {storage: 1Gi}}
        """
            .formatted(volume, stage.namespace));
  }

  private void awaitBound() {
    await()
        .atMost(Stage.PATIENCE)
        .until(() ->
            "Bound"
                .equals(
                    stage
                        .client
                        .persistentVolumeClaims()
                        .inNamespace(stage.namespace)
                        .withName("data")
                        .get()
                        .getStatus()
                        .getPhase()));
  }

  /** Its program gets the key from nowhere but its storage. */
  private void database() {
    stage.cast(
        "db",
        pod -> {
          while (!pod.awaitStop(Duration.ofSeconds(1))) {
            // it serves from its storage
          }
        });
    stage.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: db, namespace: %1$s}
        spec:
          nodeSelector: {kubernetes.io/hostname: node-of-%1$s}
          volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]
          containers:
          - name: app
            image: registry.example/db:1
            volumeMounts: [{name: v, mountPath: /data}]
        """
            .formatted(stage.namespace));
  }

  private void awaitDatabaseHasNode() {
    await()
        .atMost(Stage.PATIENCE)
        .until(() ->
            stage
                    .client
                    .pods()
                    .inNamespace(stage.namespace)
                    .withName("db")
                    .get()
                    .getSpec()
                    .getNodeName()
                != null);
  }
}
