package dev.rekey.consumers;

import dev.rekey.cluster.ArgoRollout;
import dev.rekey.cluster.Rollouts;
import dev.rekey.cluster.Volumes;
import dev.rekey.cluster.Workloads;
import dev.rekey.consumers.RollingNamespace.View;
import dev.rekey.rotation.Consumers;
import dev.rekey.rotation.Mask;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.Reading;
import dev.rekey.rotation.Restarts;
import dev.rekey.rotation.WorkloadKind;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds, in one namespace, who reads a Secret. */
public final class Roster {
  private final Workloads workloads;
  private final Rollouts rollouts;
  private final Volumes volumes;
  private final RollingNamespaces rolling;

  /**
   * Over {@code workloads}, over {@code rollouts} where pods belong to such, and over {@code
   * volumes} where pods mount any.
   *
   * @param rolling what is held of the namespaces in which something rolls
   */
  public Roster(
      Workloads workloads, Rollouts rollouts, Volumes volumes, RollingNamespaces rolling) {
    this.workloads = workloads;
    this.rollouts = rollouts;
    this.volumes = volumes;
    this.rolling = rolling;
  }

  /**
   * What is asked about.
   *
   * @param namespace of the Secret
   * @param secret its name
   * @param restarts how pods come to a new key, on which depends what has to be known of them
   * @param mask what is kept out of what pods say of themselves
   * @param now what time it is
   */
  public record Question(
      String namespace, String secret, Restarts restarts, Mask mask, Instant now) {
    private Optional<Reading> reading(Pod pod) {
      return SecretReaders.reading(pod.getSpec(), secret);
    }

    private boolean mountsMatter(Pod pod) {
      return !Claims.doNotMatter(reading(pod), restarts);
    }
  }

  /** The workloads whose templates read the Secret, and every pod that does, as they are now. */
  public Consumers.Seen now(Question question) {
    return rolling
        .held(question.namespace())
        .flatMap(it -> it.proven(question.secret(), question::mountsMatter))
        .map(it -> seen(question, it))
        .orElseGet(() -> seen(question, everything(question, List.of())));
  }

  /**
   * The same, whatever is held: also those workloads that have no pods yet, which matter where
   * every key goes.
   */
  public Consumers.Seen anew(Question question) {
    return seen(question, everything(question, rollouts.all(question.namespace())));
  }

  /**
   * The same, as far as it is known: pods as a watch has them, and workloads as they were when
   * their pods last said something new. The namespace is held from now on, until it is let go.
   *
   * @param beginning whether workloads must have been listed lately
   */
  public Consumers.Seen held(Question question, boolean beginning) {
    var namespace = rolling.of(question.namespace(), question.secret());
    return seen(question, namespace.held(question.secret(), question::mountsMatter, beginning));
  }

  /** The rotation of this Secret needs its namespace no more. */
  public void letGo(String namespace, String secret) {
    rolling.letGo(namespace, secret);
  }

  /** With these Rollouts, and those that pods lead to. */
  private View everything(Question question, List<ArgoRollout> listed) {
    var namespace = question.namespace();
    // Pods last: a pod that comes up while workloads are listed is seen all the same.
    var templates =
        WorkloadKind.STAMPED.stream()
            .flatMap(it -> Template.all(workloads, it, namespace))
            .toList();
    var sets = Owners.ofSets(workloads.replicaSets(namespace));
    var pods = workloads.pods(namespace);
    var argo = new ArgoRollouts(rollouts, namespace);
    var answers = new LinkedHashMap<String, ArgoRollouts.Answer>();
    listed.forEach(
        it -> answers.put(it.meta().getUid(), ArgoRollouts.made(it, templates, question.now())));
    ArgoRollouts.among(controllers(pods, sets, question.secret()))
        .forEach(owner ->
            answers.computeIfAbsent(
                owner.getUid(), any -> argo.ask(owner, templates, question.now())));
    var all = new ArrayList<>(templates);
    var unknown = new HashMap<String, String>();
    answers.forEach((uid, answer) -> {
      switch (answer) {
        case ArgoRollouts.Answer.Found(var template) -> all.add(template);
        case ArgoRollouts.Answer.NotKnown(var why) -> unknown.put(uid, why);
      }
    });
    return new View(
        all,
        sets,
        unknown,
        pods,
        new Claims(volumes, namespace).of(pods, question::mountsMatter, question.now()));
  }

  /** Who controls the pods whose template reads the Secret. */
  private static Stream<OwnerReference> controllers(
      List<Pod> pods, Map<String, OwnerReference> ofSets, String secret) {
    return pods.stream()
        .filter(it -> SecretReaders.reading(it.getSpec(), secret).isPresent())
        .flatMap(it -> Owners.controller(it.getMetadata()).stream())
        .map(it -> ofSets.getOrDefault(it.getUid(), it));
  }

  private Consumers.Seen seen(Question question, View view) {
    var secret = question.secret();
    var nodes = new Nodes(workloads, question.restarts(), question.now());
    var annotation = Names.stamp(secret);
    var owners = Owners.of(view, secret);
    var pods = new ArrayList<Consumers.Pod>();
    for (var pod : view.pods()) {
      var reading = question.reading(pod);
      var claim =
          Claims.doNotMatter(reading, question.restarts())
              ? Optional.<String>empty()
              : view.claims().mountedBy(pod, secret);
      if (reading.isEmpty() && claim.isEmpty()) {
        continue;
      }
      // a volume takes the key when it is mounted, whatever else the pod does with it
      var lasting = claim.isPresent() ? Reading.TAKEN : reading.orElseThrow();
      boolean byVolume = claim.isPresent() && !reading.equals(Optional.of(Reading.MOUNTED));
      var owner = byVolume ? Owners.Owner.ofVolume(claim.orElseThrow()) : owners.of(pod);
      pods.add(pod(pod, annotation, lasting, owner, nodes.of(pod, lasting), question.mask()));
    }
    // in one order whatever the watch has, so that what is said of them does not change by itself
    pods.sort(Comparator.comparing(Consumers.Pod::name));
    return new Consumers.Seen(
        view.templates().stream()
            .filter(it -> !ArgoRollouts.isLent(it, view.templates()))
            .flatMap(it ->
                it
                    .reading(secret)
                    .map(reading -> it.workload(reading, annotation, secret))
                    .stream())
            .sorted(
                Comparator.comparing((Consumers.Workload it) -> it.ref().kind())
                    .thenComparing(it -> it.ref().name()))
            .toList(),
        pods);
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
        node.outOfService(),
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
