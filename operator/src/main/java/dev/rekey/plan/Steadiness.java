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
 * @param broken what has broken it, where it had begun
 */
record Steadiness(Optional<Instant> allSince, Optional<Run.Break> broken) {

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
          standing.complete() ? Optional.of(now) : Optional.empty(), Optional.empty());
    }
    if (!standing.complete()) {
      var broken =
          fainted(consumers, began)
              .map(it -> new Run.Break(it, Run.Break.By.NOT_READY))
              .or(() ->
                  mayHoldTheOldKey(consumers, standing, began)
                      .map(it -> new Run.Break(it, Run.Break.By.MAY_HOLD_OLD_KEY)));
      if (broken.isPresent() || isToBeTold(consumers, ledger, run, settings)) {
        return new Steadiness(Optional.empty(), broken);
      }
    }
    var recovered = recovered(consumers, began, now.plus(settings.clockDoubt()));
    var since = recovered.map(it -> it.at().isAfter(now) ? it.at() : now).orElse(began);
    return new Steadiness(
        Optional.of(since), recovered.map(it -> new Run.Break(it.pod(), Run.Break.By.NOT_READY)));
  }

  /**
   * The first pod that is behind, but for those that had moved and are on their way out: a mounted
   * file is renewed no more then.
   */
  private static Optional<String> mayHoldTheOldKey(
      Consumers.Seen consumers, Standing standing, Instant began) {
    var leaving =
        consumers.pods().stream()
            .filter(it -> it.terminating() && !it.isNewerThan(began))
            .map(Consumers.Pod::name)
            .collect(Collectors.toSet());
    return standing.pods().stream()
        .map(Standing.Laggard::pod)
        .filter(it -> !leaving.contains(it))
        .findFirst();
  }

  /** Whether a workload is not told to restart for the newest publication. */
  private static boolean isToBeTold(
      Consumers.Seen consumers, Rotation ledger, Run run, Settings settings) {
    var restartAt = RolloutRules.startsTell(ledger, run, settings);
    return consumers.workloads().stream()
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
