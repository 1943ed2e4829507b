package dev.rekey.plan;

import dev.rekey.config.Settings;
import dev.rekey.rotation.Consumers;
import dev.rekey.rotation.PodVerdict;
import dev.rekey.rotation.Publication;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Run;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How far the consumers are towards one publication.
 *
 * @param total pods that read the Secret
 * @param moved those that cannot hold an older key any more
 * @param pods the others
 * @param workloads those without the newest stamp, or not rolled out, each with why
 */
public record Standing(int total, int moved, List<Laggard> pods, List<String> workloads) {
  private static final int NAMED = 5;

  /**
   * A pod that is behind.
   *
   * @param reason {@code WaitingForConsumers} where it moves by itself, else what a person can do
   * @param text which pod, and why
   */
  public record Laggard(Reason reason, String text) {}

  public Standing {
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
        case PodVerdict.Moved() -> moved++;
        case PodVerdict.Behind(var reason, var why) ->
            pods.add(new Laggard(reason, "pod " + pod.name() + " " + why));
      }
    }
    var workloads = new ArrayList<String>();
    for (var workload : consumers.workloads()) {
      if (!workload.holdsValue()) {
        continue;
      }
      boolean restarts = run.restarts().include(workload.ref().display());
      if (restarts && !workload.carries(ledger.stamp())) {
        workloads.add(workload.ref().display() + " does not carry the newest stamp");
      } else if (!workload.rolledOut()) {
        workloads.add(workload.ref().display() + ": " + workload.standing());
      }
    }
    return new Standing(consumers.pods().size(), moved, pods, workloads);
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

  /** Everybody that is behind, each with why. */
  public Stream<String> behind() {
    return Stream.concat(pods.stream().map(Laggard::text), workloads.stream());
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
