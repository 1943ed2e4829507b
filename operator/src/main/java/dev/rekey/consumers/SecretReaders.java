package dev.rekey.consumers;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EphemeralContainer;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Volume;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether a pod refers to a Secret of its namespace, in any way in which its kubelet would read it.
 */
final class SecretReaders {
  private SecretReaders() {}

  static boolean reads(@Nullable PodSpec spec, String secret) {
    return spec != null
        && (environments(spec).anyMatch(it -> it.reads(secret))
            || spec.getVolumes().stream().anyMatch(it -> mounts(it, secret))
            || spec.getImagePullSecrets().stream().anyMatch(it -> names(it, secret)));
  }

  /** What a container of any kind takes into its environment. */
  private record Environment(List<EnvVar> env, List<EnvFromSource> from) {
    boolean reads(String secret) {
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

  private static Stream<Environment> environments(PodSpec spec) {
    var all = new ArrayList<Environment>();
    for (Container it : spec.getContainers()) {
      all.add(new Environment(it.getEnv(), it.getEnvFrom()));
    }
    for (Container it : spec.getInitContainers()) {
      all.add(new Environment(it.getEnv(), it.getEnvFrom()));
    }
    for (EphemeralContainer it : spec.getEphemeralContainers()) {
      all.add(new Environment(it.getEnv(), it.getEnvFrom()));
    }
    return all.stream();
  }

  private static boolean mounts(Volume volume, String secret) {
    return (volume.getSecret() != null && secret.equals(volume.getSecret().getSecretName()))
        || (volume.getProjected() != null
            && volume.getProjected().getSources().stream()
                .anyMatch(it -> it.getSecret() != null && secret.equals(it.getSecret().getName())))
        || pluginReferences(volume).anyMatch(it -> names(it, secret));
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
