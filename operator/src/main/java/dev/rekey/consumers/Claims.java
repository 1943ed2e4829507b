package dev.rekey.consumers;

import dev.rekey.cluster.Volumes;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.SecretReference;
import io.fabric8.kubernetes.api.model.Volume;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The PersistentVolumeClaims of a namespace whose PersistentVolume refers to a Secret. A pod does
 * not show that; volumes are of the whole cluster, and are listed only where a pod mounts a claim.
 */
final class Claims {
  /** So many are kept by name; of more, each claim counts. */
  static final int KEPT = 200;

  /** Stands for every claim. */
  static final String ANY = "*";

  private final Volumes volumes;
  private final String namespace;
  private final String secret;
  private Optional<List<String>> names;

  /**
   * The claims of a namespace that concern a Secret.
   *
   * @param known where they were looked for before, what was found; empty: they are looked for now
   */
  Claims(Volumes volumes, String namespace, String secret, Optional<List<String>> known) {
    this.volumes = volumes;
    this.namespace = namespace;
    this.secret = secret;
    this.names = known;
  }

  /** A claim that the pod mounts and whose volume refers to the Secret. */
  Optional<String> mountedBy(Pod pod) {
    return Optional.ofNullable(pod.getSpec()).stream()
        .flatMap(it -> it.getVolumes().stream())
        .flatMap(it -> claim(pod, it).stream())
        .filter(it -> names().contains(it) || names().contains(ANY))
        .findFirst();
  }

  /** What was found, or had been found; nothing where nobody had to look. */
  List<String> found() {
    return names.orElseGet(List::of);
  }

  private List<String> names() {
    if (names.isEmpty()) {
      names = Optional.of(look());
    }
    return names.get();
  }

  private List<String> look() {
    var all =
        volumes.volumes().stream()
            .flatMap(List::stream)
            .filter(this::concerns)
            .map(it -> it.getSpec().getClaimRef().getName())
            .sorted()
            .toList();
    return all.size() > KEPT ? List.of(ANY) : all;
  }

  private static Optional<String> claim(Pod pod, Volume volume) {
    return volume.getPersistentVolumeClaim() != null
        ? Optional.ofNullable(volume.getPersistentVolumeClaim().getClaimName())
        : volume.getEphemeral() == null
            ? Optional.empty()
            // that is how Kubernetes calls it
            : Optional.of(pod.getMetadata().getName() + "-" + volume.getName());
  }

  private boolean concerns(PersistentVolume volume) {
    var spec = volume.getSpec();
    return spec != null
        && spec.getClaimRef() != null
        && spec.getClaimRef().getName() != null
        && namespace.equals(spec.getClaimRef().getNamespace())
        && references(volume).anyMatch(it -> secret.equals(it.name) && isOurs(it.namespace));
  }

  /** Without a namespace, it is that of the claim. */
  private boolean isOurs(@Nullable String of) {
    return of == null || of.isEmpty() || namespace.equals(of);
  }

  private record Reference(@Nullable String namespace, @Nullable String name) {}

  private static Stream<Reference> references(PersistentVolume volume) {
    var spec = volume.getSpec();
    var all = new ArrayList<@Nullable SecretReference>();
    if (spec.getCsi() != null) {
      all.add(spec.getCsi().getNodePublishSecretRef());
      all.add(spec.getCsi().getNodeStageSecretRef());
      all.add(spec.getCsi().getNodeExpandSecretRef());
      all.add(spec.getCsi().getControllerPublishSecretRef());
      all.add(spec.getCsi().getControllerExpandSecretRef());
    }
    if (spec.getCephfs() != null) {
      all.add(spec.getCephfs().getSecretRef());
    }
    if (spec.getCinder() != null) {
      all.add(spec.getCinder().getSecretRef());
    }
    if (spec.getFlexVolume() != null) {
      all.add(spec.getFlexVolume().getSecretRef());
    }
    if (spec.getIscsi() != null) {
      all.add(spec.getIscsi().getSecretRef());
    }
    if (spec.getRbd() != null) {
      all.add(spec.getRbd().getSecretRef());
    }
    if (spec.getScaleIO() != null) {
      all.add(spec.getScaleIO().getSecretRef());
    }
    var named =
        all.stream()
            .flatMap(it ->
                it == null
                    ? Stream.<Reference>empty()
                    : Stream.of(new Reference(it.getNamespace(), it.getName())));
    return Stream.concat(named, others(volume));
  }

  private static Stream<Reference> others(PersistentVolume volume) {
    var all = new ArrayList<Reference>();
    var azure = volume.getSpec().getAzureFile();
    if (azure != null) {
      all.add(new Reference(azure.getSecretNamespace(), azure.getSecretName()));
    }
    var storageOs = volume.getSpec().getStorageos();
    if (storageOs != null && storageOs.getSecretRef() != null) {
      ObjectReference it = storageOs.getSecretRef();
      all.add(new Reference(it.getNamespace(), it.getName()));
    }
    return all.stream();
  }
}
