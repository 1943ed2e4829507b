package dev.rekey.testkube;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.HttpURLConnection;
import java.util.Comparator;
import java.util.stream.Collectors;

/** What a failed test leaves behind, for its log. */
final class Postmortem {
  private static final ResourceDefinitionContext ROTATIONS =
      new ResourceDefinitionContext.Builder()
          .withGroup("rekey.dev")
          .withVersion("v1alpha1")
          .withKind("ApiKeyRotation")
          .withPlural("apikeyrotations")
          .withNamespaced(true)
          .build();

  private Postmortem() {}

  static String of(TestNamespace namespace) {
    var title = "---- namespace " + namespace.name() + " when its test failed";
    try {
      return String.join("\n", title, rotations(namespace), events(namespace), "----");
    } catch (KubernetesClientException e) {
      return title + ": can't be read: " + e.getMessage(); // must not hide the test's own failure
    }
  }

  private static String rotations(TestNamespace namespace) {
    try {
      return namespace.client().genericKubernetesResources(ROTATIONS).list().getItems().stream()
          .map(Postmortem::status)
          .collect(Collectors.joining("\n"));
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
        return "no such kind: ApiKeyRotation";
      }
      throw e;
    }
  }

  private static String status(GenericKubernetesResource rotation) {
    return "ApiKeyRotation %s, status:%n%s"
        .formatted(
            rotation.getMetadata().getName(),
            Serialization.asYaml(rotation.getAdditionalProperties().get("status"))
                .replaceFirst("^---\n", "")
                .strip()
                .indent(2)
                .stripTrailing());
  }

  private static String events(TestNamespace namespace) {
    return namespace.client().events().v1().events().list().getItems().stream()
        .sorted(Comparator.comparing(e -> e.getMetadata().getCreationTimestamp()))
        .map(Postmortem::event)
        .collect(Collectors.joining("\n"));
  }

  private static String event(Event event) {
    var about = event.getRegarding();
    return "%s %-7s %s %s/%s: %s"
        .formatted(
            event.getMetadata().getCreationTimestamp(),
            event.getType(),
            event.getReason(),
            about == null ? "" : about.getKind(),
            about == null ? "" : about.getName(),
            event.getNote());
  }
}
