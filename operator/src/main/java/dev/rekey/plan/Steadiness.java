package dev.rekey.plan;

import dev.rekey.config.Settings;
import dev.rekey.rotation.Consumers;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.Run.Progress;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whether the pods on the new key have been ready all the while since all had moved: also between
 * two looks, which a pod's own time of becoming ready tells. A pod that was made since then, for
 * one that scaling or an eviction has taken or added, has to be ready in the end, and breaks
 * nothing, unless it may hold the old key.
 *
 * @param allSince since when all have moved and are ready; empty: they are not
 * @param broken the pod that has broken it, where it had begun
 * @param waitingFor since when one is waited for that was made since, where nobody else is
 */
record Steadiness(
    Optional<Instant> allSince, Optional<String> broken, Optional<Instant> waitingFor) {

  /** A pod that was not ready for a while, and is again. */
  private record Recovered(String pod, Instant at) {}

  /** That of {@code consumers}, who are so far as {@code standing} says. */
  static Steadiness of(
      Consumers.Seen consumers,
      Standing standing,
      Rotation ledger,
      Run run,
      Instant now,
      Settings settings) {
    var began = run.progress().flatMap(Progress::allMovedAt).orElse(null);
    if (began == null) {
      return new Steadiness(
          standing.complete() ? Optional.of(now) : Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }
    var fainted = standing.complete() ? Optional.<String>empty() : fainted(consumers, began);
    if (fainted.isPresent()
        || (!standing.complete() && isBehind(consumers, standing, ledger, run, settings))) {
      var behind = standing.pods().stream().map(Standing.Laggard::pod).findFirst();
      return new Steadiness(Optional.empty(), fainted.or(() -> behind), Optional.empty());
    }
    var recovered = recovered(consumers, began, now.plus(settings.clockDoubt()));
    var since = recovered.map(it -> it.at().isAfter(now) ? it.at() : now).orElse(began);
    return new Steadiness(
        Optional.of(since),
        recovered.map(Recovered::pod),
        standing.complete() ? Optional.empty() : unready(consumers, began));
  }

  /** Whether somebody may hold the old key, or is not told to restart for the new one. */
  private static boolean isBehind(
      Consumers.Seen consumers, Standing standing, Rotation ledger, Run run, Settings settings) {
    var restartAt = RolloutRules.startsTell(ledger, run, settings);
    return !standing.pods().isEmpty()
        || consumers.workloads().stream()
            .filter(Consumers.Workload::holdsValue)
            .filter(it -> run.restarts().include(it.ref().display()))
            .anyMatch(it -> !it.follows(ledger.stamp(), restartAt));
  }

  /** A pod of before that is not ready now, and that its workload misses. */
  private static Optional<String> fainted(Consumers.Seen consumers, Instant began) {
    var missed =
        consumers.workloads().stream()
            .filter(it -> it.holdsValue() && !it.rolledOut())
            .map(it -> it.ref().display())
            .collect(Collectors.toSet());
    return there(consumers, missed).stream()
        .filter(it -> !it.isNewerThan(began) && it.whyNotReady().isPresent())
        .map(Consumers.Pod::name)
        .min(Comparator.naturalOrder());
  }

  /** Since when the oldest one that was made since is not ready. */
  private static Optional<Instant> unready(Consumers.Seen consumers, Instant began) {
    return there(consumers, holding(consumers)).stream()
        .filter(it -> it.isNewerThan(began) && it.whyNotReady().isPresent())
        .map(Consumers.Pod::createdAt)
        .min(Comparator.naturalOrder());
  }

  /**
   * The pod of before that has become ready last since then.
   *
   * @param latest a time that is later than this is of a node whose clock is wrong
   */
  private static Optional<Recovered> recovered(
      Consumers.Seen consumers, Instant began, Instant latest) {
    return there(consumers, holding(consumers)).stream()
        .filter(it -> !it.isNewerThan(began))
        .flatMap(pod ->
            pod.readyOnlyAfter(began).stream()
                .filter(it -> !it.isAfter(latest))
                .map(it -> new Recovered(pod.name(), it)))
        .max(Comparator.comparing(Recovered::at).thenComparing(Recovered::pod));
  }

  private static Set<String> holding(Consumers.Seen consumers) {
    return consumers.workloads().stream()
        .filter(Consumers.Workload::holdsValue)
        .map(it -> it.ref().display())
        .collect(Collectors.toSet());
  }

  /** The pods of these workloads that are there to serve. */
  private static List<Consumers.Pod> there(Consumers.Seen consumers, Set<String> workloads) {
    return consumers.pods().stream()
        .filter(it -> !it.over() && !it.terminating())
        .filter(it -> it.workload().map(workloads::contains).orElse(false))
        .toList();
  }
}
