package dev.rekey.plan;

import dev.rekey.config.Settings;
import dev.rekey.rotation.Consumers;
import dev.rekey.rotation.Evidence;
import dev.rekey.rotation.PodVerdict;
import dev.rekey.rotation.Publication;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Run;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How far the consumers are towards one publication.
 *
 * @param total pods that read the Secret
 * @param moved those that cannot hold an older key any more
 * @param unready those of them that do not get ready, of workloads that are not rolled out, each
 *     with why: what is behind waits for these
 * @param pods the pods that have not moved
 * @param workloads those without the newest stamp, or not rolled out, each with why
 */
public record Standing(
    int total, int moved, List<String> unready, List<Laggard> pods, List<String> workloads) {
  private static final int NAMED = 5;

  /**
   * A pod that is behind.
   *
   * @param pod its name
   * @param reason {@code WaitingForConsumers} where it moves by itself, else what a person can do
   * @param text which pod, and why
   */
  public record Laggard(String pod, Reason reason, String text) {}

  public Standing {
    unready = List.copyOf(unready);
    pods = List.copyOf(pods);
    workloads = List.copyOf(workloads);
  }

  /** How far {@code consumers} are towards the newest publication of a rotation under way. */
  public static Optional<Standing> of(
      Consumers.Seen consumers, Rotation ledger, Instant now, Settings settings) {
    return RolloutRules.rolling(ledger).map(run -> of(consumers, ledger, run, now, settings));
  }

  /** The same, for the rotation that the caller knows to be under way. */
  static Standing of(
      Consumers.Seen consumers, Rotation ledger, Run run, Instant now, Settings settings) {
    var measure = measure(ledger, run, now, settings);
    var pods = new ArrayList<Laggard>();
    int moved = 0;
    for (var pod : consumers.pods()) {
      switch (PodVerdict.of(pod, measure)) {
        case PodVerdict.Moved(var _) -> moved++;
        case PodVerdict.Behind(var reason, var why) ->
            pods.add(
                new Laggard(
                    pod.name(),
                    reason,
                    "pod "
                        + pod.name()
                        + " "
                        + why
                        + pod.whyNotReady().map(it -> "; it is not ready: " + it).orElse("")));
      }
    }
    var workloads = new ArrayList<String>();
    var restartAt = RolloutRules.startsTell(ledger, run, settings);
    var rolling = new HashSet<String>();
    for (var workload : consumers.workloads()) {
      if (!workload.holdsValue()) {
        continue;
      }
      boolean restarts = run.restarts().include(workload.ref().display());
      if (restarts && !workload.follows(ledger.stamp(), restartAt)) {
        workloads.add(
            workload.ref().display()
                + (workload.ref().kind().stamped()
                    ? " does not carry the newest stamp"
                    : " is not told to restart yet"));
      } else if (!workload.rolledOut()) {
        workloads.add(workload.ref().display() + ": " + workload.standing());
        rolling.add(workload.ref().display());
      }
    }
    return new Standing(
        consumers.pods().size(), moved, unready(consumers, rolling, measure), pods, workloads);
  }

  private static List<String> unready(
      Consumers.Seen consumers, Set<String> rolling, PodVerdict.Measure measure) {
    return consumers.pods().stream()
        .filter(it -> it.workload().map(rolling::contains).orElse(false))
        .filter(it -> PodVerdict.of(it, measure) instanceof PodVerdict.Moved)
        .flatMap(it ->
            it.whyNotReady().stream()
                .map(why -> "pod " + it.name() + " has the new key and is not ready: " + why))
        .toList();
  }

  /** How many are ready on the new key that were made since somebody is waited for again. */
  static int remade(
      Consumers.Seen consumers, Rotation ledger, Run run, Instant now, Settings settings) {
    var again = run.progress().flatMap(Run.Progress::lackingSince);
    if (again.isEmpty()) {
      return 0;
    }
    var measure = measure(ledger, run, now, settings);
    return (int)
        consumers.pods().stream()
            .filter(it -> it.isNewerThan(again.get()))
            .filter(it -> !it.terminating() && !it.over() && it.whyNotReady().isEmpty())
            .filter(it -> PodVerdict.of(it, measure) instanceof PodVerdict.Moved)
            .count();
  }

  /** By what each pod has moved that has. */
  public static Evidence evidence(
      Consumers.Seen consumers, Rotation ledger, Run run, Instant now, Settings settings) {
    var measure = measure(ledger, run, now, settings);
    var pods = new EnumMap<Evidence.Term, List<String>>(Evidence.Term.class);
    for (var pod : consumers.pods()) {
      if (PodVerdict.of(pod, measure) instanceof PodVerdict.Moved(var by)) {
        pods.computeIfAbsent(by, any -> new ArrayList<>()).add(pod.name());
      }
    }
    return Evidence.of(now, measure.publication(), pods);
  }

  private static PodVerdict.Measure measure(
      Rotation ledger, Run run, Instant now, Settings settings) {
    return new PodVerdict.Measure(
        ledger.lineage(),
        ledger.publicationNumber(),
        RolloutRules.settledAt(ledger, run),
        settings.clockDoubt(),
        run.restarts(),
        renewed(ledger, now, settings));
  }

  /** When the newest publication was written, where mounted files have been renewed since. */
  static Optional<Instant> renewed(Rotation ledger, Instant now, Settings settings) {
    return ledger
        .publication()
        .flatMap(Publication::writtenAt)
        .filter(it -> !now.isBefore(it.plus(settings.kubeletRefresh())));
  }

  /** Everybody that is behind, each with why; first whoever the others wait for. */
  public Stream<String> behind() {
    return Stream.of(
            unready.stream().sorted(),
            pods.stream().map(Laggard::text).sorted(),
            workloads.stream().sorted())
        .flatMap(it -> it);
  }

  /** Whether nobody is behind. */
  boolean complete() {
    return pods.isEmpty() && workloads.isEmpty();
  }

  /** What a person can do, where none of the pods that are behind moves by itself. */
  Optional<Reason> hindrance() {
    return pods.stream().noneMatch(it -> it.reason() == Reason.WaitingForConsumers)
        ? pods.stream().findFirst().map(Laggard::reason)
        : Optional.empty();
  }

  /** The first few that are behind, and how many more. */
  String behindText() {
    var named = behind().limit(NAMED).collect(Collectors.joining("; "));
    long all = behind().count();
    return all > NAMED ? named + "; and " + (all - NAMED) + " more" : named;
  }
}
