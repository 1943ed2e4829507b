package dev.rekey.demo;

import dev.rekey.api.v1alpha1.ApiKeyRotation;
import dev.rekey.api.v1alpha1.KeyIssuer;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Applies the project's YAML files as {@code kubectl apply} would, but for placeholders that only
 * the demo knows the values of.
 */
final class Manifests {

  private static final Pattern KIND = Pattern.compile("(?m)^kind: (\\w+)");
  private static final Map<String, Class<? extends HasMetadata>> KINDS =
      Map.of(
          "CustomResourceDefinition", CustomResourceDefinition.class,
          "Namespace", Namespace.class,
          "Secret", Secret.class,
          "Deployment", Deployment.class,
          "KeyIssuer", KeyIssuer.class,
          "ApiKeyRotation", ApiKeyRotation.class);

  private final KubernetesClient client;
  private final Path root;
  private final Map<String, String> placeholders;

  /**
   * Files below {@code root}.
   *
   * @param placeholders what is replaced in them, and by what
   */
  Manifests(KubernetesClient client, Path root, Map<String, String> placeholders) {
    this.client = client;
    this.root = root;
    this.placeholders = Map.copyOf(placeholders);
  }

  /** Applies every YAML file of this folder. */
  void applyFolder(String folder) {
    try (Stream<Path> files = Files.list(root.resolve(folder))) {
      files
          .filter(file -> file.toString().endsWith(".yaml"))
          .sorted()
          .map(root::relativize)
          .forEach(file -> apply(file.toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Applies one file. */
  void apply(String file) {
    for (HasMetadata object : read(file)) {
      client.resource(object).create();
    }
  }

  /** The objects of a file, with the placeholders replaced. */
  List<HasMetadata> read(String file) {
    try {
      String text = Files.readString(root.resolve(file));
      for (Map.Entry<String, String> each : placeholders.entrySet()) {
        text = text.replace(each.getKey(), each.getValue());
      }
      return Stream.of(text.split("(?m)^---$"))
          .filter(yaml -> KIND.matcher(yaml).find())
          .<HasMetadata>map(Manifests::parse)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static HasMetadata parse(String yaml) {
    Matcher kind = KIND.matcher(yaml);
    Class<? extends HasMetadata> type = kind.find() ? KINDS.get(kind.group(1)) : null;
    if (type == null) {
      throw new IllegalArgumentException("the demo does not know what to do with: " + yaml);
    }
    return Serialization.unmarshal(yaml, type);
  }
}
