package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.keyservice.LogEntry.What;
import dev.rekey.keyservice.NewKey;
import dev.rekey.node.CallingPod;
import dev.rekey.rotation.Names;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Workloads in the forms that public charts give them. All are in one namespace and all their
 * Secrets are rotated at once: each pod that holds a key that changes is replaced once, and no
 * other one is.
 */
@Testkube
class PublicChartsIT {
  /** How many pods each has, of those whose pods hold a key that is rotated. */
  private static final Map<String, Integer> MOVED =
      Map.of("shop-web", 2, "shop-worker", 1, "search", 2, "shipper", 2);

  /** And of those whose pods do not. */
  private static final Map<String, Integer> LEFT_ALONE = Map.of("ingress", 2, "docs", 1);

  private final Stage stage;

  PublicChartsIT(ControlPlane controlPlane, TestNamespace space) {
    stage = new Stage(controlPlane, space);
  }

  @AfterEach
  void stop() throws Exception {
    stage.close();
  }

  @Test
  void eachPodThatHoldsAKeyIsReplacedOnceAndNoOtherOneIs() {
    stage.anotherNode("second");
    var shop = stage.scene("shop");
    var search = stage.scene("search");
    var shipper = stage.scene("shipper-token");
    var registry = stage.scene("registry");
    var keys =
        List.of(
            inUse(shop, "SHOP_API_KEY", "DATABASE_URL: postgres://shop.example/shop"),
            inUse(search, "api-key", ""),
            inUse(shipper, "token", ""),
            inUse(registry, "password", "username: puller"));
    calling("shop-web", shop.program.withVariable("SHOP_API_KEY"));
    calling("shop-worker", shop.program.withVariable("SHOP_API_KEY"));
    calling("search", search.program.withFile("/etc/search/conf.d/credentials/api-key"));
    calling("shipper", shipper.program.withFile("/etc/shipper/token"));
    stage.cast("ingress", pod -> pod.awaitStop(Duration.ofDays(1)));
    stage.cast("docs", pod -> pod.awaitStop(Duration.ofDays(1)));
    for (var chart : List.of(SHOP, SEARCH, SHIPPER, INGRESS, DOCS)) {
      stage.apply(chart.formatted(stage.namespace));
    }
    awaitReadyPods();
    var seen = new Seen(new ConcurrentHashMap<>());
    try (var watch = stage.client.pods().inNamespace(stage.namespace).watch(seen)) {
      assertThat(watch).isNotNull();
      stage.startOperator();
      rotation(shop, keys.get(0), "creationPolicy: Merge, data: {SHOP_API_KEY: \"${key.value}\"}");
      rotation(search, keys.get(1), "data: {api-key: \"${key.value}\"}");
      rotation(shipper, keys.get(2), "data: {token: \"${key.value}\"}");
      rotation(registry, keys.get(3), "creationPolicy: Merge, data: {password: \"${key.value}\"}");

      List.of(shop, search, shipper).forEach(it -> it.endsWell(1));
      registry.awaitRotations(1);
      awaitReadyPods();

      MOVED.forEach(
          (app, pods) -> assertThat(seen.of(app)).as("pods of %s", app).hasSize(2 * pods));
      LEFT_ALONE.forEach(
          (app, pods) -> assertThat(seen.of(app)).as("pods of %s", app).hasSize(pods));
    }
    for (var at = 0; at < keys.size(); at++) {
      var scene = List.of(shop, search, shipper, registry).get(at);
      assertThat(scene.works(keys.get(at))).isFalse();
      assertThat(scene.service.log(What.DELETED)).hasSize(1);
    }
    assertThat(stage.data("shop")).containsKeys("SHOP_API_KEY", "DATABASE_URL");
    var apps = stage.client.apps();
    assertThat(
            stage
                .client
                .batch()
                .v1()
                .cronjobs()
                .inNamespace(stage.namespace)
                .withName("shop-beat")
                .get()
                .getSpec()
                .getJobTemplate()
                .getSpec()
                .getTemplate()
                .getMetadata()
                .getAnnotations())
        .as("its next Job starts on the new key")
        .containsKey(Names.stamp("shop"));
    assertThat(apps.deployments().inNamespace(stage.namespace).withName("ingress").get())
        .satisfies(it ->
            assertThat(it.getSpec().getTemplate().getMetadata().getAnnotations())
                .doesNotContainKey(Names.stamp("registry")));
  }

  private void calling(String workload, CallingPod program) {
    stage.cast(workload, program);
    stage.ends(program);
  }

  /** A key of 100 days is in the Secret of this scene, beside whatever else is there. */
  private NewKey inUse(Scene scene, String dataKey, String more) {
    var key =
        scene.service.seed(
            Stage.TEAM, "made by hand", List.of(), Instant.now().minus(Duration.ofDays(100)));
    stage.apply(
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: %s, namespace: %s}
        type: Opaque
        stringData:
          %s: "%s"
        """
                .formatted(scene.name, stage.namespace, dataKey, key.plainText())
            + more.indent(2));
    scene.issuer();
    return key;
  }

  private void rotation(Scene scene, NewKey inUse, String secret) {
    stage.apply(
        """
        apiVersion: rekey.dev/v1alpha1
        kind: ApiKeyRotation
        metadata: {name: %1$s, namespace: %2$s}
        spec:
          issuerRef: {name: %1$s}
          secret: {name: %1$s, %3$s}
          adopt: {keyId: "%4$s"}
          schedule: {interval: 90d}
          rollout: {settle: 1s, soak: 1s, progressTimeout: 60s}
        """
            .formatted(scene.name, stage.namespace, secret, inUse.key().id()));
  }

  private void awaitReadyPods() {
    await()
        .atMost(Stage.PATIENCE)
        .untilAsserted(() ->
            assertThat(stage.pods())
                .filteredOn(pod ->
                    pod.getStatus().getConditions().stream()
                        .anyMatch(
                            it -> "Ready".equals(it.getType()) && "True".equals(it.getStatus())))
                .hasSize(10));
  }

  /** Every pod that there ever was, by the app that it belongs to. */
  private record Seen(Map<String, Set<String>> uids) implements Watcher<Pod> {
    Set<String> of(String app) {
      return uids.getOrDefault(app, Set.of());
    }

    @Override
    public void eventReceived(Action action, Pod pod) {
      ObjectMeta meta = pod.getMetadata();
      uids.computeIfAbsent(
              meta.getLabels().get("app.kubernetes.io/name"), _ -> ConcurrentHashMap.newKeySet())
          .add(meta.getUid());
    }

    @Override
    public void onClose(@Nullable WatcherException cause) {}
  }

  /** A web application that migrates its database first, with workers and a clock. */
  private static final String SHOP =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: shop-settings, namespace: %1$s}
      data: {LOG_LEVEL: info}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: shop-web
        namespace: %1$s
        labels: {app.kubernetes.io/name: shop-web, app.kubernetes.io/part-of: shop}
      spec:
        replicas: 2
        revisionHistoryLimit: 3
        strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 25%%, maxUnavailable: 0}}
        selector: {matchLabels: {app.kubernetes.io/name: shop-web}}
        template:
          metadata:
            labels: {app.kubernetes.io/name: shop-web, app.kubernetes.io/part-of: shop}
            annotations: {checksum/config: 4f2a, node.test/ready-delay: 1s}
          spec:
            securityContext: {runAsNonRoot: true, runAsUser: 1000}
            initContainers:
            - name: migrate
              image: registry.example/shop:7
              command: [bin/shop, migrate]
              envFrom:
              - configMapRef: {name: shop-settings}
              - secretRef: {name: shop}
            containers:
            - name: web
              image: registry.example/shop:7
              command: [bin/shop, web]
              ports: [{name: http, containerPort: 8000}]
              envFrom:
              - configMapRef: {name: shop-settings}
              - secretRef: {name: shop}
              readinessProbe: {httpGet: {path: /healthz, port: http}}
              lifecycle: {preStop: {sleep: {seconds: 2}}}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: shop-worker, namespace: %1$s}
      spec:
        replicas: 1
        strategy: {type: Recreate}
        selector: {matchLabels: {app.kubernetes.io/name: shop-worker}}
        template:
          metadata: {labels: {app.kubernetes.io/name: shop-worker}}
          spec:
            containers:
            - name: worker
              image: registry.example/shop:7
              command: [bin/shop, worker]
              envFrom: [{secretRef: {name: shop}}]
              lifecycle: {preStop: {sleep: {seconds: 2}}}
      ---
      apiVersion: batch/v1
      kind: CronJob
      metadata: {name: shop-beat, namespace: %1$s}
      spec:
        schedule: "0 0 29 2 *"
        concurrencyPolicy: Forbid
        jobTemplate:
          spec:
            backoffLimit: 2
            template:
              metadata: {labels: {app.kubernetes.io/name: shop-beat}}
              spec:
                restartPolicy: OnFailure
                containers:
                - name: beat
                  image: registry.example/shop:7
                  command: [bin/shop, beat]
                  envFrom: [{secretRef: {name: shop}}]
      """;

  /** A search engine with an exporter beside it; its settings and its key are one volume. */
  private static final String SEARCH =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: search-settings, namespace: %1$s}
      data: {search.yml: "cluster.name: search"}
      ---
      apiVersion: apps/v1
      kind: StatefulSet
      metadata: {name: search, namespace: %1$s}
      spec:
        serviceName: search-headless
        replicas: 2
        selector: {matchLabels: {app.kubernetes.io/name: search}}
        template:
          metadata:
            labels: {app.kubernetes.io/name: search}
            annotations: {node.test/ready-delay: 1s}
          spec:
            terminationGracePeriodSeconds: 20
            containers:
            - name: search
              image: registry.example/search:3
              volumeMounts: [{name: conf, mountPath: /etc/search/conf.d, readOnly: true}]
              lifecycle: {preStop: {sleep: {seconds: 2}}}
            - name: exporter
              image: registry.example/exporter:1
              args: [--uri=http://localhost:9200]
              volumeMounts: [{name: conf, mountPath: /conf, readOnly: true}]
            volumes:
            - name: conf
              projected:
                sources:
                - configMap: {name: search-settings}
                - secret:
                    name: search
                    items: [{key: api-key, path: credentials/api-key}]
      """;

  /** A log shipper on every node. */
  private static final String SHIPPER =
      """
      apiVersion: v1
      kind: Secret
      metadata: {name: shipper-env, namespace: %1$s}
      stringData: {OUTPUT_HOST: logs.example}
      ---
      apiVersion: apps/v1
      kind: DaemonSet
      metadata: {name: shipper, namespace: %1$s}
      spec:
        updateStrategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 1}}
        selector: {matchLabels: {app.kubernetes.io/name: shipper}}
        template:
          metadata: {labels: {app.kubernetes.io/name: shipper}}
          spec:
            tolerations: [{operator: Exists}]
            containers:
            - name: shipper
              image: registry.example/shipper:2
              envFrom: [{secretRef: {name: shipper-env}}]
              volumeMounts:
              - {name: logs, mountPath: /var/log, readOnly: true}
              - {name: token, mountPath: /etc/shipper/token, subPath: token, readOnly: true}
            volumes:
            - name: logs
              hostPath: {path: /var/log}
            - name: token
              secret: {secretName: shipper-token, defaultMode: 0400}
      """;

  /** A proxy whose image is pulled with a password, which no container sees. */
  private static final String INGRESS =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: ingress, namespace: %1$s}
      spec:
        replicas: 2
        selector: {matchLabels: {app.kubernetes.io/name: ingress}}
        template:
          metadata: {labels: {app.kubernetes.io/name: ingress}}
          spec:
            imagePullSecrets: [{name: registry}]
            containers:
            - name: controller
              image: registry.example/ingress:1
              ports: [{name: https, containerPort: 443}]
      """;

  /** Somebody beside them who reads nothing that is rotated. */
  private static final String DOCS =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: docs, namespace: %1$s}
      spec:
        replicas: 1
        selector: {matchLabels: {app.kubernetes.io/name: docs}}
        template:
          metadata: {labels: {app.kubernetes.io/name: docs}}
          spec:
            containers:
            - name: docs
              image: registry.example/docs:1
              envFrom:
              - configMapRef: {name: shop-settings}
              - secretRef: {name: shipper-env}
      """;
}
