package dev.rekey.node;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretKeySelector;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Reads what a pod's containers are started with: Secrets as variables and as files, each read live
 * and once per start, as a kubelet does when it has nothing in its cache. ConfigMaps and the
 * downward API are left out: no key is ever in them.
 */
final class InputResolver {

  private final KubernetesClient client;
  private final Consumer<SecretRead> reads;
  private final Pod pod;
  private final Map<String, Optional<Secret>> seen = new HashMap<>();

  InputResolver(KubernetesClient client, Consumer<SecretRead> reads, Pod pod) {
    this.client = client;
    this.reads = reads;
    this.pod = pod;
  }

  ContainerInputs resolve() throws MissingInputException {
    Map<String, Map<String, String>> volumes = new HashMap<>();
    for (Volume volume : pod.getSpec().getVolumes()) {
      volumes.put(volume.getName(), volume(volume));
    }
    Map<String, String> environment = new HashMap<>();
    Map<String, String> files = new HashMap<>();
    for (Container container : containers()) {
      for (EnvFromSource source : container.getEnvFrom()) {
        addAll(source, environment);
      }
      for (EnvVar variable : container.getEnv()) {
        value(variable).ifPresent(value -> environment.put(variable.getName(), value));
      }
      for (VolumeMount mount : container.getVolumeMounts()) {
        mount(mount, volumes.getOrDefault(mount.getName(), Map.of()), files);
      }
    }
    return new ContainerInputs(environment, files);
  }

  /**
   * The files that a kubelet renews under a running pod: not those that are mounted by subPath.
   * What is not there just now is left as it was.
   */
  Map<String, String> renewableFiles() throws MissingInputException {
    Map<String, String> files = new HashMap<>();
    for (Volume volume : pod.getSpec().getVolumes()) {
      Map<String, String> contents = volume(volume);
      for (Container container : containers()) {
        for (VolumeMount mount : container.getVolumeMounts()) {
          if (mount.getName().equals(volume.getName()) && !hasSubPath(mount)) {
            mount(mount, contents, files);
          }
        }
      }
    }
    return files;
  }

  private List<Container> containers() {
    return Stream.concat(
            pod.getSpec().getInitContainers().stream(), pod.getSpec().getContainers().stream())
        .toList();
  }

  private void addAll(EnvFromSource source, Map<String, String> environment)
      throws MissingInputException {
    if (source.getSecretRef() == null) {
      return;
    }
    boolean optional = Boolean.TRUE.equals(source.getSecretRef().getOptional());
    String prefix = source.getPrefix() == null ? "" : source.getPrefix();
    data(source.getSecretRef().getName(), optional, "CreateContainerConfigError")
        .forEach((key, value) -> environment.put(prefix + key, value));
  }

  private Optional<String> value(EnvVar variable) throws MissingInputException {
    if (variable.getValueFrom() == null) {
      return Optional.ofNullable(variable.getValue());
    }
    SecretKeySelector selector = variable.getValueFrom().getSecretKeyRef();
    if (selector == null) {
      return Optional.empty();
    }
    boolean optional = Boolean.TRUE.equals(selector.getOptional());
    String value =
        data(selector.getName(), optional, "CreateContainerConfigError").get(selector.getKey());
    if (value == null && !optional) {
      throw new MissingInputException(
          "CreateContainerConfigError",
          "couldn't find key "
              + selector.getKey()
              + " in Secret "
              + pod.getMetadata().getNamespace()
              + "/"
              + selector.getName());
    }
    return Optional.ofNullable(value);
  }

  private Map<String, String> volume(Volume volume) throws MissingInputException {
    Map<String, String> files = new HashMap<>();
    if (volume.getSecret() != null) {
      boolean optional = Boolean.TRUE.equals(volume.getSecret().getOptional());
      Map<String, String> data =
          data(volume.getSecret().getSecretName(), optional, "ContainerCreating");
      files.putAll(project(data, volume.getSecret().getItems()));
    }
    if (volume.getProjected() != null) {
      for (VolumeProjection source : volume.getProjected().getSources()) {
        if (source.getSecret() != null) {
          boolean optional = Boolean.TRUE.equals(source.getSecret().getOptional());
          Map<String, String> data =
              data(source.getSecret().getName(), optional, "ContainerCreating");
          files.putAll(project(data, source.getSecret().getItems()));
        }
      }
    }
    return files;
  }

  private static Map<String, String> project(Map<String, String> data, List<KeyToPath> items) {
    if (items.isEmpty()) {
      return data;
    }
    Map<String, String> files = new HashMap<>();
    for (KeyToPath item : items) {
      String value = data.get(item.getKey());
      if (value != null) {
        files.put(item.getPath(), value);
      }
    }
    return files;
  }

  private static void mount(
      VolumeMount mount, Map<String, String> volume, Map<String, String> files) {
    if (!hasSubPath(mount)) {
      volume.forEach((path, content) -> files.put(mount.getMountPath() + "/" + path, content));
      return;
    }
    String content = volume.get(mount.getSubPath());
    if (content != null) {
      files.put(mount.getMountPath(), content);
    }
  }

  private static boolean hasSubPath(VolumeMount mount) {
    return mount.getSubPath() != null && !mount.getSubPath().isEmpty();
  }

  private Map<String, String> data(String name, boolean optional, String reasonIfMissing)
      throws MissingInputException {
    Optional<Secret> secret = seen.computeIfAbsent(name, this::read);
    if (secret.isEmpty() && !optional) {
      throw new MissingInputException(reasonIfMissing, "secret \"" + name + "\" not found");
    }
    Map<String, String> decoded = new HashMap<>();
    secret
        .map(Secret::getData)
        .ifPresent(data -> data.forEach((key, value) -> decoded.put(key, decode(value))));
    return decoded;
  }

  private Optional<Secret> read(String name) {
    String namespace = pod.getMetadata().getNamespace();
    Optional<Secret> secret =
        Optional.ofNullable(client.secrets().inNamespace(namespace).withName(name).get());
    reads.accept(
        new SecretRead(
            Instant.now(),
            namespace,
            pod.getMetadata().getName(),
            name,
            secret.map(s -> s.getMetadata().getResourceVersion()).orElse("-")));
    return secret;
  }

  private static String decode(String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
  }
}
