package dev.rekey.testkube;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.NamespacedKubernetesClient;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * A namespace of a test's own.
 *
 * @param client the administrator's, with this namespace as its default. It shares its connections
 *     with {@link ControlPlane#client}: don't close it.
 */
public record TestNamespace(String name, NamespacedKubernetesClient client)
    implements AutoCloseable {

  /** Creates it and waits for its default service account, without which no pod is admitted. */
  public static TestNamespace create(ControlPlane controlPlane, String hint) {
    var name =
        controlPlane
            .client()
            .resource(
                new NamespaceBuilder()
                    .withNewMetadata()
                    .withGenerateName(prefix(hint))
                    .endMetadata()
                    .build())
            .create()
            .getMetadata()
            .getName();
    var client = controlPlane.client().adapt(NamespacedKubernetesClient.class).inNamespace(name);
    client
        .serviceAccounts()
        .withName("default")
        .waitUntilCondition(Objects::nonNull, 20, TimeUnit.SECONDS);
    return new TestNamespace(name, client);
  }

  private static String prefix(String hint) {
    var label =
        hint.replaceAll("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-")
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "-");
    return "t-" + label.substring(0, Math.min(label.length(), 40)).replaceAll("^-|-$", "") + "-";
  }

  /** Deletes it without waiting: its end takes the control plane some seconds. */
  @Override
  public void close() {
    client.namespaces().withName(name).delete();
  }
}
