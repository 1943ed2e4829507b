package dev.rekey.consumers;

import dev.rekey.rotation.Reading;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EphemeralContainer;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether and how a pod refers to a Secret of its namespace, in any way in which its kubelet would
 * read it.
 */
final class SecretReaders {
  private SecretReaders() {}

  /** The most lasting way in which {@code spec} refers to {@code secret}; empty: in none. */
  static Optional<Reading> reading(@Nullable PodSpec spec, String secret) {
    if (spec == null) {
      return Optional.empty();
    }
    var containers = containers(spec);
    if (containers.stream().anyMatch(it -> it.takes(secret))
        || spec.getVolumes().stream()
            .anyMatch(it -> pluginReferences(it).anyMatch(name -> names(name, secret)))) {
      return Optional.of(Reading.TAKEN);
    }
    var mounted = spec.getVolumes().stream().filter(it -> mounts(it, secret)).toList();
    if (mounted.stream().anyMatch(it -> isMountedByPart(it, containers))) {
      return Optional.of(Reading.TAKEN);
    }
    if (!mounted.isEmpty()) {
      return Optional.of(Reading.MOUNTED);
    }
    return spec.getImagePullSecrets().stream().anyMatch(it -> names(it, secret))
        ? Optional.of(Reading.PULLED)
        : Optional.empty();
  }

  /** The Secrets whose values containers of {@code spec} get to see, by their names. */
  static SortedSet<String> held(@Nullable PodSpec spec) {
    var held = new TreeSet<String>();
    if (spec != null) {
      candidates(spec)
          .filter(it -> reading(spec, it).filter(how -> how != Reading.PULLED).isPresent())
          .forEach(held::add);
    }
    return held;
  }

  private static Stream<String> candidates(PodSpec spec) {
    return Stream.of(
            containers(spec).stream().flatMap(Reader::secrets),
            spec.getVolumes().stream().flatMap(SecretReaders::mounted),
            spec.getVolumes().stream()
                .flatMap(SecretReaders::pluginReferences)
                .flatMap(it -> it == null ? Stream.empty() : Stream.ofNullable(it.getName())))
        .flatMap(it -> it);
  }

  private static Stream<String> mounted(Volume volume) {
    return Stream.concat(
        Stream.ofNullable(volume.getSecret()).flatMap(it -> Stream.ofNullable(it.getSecretName())),
        Stream.ofNullable(volume.getProjected())
            .flatMap(it -> it.getSources().stream())
            .flatMap(it -> Stream.ofNullable(it.getSecret()))
            .flatMap(it -> Stream.ofNullable(it.getName())));
  }

  /** What a container of any kind takes into its environment and its file system. */
  private record Reader(List<EnvVar> env, List<EnvFromSource> from, List<VolumeMount> mounts) {
    Stream<String> secrets() {
      return Stream.concat(
          env.stream()
              .flatMap(it -> Stream.ofNullable(it.getValueFrom()))
              .flatMap(it -> Stream.ofNullable(it.getSecretKeyRef()))
              .flatMap(it -> Stream.ofNullable(it.getName())),
          from.stream()
              .flatMap(it -> Stream.ofNullable(it.getSecretRef()))
              .flatMap(it -> Stream.ofNullable(it.getName())));
    }

    boolean takes(String secret) {
      return env.stream()
              .anyMatch(it ->
                  it.getValueFrom() != null
                      && it.getValueFrom().getSecretKeyRef() != null
                      && secret.equals(it.getValueFrom().getSecretKeyRef().getName()))
          || from.stream()
              .anyMatch(
                  it -> it.getSecretRef() != null && secret.equals(it.getSecretRef().getName()));
    }
  }

  private static List<Reader> containers(PodSpec spec) {
    var all = new ArrayList<Reader>();
    for (Container it : spec.getContainers()) {
      all.add(new Reader(it.getEnv(), it.getEnvFrom(), it.getVolumeMounts()));
    }
    for (Container it : spec.getInitContainers()) {
      all.add(new Reader(it.getEnv(), it.getEnvFrom(), it.getVolumeMounts()));
    }
    for (EphemeralContainer it : spec.getEphemeralContainers()) {
      all.add(new Reader(it.getEnv(), it.getEnvFrom(), it.getVolumeMounts()));
    }
    return all;
  }

  private static boolean mounts(Volume volume, String secret) {
    return (volume.getSecret() != null && secret.equals(volume.getSecret().getSecretName()))
        || (volume.getProjected() != null
            && volume.getProjected().getSources().stream()
                .anyMatch(it -> it.getSecret() != null && secret.equals(it.getSecret().getName())));
  }

  /** A mount of a part, by subPath, is bound when its container starts and never renewed. */
  private static boolean isMountedByPart(Volume volume, List<Reader> containers) {
    return containers.stream()
        .flatMap(it -> it.mounts().stream())
        .filter(it -> volume.getName() != null && volume.getName().equals(it.getName()))
        .anyMatch(it -> isSaid(it.getSubPath()) || isSaid(it.getSubPathExpr()));
  }

  private static boolean isSaid(@Nullable String text) {
    return text != null && !text.isEmpty();
  }

  /** The volume plugins that take a credential from a Secret of the pod's namespace. */
  private static Stream<@Nullable LocalObjectReference> pluginReferences(Volume volume) {
    var all = new ArrayList<@Nullable LocalObjectReference>();
    if (volume.getCsi() != null) {
      all.add(volume.getCsi().getNodePublishSecretRef());
    }
    if (volume.getCephfs() != null) {
      all.add(volume.getCephfs().getSecretRef());
    }
    if (volume.getRbd() != null) {
      all.add(volume.getRbd().getSecretRef());
    }
    if (volume.getIscsi() != null) {
      all.add(volume.getIscsi().getSecretRef());
    }
    if (volume.getFlexVolume() != null) {
      all.add(volume.getFlexVolume().getSecretRef());
    }
    if (volume.getCinder() != null) {
      all.add(volume.getCinder().getSecretRef());
    }
    if (volume.getScaleIO() != null) {
      all.add(volume.getScaleIO().getSecretRef());
    }
    if (volume.getStorageos() != null) {
      all.add(volume.getStorageos().getSecretRef());
    }
    if (volume.getAzureFile() != null) {
      all.add(new LocalObjectReference(volume.getAzureFile().getSecretName()));
    }
    return all.stream();
  }

  private static boolean names(@Nullable LocalObjectReference reference, String secret) {
    return reference != null && secret.equals(reference.getName());
  }
}
