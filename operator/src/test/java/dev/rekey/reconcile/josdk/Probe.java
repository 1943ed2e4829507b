package dev.rekey.reconcile.josdk;

import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A resource of these tests' own, so that they ask the SDK and no rule of ours. */
@Group("josdk.rekey.dev")
@Version("v1")
@SuppressWarnings("NullAway.Init") // filled in by the client
public final class Probe extends CustomResource<Probe.Spec, Probe.@Nullable Status>
    implements Namespaced {
  static final String FINALIZER = "josdk.rekey.dev/kept";

  private static final CustomResourceDefinition CRD =
      new CustomResourceDefinitionBuilder()
          .withNewMetadata()
          .withName("probes.josdk.rekey.dev")
          .endMetadata()
          .withNewSpec()
          .withGroup("josdk.rekey.dev")
          .withScope("Namespaced")
          .withNewNames()
          .withKind("Probe")
          .withPlural("probes")
          .endNames()
          .addNewVersion()
          .withName("v1")
          .withServed(true)
          .withStorage(true)
          .withNewSubresources()
          .withNewStatus()
          .endStatus()
          .endSubresources()
          .withNewSchema()
          .withNewOpenAPIV3Schema()
          .withType("object")
          .withXKubernetesPreserveUnknownFields(true)
          .endOpenAPIV3Schema()
          .endSchema()
          .endVersion()
          .endSpec()
          .build();

  /**
   * What a pass is told.
   *
   * @param wish what the tests change, for a pass to notice
   * @param stepMillis how long the step of a pass takes
   * @param stubborn whether the step ignores that it is interrupted
   * @param againMillis when the pass asks to be run again
   */
  public record Spec(int wish, long stepMillis, boolean stubborn, long againMillis) {
    private static final long HOURS = Duration.ofHours(5).toMillis();

    static Spec wishing(int wish) {
      return new Spec(wish, 0, false, HOURS);
    }

    /** One long step. */
    static Spec taking(Duration step) {
      return new Spec(0, step.toMillis(), false, HOURS);
    }

    /** A step that would take hours and does not end when it is interrupted. */
    static Spec stuck() {
      return new Spec(0, HOURS, true, HOURS);
    }

    /** Pass after pass. */
    static Spec busy() {
      return new Spec(0, 0, false, 20);
    }
  }

  /**
   * What a pass writes.
   *
   * @param seen the wish
   */
  public record Status(int seen) {}

  static Probe of(String namespace, String name, Spec spec, String... finalizers) {
    var probe = new Probe();
    probe.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(namespace)
            .withName(name)
            .withFinalizers(finalizers)
            .build());
    probe.setSpec(spec);
    return probe;
  }

  /** Makes the kind known to the API server, unless another test did. */
  static void define(KubernetesClient admin) {
    admin.resource(CRD).unlock().createOr(existing -> existing.patch());
    admin.resource(CRD).waitUntilCondition(Probe::isEstablished, 20, TimeUnit.SECONDS);
  }

  private static boolean isEstablished(@Nullable CustomResourceDefinition crd) {
    return crd != null
        && crd.getStatus() != null
        && crd.getStatus().getConditions().stream()
            .anyMatch(c -> c.getType().equals("Established") && c.getStatus().equals("True"));
  }
}
