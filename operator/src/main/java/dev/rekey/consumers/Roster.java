package dev.rekey.consumers;

import dev.rekey.cluster.Rollouts;
import dev.rekey.cluster.Volumes;
import dev.rekey.cluster.Workloads;
import dev.rekey.rotation.Consumers;
import dev.rekey.rotation.Mask;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.Reading;
import dev.rekey.rotation.Restarts;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds, in one namespace, who reads a Secret. */
public final class Roster {
  private static final Optional<String> NO_CLAIM = Optional.empty();

  private final Workloads workloads;
  private final Rollouts argo;
  private final Volumes volumes;

  /**
   * Over {@code workloads}, over {@code argo} where pods belong to such, and over {@code volumes}
   * where pods mount any.
   */
  public Roster(Workloads workloads, Rollouts argo, Volumes volumes) {
    this.volumes = volumes;
    this.workloads = workloads;
    this.argo = argo;
  }

  /**
   * The workloads whose templates read {@code secret}, and every pod that does.
   *
   * @param restarts how pods come to a new key, on which depends what has to be known of them
   * @param mask what is kept out of what pods say of themselves
   * @param known the PersistentVolumeClaims whose volume refers to the Secret; empty: they are
   *     looked for
   */
  public Consumers.Seen of(
      String namespace,
      String secret,
      Restarts restarts,
      Mask mask,
      Optional<List<String>> known,
      Instant now) {
    var claims = new Claims(volumes, namespace, secret, known);
    var nodes = new Nodes(workloads, restarts, now);
    var annotation = Names.stamp(secret);
    // Pods last: a pod that comes up while workloads are listed is seen all the same.
    var templates = templates(namespace).toList();
    var sets = workloads.replicaSets(namespace);
    var rollouts = new ArgoRollouts(argo, namespace, templates, now);
    var owners = Owners.of(templates, sets, rollouts, secret);
    var pods = new ArrayList<Consumers.Pod>();
    for (var pod : workloads.pods(namespace)) {
      var reading = SecretReaders.reading(pod.getSpec(), secret);
      var claim = reading.equals(Optional.of(Reading.TAKEN)) ? NO_CLAIM : claims.mountedBy(pod);
      if (reading.isEmpty() && claim.isEmpty()) {
        continue;
      }
      // a volume takes the key when it is mounted, whatever else the pod does with it
      var lasting = claim.isPresent() ? Reading.TAKEN : reading.orElseThrow();
      boolean byVolume = claim.isPresent() && !reading.equals(Optional.of(Reading.MOUNTED));
      var owner = byVolume ? Owners.Owner.ofVolume(claim.orElseThrow()) : owners.of(pod);
      pods.add(pod(pod, annotation, lasting, owner, nodes.of(pod, lasting), mask));
    }
    return new Consumers.Seen(
        Stream.concat(templates.stream(), rollouts.found())
            .filter(it -> !rollouts.borrow(it))
            .flatMap(it ->
                it
                    .reading(secret)
                    .map(reading -> it.workload(reading, annotation, secret))
                    .stream())
            .toList(),
        pods,
        claims.found());
  }

  private Stream<Template> templates(String namespace) {
    return Stream.of(
            workloads.deployments(namespace).stream().map(Template::of),
            workloads.statefulSets(namespace).stream().map(Template::of),
            workloads.daemonSets(namespace).stream().map(Template::of),
            workloads.cronJobs(namespace).stream().map(Template::of))
        .flatMap(it -> it);
  }

  private static Consumers.Pod pod(
      Pod pod,
      String annotation,
      Reading reading,
      Owners.Owner owner,
      Nodes.Standing node,
      Mask mask) {
    var meta = pod.getMetadata();
    return new Consumers.Pod(
        meta.getName(),
        meta.getUid(),
        // A pod without a creation time is no older and no younger than anything: never moved by
        // it.
        meta.getCreationTimestamp() == null
            ? Instant.EPOCH
            : Instant.parse(meta.getCreationTimestamp()),
        Stamps.on(meta, annotation),
        owner.workload(),
        reading,
        node.hindrance().or(owner::hindrance),
        node.outOfService() || isOver(pod.getStatus()),
        meta.getDeletionTimestamp() != null,
        node.readySince(),
        PodReadiness.of(pod.getStatus(), mask),
        owner.ordered(),
        owner.toldByAge());
  }

  /** Ended for good: the phase alone is not enough, it runs ahead of the containers. */
  private static boolean isOver(@Nullable PodStatus status) {
    return status != null
        && ("Succeeded".equals(status.getPhase()) || "Failed".equals(status.getPhase()))
        && status.getContainerStatuses().stream()
            .allMatch(it -> it.getState() != null && it.getState().getTerminated() != null)
        // these may never have had their turn
        && Stream.of(status.getInitContainerStatuses(), status.getEphemeralContainerStatuses())
            .flatMap(List::stream)
            .allMatch(it -> it.getState() == null || it.getState().getRunning() == null);
  }
}
