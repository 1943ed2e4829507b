package dev.rekey.cluster.fabric8;

import dev.rekey.cluster.ArgoRollout;
import dev.rekey.cluster.ClusterException;
import dev.rekey.cluster.Rollouts;
import dev.rekey.rotation.Consumers.WorkloadRef;
import dev.rekey.rotation.Names;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Argo Rollouts by the fabric8 client, without Argo's own classes. */
public final class Fabric8Rollouts implements Rollouts {
  private static final Logger log = LoggerFactory.getLogger(Fabric8Rollouts.class);
  private static final long PAGE = 500;

  /** Said in full, so that the API server is not asked what it knows. */
  private static final ResourceDefinitionContext KIND =
      new ResourceDefinitionContext.Builder()
          .withGroup("argoproj.io")
          .withVersion("v1alpha1")
          .withKind(ArgoRollout.KIND)
          .withPlural("rollouts")
          .withNamespaced(true)
          .build();

  private static final String AS_REKEY = "?fieldManager=" + Names.FIELD_MANAGER;

  private final KubernetesClient client;
  private final AtomicBoolean said = new AtomicBoolean();

  /** Over {@code client}, which the caller closes. */
  public Fabric8Rollouts(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public Optional<ArgoRollout> rollout(String namespace, String name) {
    return Calls.call(
        what(namespace, name),
        () -> Optional.ofNullable(named(namespace, name).get()).map(Fabric8Rollouts::read));
  }

  @Override
  public List<ArgoRollout> all(String namespace) {
    try {
      return Pages.of(
              "the Rollouts of " + namespace,
              PAGE,
              client.genericKubernetesResources(KIND).inNamespace(namespace))
          .stream()
          .map(Fabric8Rollouts::read)
          .toList();
    } catch (ClusterException.NotFound noSuchKind) {
      return List.of();
    } catch (ClusterException.Refused notAllowed) {
      if (said.compareAndSet(false, true)) {
        log.warn(
            "{}: an Argo Rollout that has no pods at the moment does not hold back the deletion of"
                + " a resource with its keys. Let Rekey list rollouts.argoproj.io where there are"
                + " any. This is said once.",
            notAllowed.getMessage());
      }
      return List.of();
    }
  }

  @Override
  public ArgoRollout restart(String namespace, WorkloadRef rollout, Instant at) {
    var patch =
        Serialization.asJson(
            Map.of(
                "metadata",
                Map.of("resourceVersion", rollout.resourceVersion()),
                "spec",
                Map.of("restartAt", at.toString())));
    return Calls.call(
        what(namespace, rollout.name()),
        () ->
            read(
                Patches.send(
                    client,
                    path(namespace, rollout.name()),
                    Patches.Kind.MERGE,
                    patch,
                    GenericKubernetesResource.class)));
  }

  private static String path(String namespace, String name) {
    return "/apis/"
        + ArgoRollout.API_VERSION
        + "/namespaces/"
        + namespace
        + "/rollouts/"
        + name
        + AS_REKEY;
  }

  private Resource<GenericKubernetesResource> named(String namespace, String name) {
    return client.genericKubernetesResources(KIND).inNamespace(namespace).withName(name);
  }

  private static String what(String namespace, String name) {
    return ArgoRollout.KIND + " " + namespace + "/" + name;
  }

  static ArgoRollout read(GenericKubernetesResource it) {
    var generation = it.getMetadata().getGeneration();
    boolean blueGreen = it.<@Nullable Object>get("spec", "strategy", "blueGreen") != null;
    int available = number(it, 0, "status", "availableReplicas");
    return new ArgoRollout(
        it.getMetadata(),
        Optional.ofNullable(it.<@Nullable Object>get("spec", "template"))
            // beside a reference it is nobody's
            .filter(any -> it.<@Nullable Object>get("spec", "workloadRef") == null)
            .map(template ->
                Serialization.unmarshal(Serialization.asJson(template), PodTemplateSpec.class)),
        text(it, "spec", "workloadRef", "kind")
            .filter("Deployment"::equals)
            .flatMap(any -> text(it, "spec", "workloadRef", "name")),
        Boolean.TRUE.equals(it.<@Nullable Object>get("spec", "paused")),
        time(it, "spec", "restartAt"),
        time(it, "status", "restartedAt"),
        generation != null && observed(it) >= generation,
        number(it, 1, "spec", "replicas"),
        // a preview, and what is scaled down with a delay, are there and never called available
        blueGreen ? available : number(it, 0, "status", "replicas"),
        available);
  }

  /** A number in a text. Very old controllers write a hash there: they have seen nothing then. */
  private static long observed(GenericKubernetesResource it) {
    try {
      return text(it, "status", "observedGeneration").map(Long::parseLong).orElse(0L);
    } catch (NumberFormatException aHash) {
      return 0;
    }
  }

  private static Optional<Instant> time(GenericKubernetesResource it, Object... path) {
    try {
      return text(it, path).map(OffsetDateTime::parse).map(OffsetDateTime::toInstant);
    } catch (DateTimeParseException noTime) {
      return Optional.empty();
    }
  }

  private static Optional<String> text(GenericKubernetesResource it, Object... path) {
    return it.<@Nullable Object>get(path) instanceof String text
        ? Optional.of(text)
        : Optional.empty();
  }

  private static int number(GenericKubernetesResource it, int otherwise, Object... path) {
    return it.<@Nullable Object>get(path) instanceof Number number ? number.intValue() : otherwise;
  }
}
