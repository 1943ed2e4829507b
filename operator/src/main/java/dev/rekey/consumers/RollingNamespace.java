package dev.rekey.consumers;

import dev.rekey.cluster.ArgoRollout;
import dev.rekey.cluster.PodWatches;
import dev.rekey.cluster.Rollouts;
import dev.rekey.cluster.Volumes;
import dev.rekey.cluster.Workloads;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.WorkloadKind;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One namespace in which something rolls. Its pods are watched. Its workloads are listed once, and
 * then read again by name where the pods say that a workload has moved on: so a rollout that takes
 * its time costs nothing meanwhile. Several rotations share it.
 */
final class RollingNamespace {
  /** So old a list of workloads serves as well for whoever begins. */
  private static final Duration BEGINNING = Duration.ofSeconds(10);

  /** The same for whoever rolls: from its beginning on, pods tell what matters. */
  private static final Duration ROLLING = Duration.ofDays(1);

  /** A workload whose pods say nothing new is read again all the same, so many looks later. */
  private static final int RARELY = 8;

  /** The more often nothing had changed, the more rarely; but never more rarely than this. */
  private static final int RAREST = 32;

  /** So many GETs of one kind cost more than a list of it. */
  private static final int MANY = 2;

  private final String namespace;
  private final Workloads workloads;
  private final PodWatches watches;
  private final InstantSource clock;
  private final Duration look;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Held> templates = new LinkedHashMap<>();

  private final Controllers controllers;
  private final ArgoRollouts argo;
  private final Claims claims;

  /** The Rollouts that pods are of and that cannot be restarted, by their UIDs. */
  private final Map<String, Unknown> unknown = new HashMap<>();

  /** What pods are of and no list has shown, by UID: it is not listed for again. */
  private Set<String> strangers = Set.of();

  private Instant listedAt = Instant.MIN;
  private Optional<PodsListed> podsListed = Optional.empty();

  /** The pods, where they are not watched: one list serves all rotations that look meanwhile. */
  private record PodsListed(Instant at, List<Pod> pods) {}

  /**
   * A workload.
   *
   * @param template as it was read last
   * @param readAt when that was
   * @param looks how often in a row nothing had changed
   */
  private record Held(Template template, Instant readAt, int looks) {
    String uid() {
      return template.meta().getUid();
    }

    private boolean isSameAs(Template other) {
      return template.meta().getResourceVersion().equals(other.meta().getResourceVersion());
    }

    Held then(Template now, Instant at) {
      return new Held(now, at, isSameAs(now) ? looks + 1 : 0);
    }

    Held doubted() {
      return new Held(template, Instant.MIN, 0);
    }

    private boolean isDoubted() {
      return readAt.equals(Instant.MIN);
    }

    /** So long it is not read again. */
    Duration pause(Duration look, int first) {
      return RollingNamespace.pause(look, first, looks);
    }
  }

  /**
   * A Rollout that cannot be restarted.
   *
   * @param why to go on after a pod's name
   * @param askedAt when it was asked for last
   * @param looks how often in a row that came of it
   */
  private record Unknown(String why, Instant askedAt, int looks) {}

  private static Duration pause(Duration look, int first, int looks) {
    return look.multipliedBy(Math.min((long) first << Math.min(looks, RAREST), RAREST));
  }

  /**
   * What is known of workloads, and of who controls which pod.
   *
   * @param controllers who controls which ReplicaSet, by the ReplicaSet's UID
   * @param unknownRollouts why a Rollout that pods are of is not among the templates, by its UID
   * @param pods every pod of the namespace: those that read a Secret by a volume do not show it
   * @param claims what their volumes refer to
   */
  record View(
      List<Template> templates,
      Map<String, OwnerReference> controllers,
      Map<String, String> unknownRollouts,
      List<Pod> pods,
      Claims.Bound claims) {}

  RollingNamespace(
      String namespace,
      Workloads workloads,
      Rollouts rollouts,
      Volumes volumes,
      PodWatches watches,
      InstantSource clock,
      Duration look) {
    this.namespace = namespace;
    this.workloads = workloads;
    this.watches = watches;
    this.clock = clock;
    this.look = look;
    this.controllers = new Controllers(namespace, workloads, this::known);
    this.argo = new ArgoRollouts(rollouts, namespace);
    this.claims = new Claims(volumes, namespace);
  }

  /**
   * As the watch has it, or a list of this look; workloads are read where they have to be.
   *
   * @param mounts of which pods it matters what their volumes refer to
   */
  View held(String secret, Predicate<Pod> mounts, boolean beginning) {
    return alone(() -> {
      if (isListOlderThan(beginning ? BEGINNING : ROLLING)) {
        list(WorkloadKind.STAMPED);
      }
      var all = pods();
      var pods = reading(all, secret);
      if (!strangers.containsAll(unlisted(pods)) && isListOlderThan(look)) {
        list(WorkloadKind.STAMPED);
        // of a kind that only has such a name, or gone: a list does not tell of them, ever
        strangers = unlisted(pods);
      }
      read(it -> isDue(it, pods, secret));
      templates.values().forEach(it -> doubtOwner(it, pods, secret));
      askForRollouts(pods);
      return view(List.copyOf(all), claims.known(List.copyOf(all), mounts, now(), look));
    });
  }

  /**
   * With the pods as the API server lists them now, and the workloads that make them or read the
   * Secret. Empty: nothing is held that could say which these are.
   */
  Optional<View> proven(String secret, Predicate<Pod> mounts) {
    return alone(() -> {
      if (templates.isEmpty()) {
        return Optional.empty();
      }
      var before = reading(pods(), secret);
      read(it -> it.template().reading(secret).isPresent() || !made(it, before).isEmpty());
      askForRollouts(before);
      // Pods last: a pod that comes up while workloads are read is seen all the same.
      var all = listPods();
      var pods = reading(all, secret);
      return unlisted(pods).isEmpty() && unasked(pods).isEmpty()
          ? Optional.of(view(all, claims.of(all, mounts, now())))
          : Optional.empty();
    });
  }

  void written(HasMetadata workload) {
    alone(() -> {
      var template = Template.of(workload);
      return templates.put(template.meta().getUid(), new Held(template, clock.instant(), 0));
    });
  }

  void restarted(ArgoRollout rollout) {
    alone(() ->
        answered(rollout.meta().getUid(), ArgoRollouts.made(rollout, known().toList(), now())));
  }

  void doubted(String uid) {
    alone(() -> templates.computeIfPresent(uid, (any, it) -> it.doubted()));
  }

  private List<Pod> pods() {
    var watched = watches.of(namespace);
    if (watched.isPresent()) {
      podsListed = Optional.empty();
      return watched.get().all();
    }
    // a watch that is not there must not look like one that is quiet
    return podsListed
        .filter(it -> clock.instant().isBefore(it.at().plus(look)))
        .map(PodsListed::pods)
        .orElseGet(this::listPods);
  }

  private List<Pod> listPods() {
    var now = clock.instant();
    var pods = workloads.pods(namespace);
    podsListed = Optional.of(new PodsListed(now, pods));
    return pods;
  }

  private View view(List<Pod> pods, Claims.Bound bound) {
    var whyNot = new HashMap<String, String>();
    unknown.forEach((uid, it) -> whyNot.put(uid, it.why()));
    return new View(known().toList(), controllers.ofSets(), whyNot, pods, bound);
  }

  private static List<Pod> reading(Collection<Pod> pods, String secret) {
    return pods.stream()
        .filter(it -> SecretReaders.reading(it.getSpec(), secret).isPresent())
        .toList();
  }

  private boolean isListOlderThan(Duration age) {
    return listedAt.equals(Instant.MIN) || listedAt.plus(age).isBefore(clock.instant());
  }

  // who makes the pods

  /** The workloads that pods are of and that are not held, by their UIDs. */
  private Set<String> unlisted(List<Pod> pods) {
    return pods.stream()
        .flatMap(it -> controllers.of(it).stream())
        .filter(it -> Template.isStamped(it.getKind()))
        .map(OwnerReference::getUid)
        .filter(it -> !templates.containsKey(it))
        .collect(Collectors.toSet());
  }

  /** The Rollouts that pods are of and that nobody has asked for. */
  private List<OwnerReference> unasked(List<Pod> pods) {
    return ArgoRollouts.among(pods.stream().flatMap(it -> controllers.of(it).stream())).stream()
        .filter(it -> !templates.containsKey(it.getUid()) && !unknown.containsKey(it.getUid()))
        .toList();
  }

  /** Rollouts are found from their pods up: where nobody has Argo, nobody is asked. */
  private void askForRollouts(List<Pod> pods) {
    var again =
        unknown.entrySet().stream()
            .filter(it -> isDue(it.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    // its ReplicaSets may be those of another one by now, which was made under its name
    again.forEach(controllers::forget);
    var before = Map.copyOf(unknown);
    again.forEach(unknown::remove);
    for (var owner : unasked(pods)) {
      var uid = owner.getUid();
      answered(uid, argo.ask(owner, known().toList(), now()));
      unknown.computeIfPresent(
          uid,
          (any, it) ->
              before.containsKey(uid)
                  ? new Unknown(it.why(), it.askedAt(), before.get(uid).looks() + 1)
                  : it);
    }
  }

  private boolean isDue(Unknown it) {
    return !now().isBefore(it.askedAt().plus(pause(look, 1, it.looks())));
  }

  private boolean answered(String uid, ArgoRollouts.Answer answer) {
    return switch (answer) {
      case ArgoRollouts.Answer.Found(var template) -> {
        unknown.remove(uid);
        keep(template, Optional.ofNullable(templates.get(uid)), now());
        yield true;
      }
      case ArgoRollouts.Answer.NotKnown(var why) -> {
        templates.remove(uid);
        unknown.put(uid, new Unknown(why, now(), 0));
        yield false;
      }
    };
  }

  private Instant now() {
    return clock.instant();
  }

  private Stream<Template> known() {
    return templates.values().stream().map(Held::template);
  }

  private List<Pod> made(Held held, List<Pod> pods) {
    return pods.stream()
        .filter(
            it -> controllers.of(it).map(owner -> owner.getUid().equals(held.uid())).orElse(false))
        .toList();
  }

  // which workloads are read again

  private boolean isDue(Held held, List<Pod> reading, String secret) {
    var template = held.template();
    var pods = made(held, reading);
    if (template.reading(secret).isEmpty() && pods.isEmpty()) {
      return false;
    }
    if (held.isDoubted()) {
      return true;
    }
    boolean quiet =
        template.progress().wantsPods() == !pods.isEmpty()
            && pods.stream().allMatch(it -> isQuiet(it, template, secret));
    boolean done = template.progress().done();
    boolean moved =
        done != quiet || template.reading(secret).isEmpty() || isNewer(held, pods, secret);
    var pause = held.pause(look, moved ? 1 : RARELY);
    return (moved || !done) && !clock.instant().isBefore(held.readAt().plus(pause));
  }

  /**
   * A workload that is rolled out has no pod of another template: such a pod is only named like
   * those of it, as where its ReplicaSet is of a Deployment of that name that is gone.
   */
  private void doubtOwner(Held held, List<Pod> reading, String secret) {
    // twice in a row: at the first look pods may be known as they were before
    if (held.template().progress().done()
        && held.looks() > 0
        && held.template().kind() == WorkloadKind.Deployment) {
      made(held, reading).stream()
          .filter(it -> it.getMetadata().getDeletionTimestamp() == null)
          .filter(it -> !carries(it, held.template(), secret))
          .forEach(controllers::doubt);
    }
  }

  /** Whether a pod is there as its workload wants it. */
  private boolean isQuiet(Pod pod, Template template, String secret) {
    return pod.getMetadata().getDeletionTimestamp() == null
        && PodReadiness.isReady(pod.getStatus())
        && carries(pod, template, secret);
  }

  private boolean carries(Pod pod, Template template, String secret) {
    if (!template.kind().stamped()) {
      return template.restartAt().filter(it -> !it.isAfter(now())).stream()
          .allMatch(it -> isNoOlder(pod, it));
    }
    var annotation = Names.stamp(secret);
    return Stamps.on(pod.getMetadata(), annotation)
        .equals(Stamps.on(template.pods().getMetadata(), annotation));
  }

  private static boolean isNoOlder(Pod pod, Instant than) {
    var created = pod.getMetadata().getCreationTimestamp();
    return created != null && !Instant.parse(created).isBefore(than);
  }

  /** Whether a pod was made from another template than the one that is held. */
  private boolean isNewer(Held held, List<Pod> pods, String secret) {
    return pods.stream()
        .filter(it -> !carries(it, held.template(), secret))
        .map(it -> it.getMetadata().getCreationTimestamp())
        .anyMatch(it -> it != null && Instant.parse(it).isAfter(held.readAt()));
  }

  private void read(Predicate<Held> which) {
    var byKind =
        templates.values().stream()
            .filter(which)
            .collect(Collectors.groupingBy(it -> it.template().kind()));
    byKind.forEach((kind, some) -> {
      if (some.size() > MANY && kind.stamped()) {
        list(Set.of(kind));
      } else {
        some.forEach(it -> read(kind, it));
      }
    });
  }

  private void read(WorkloadKind kind, Held held) {
    var now = clock.instant();
    if (!kind.stamped()) {
      answered(held.uid(), argo.ask(held.template().asController(), known().toList(), now));
      return;
    }
    var found = workloads.workload(kind, namespace, held.template().meta().getName());
    templates.remove(held.uid());
    found.map(Template::of).ifPresent(it -> keep(it, Optional.of(held), now));
  }

  private void list(Set<WorkloadKind> kinds) {
    var now = clock.instant();
    var listed = kinds.stream().flatMap(it -> Template.all(workloads, it, namespace)).toList();
    var before = Map.copyOf(templates);
    templates.values().removeIf(it -> kinds.contains(it.template().kind()));
    listed.forEach(it -> keep(it, Optional.ofNullable(before.get(it.meta().getUid())), now));
    if (kinds.equals(WorkloadKind.STAMPED)) {
      listedAt = now;
      // they are not listed, but no older than a list all the same
      templates.replaceAll((uid, it) -> it.template().kind().stamped() ? it : it.doubted());
      unknown.clear();
      controllers.keepOnly(templates.keySet());
    }
  }

  private void keep(Template template, Optional<Held> before, Instant now) {
    var uid = template.meta().getUid();
    templates.put(
        uid,
        before
            .filter(it -> it.uid().equals(uid))
            .map(it -> it.then(template, now))
            .orElseGet(() -> new Held(template, now, 0)));
  }

  private <T> T alone(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }
}
