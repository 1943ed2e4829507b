package dev.rekey.consumers;

import dev.rekey.cluster.Volumes;
import dev.rekey.rotation.Reading;
import dev.rekey.rotation.Restarts;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.SecretReference;
import io.fabric8.kubernetes.api.model.Volume;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The PersistentVolumeClaims of a namespace, and the Secrets that their PersistentVolumes refer to.
 * A pod does not show these; volumes are of the whole cluster, and are listed only where a pod
 * mounts a claim that nobody has looked at for it. While a pod with a node is there Kubernetes
 * neither replaces its claim nor lets the volume be mounted with another Secret, so for each pod
 * once is enough.
 */
final class Claims {
  /** What changes nothing is done more rarely each time, down to once in so many times as long. */
  private static final int RAREST = 32;

  private final Volumes volumes;
  private final String namespace;
  private Volumed volumed = new Volumed(Map.of(), Set.of());
  private Instant listedAt = Instant.MIN;

  /** How many lists in a row, of those that no new claim had asked for, have shown nothing new. */
  private int quiet;

  /** The UIDs of the pods that were there before the last list. */
  private Set<String> asked = Set.of();

  /** Those of them whose claims cannot change any more. */
  private Set<String> settled = Set.of();

  Claims(Volumes volumes, String namespace) {
    this.volumes = volumes;
    this.namespace = namespace;
  }

  /**
   * The claims that have a volume.
   *
   * @param secrets the Secrets of this namespace that their volumes refer to, by their names
   * @param bound those that cannot get another one
   */
  private record Volumed(Map<String, Set<String>> secrets, Set<String> bound) {}

  /** The claims that have a volume, and the Secrets of this namespace that it refers to. */
  record Bound(Map<String, Set<String>> secrets) {
    /** A claim that the pod mounts and whose volume refers to the Secret. */
    Optional<String> mountedBy(Pod pod, String secret) {
      return names(pod)
          .filter(it -> secrets.getOrDefault(it, Set.of()).contains(secret))
          .findFirst();
    }
  }

  /** Whether the volumes of a pod that reads the Secret so do not matter: it counts in any case. */
  static boolean doNotMatter(Optional<Reading> reading, Restarts restarts) {
    return reading.equals(Optional.of(Reading.TAKEN))
        // files may be renewed, and what a volume took never is
        || (reading.equals(Optional.of(Reading.MOUNTED))
            && restarts.strategy() != Restarts.Strategy.NONE);
  }

  /**
   * Those of pods that were listed before: nothing that was found earlier is believed of new ones.
   *
   * @param matters whose claims are asked about
   */
  Bound of(List<Pod> pods, Predicate<Pod> matters, Instant now) {
    return bound(pods, matters.and(it -> !settled.contains(uid(it))), now);
  }

  /**
   * The same, as far as it is known.
   *
   * @param look so long a new pod with a new claim may have to wait; another one eight times as
   *     long, and longer where nothing new is found
   */
  Bound known(List<Pod> pods, Predicate<Pod> matters, Instant now, Duration look) {
    var later = look.multipliedBy(8L * Math.min(1L << Math.min(quiet, RAREST), RAREST));
    return bound(
        pods,
        matters.and(it ->
            (isNew(it) && isOlderThan(look, now))
                || (!settled.contains(uid(it)) && isOlderThan(later, now))),
        now);
  }

  private boolean isNew(Pod pod) {
    return !asked.contains(uid(pod)) && !names(pod).allMatch(volumed.secrets()::containsKey);
  }

  private Bound bound(List<Pod> pods, Predicate<Pod> asks, Instant now) {
    var mounting = pods.stream().filter(it -> names(it).findAny().isPresent()).toList();
    if (mounting.stream().anyMatch(asks)) {
      var found = look();
      boolean nothingNew = found.equals(volumed) && mounting.stream().noneMatch(this::isNew);
      quiet = nothingNew ? quiet + 1 : 0;
      volumed = found;
      listedAt = now;
      asked = uids(mounting.stream());
      settled = uids(mounting.stream().filter(this::isSettled));
    }
    return new Bound(volumed.secrets());
  }

  private boolean isOlderThan(Duration age, Instant now) {
    return listedAt.equals(Instant.MIN) || !now.isBefore(listedAt.plus(age));
  }

  /** A claim is protected from the time on that a pod which mounts it has a node. */
  private boolean isSettled(Pod pod) {
    return pod.getSpec().getNodeName() != null && names(pod).allMatch(volumed.bound()::contains);
  }

  private static Set<String> uids(Stream<Pod> pods) {
    return pods.map(Claims::uid).collect(Collectors.toSet());
  }

  private static String uid(Pod pod) {
    return pod.getMetadata().getUid();
  }

  private Volumed look() {
    var listed = volumes.volumes();
    if (listed.isEmpty()) {
      // who may not look any more has not forgotten what was found
      return volumed;
    }
    var here = listed.get().stream().filter(this::isClaimedHere).toList();
    return new Volumed(
        here.stream()
            .collect(
                Collectors.toMap(
                    Claims::nameOf,
                    this::secretsOf,
                    // one that is released is still there under its old name
                    (one, other) ->
                        Stream.of(one, other).flatMap(Set::stream).collect(Collectors.toSet()))),
        here.stream().filter(Claims::isBound).map(Claims::nameOf).collect(Collectors.toSet()));
  }

  private static String nameOf(PersistentVolume volume) {
    return volume.getSpec().getClaimRef().getName();
  }

  /** One that is released, or kept for a claim, may not be the one that the claim gets. */
  private static boolean isBound(PersistentVolume volume) {
    return volume.getStatus() != null && "Bound".equals(volume.getStatus().getPhase());
  }

  private static Stream<String> names(Pod pod) {
    return Optional.ofNullable(pod.getSpec()).stream()
        .flatMap(it -> it.getVolumes().stream())
        .flatMap(it -> claim(pod, it).stream());
  }

  private static Optional<String> claim(Pod pod, Volume volume) {
    return volume.getPersistentVolumeClaim() != null
        ? Optional.ofNullable(volume.getPersistentVolumeClaim().getClaimName())
        : volume.getEphemeral() == null
            ? Optional.empty()
            // that is how Kubernetes calls it
            : Optional.of(pod.getMetadata().getName() + "-" + volume.getName());
  }

  private boolean isClaimedHere(PersistentVolume volume) {
    var claim = volume.getSpec() == null ? null : volume.getSpec().getClaimRef();
    return claim != null && claim.getName() != null && namespace.equals(claim.getNamespace());
  }

  private Set<String> secretsOf(PersistentVolume volume) {
    return references(volume)
        .filter(it -> isOurs(it.namespace))
        .flatMap(it -> Stream.ofNullable(it.name))
        .collect(Collectors.toSet());
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
