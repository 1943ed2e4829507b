package dev.rekey.plan;

import dev.rekey.config.Settings;
import dev.rekey.rotation.Consumers;
import dev.rekey.rotation.PodVerdict;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How far the consumers are towards one publication.
 *
 * @param total pods that read the Secret
 * @param moved those that cannot hold an older key any more
 * @param behind the others, and workloads that are not rolled out, each with why
 */
public record Standing(int total, int moved, List<String> behind) {
  private static final int NAMED = 5;

  public Standing {
    behind = List.copyOf(behind);
  }

  /** How far {@code consumers} are towards the newest publication of a rotation under way. */
  public static Optional<Standing> of(
      Consumers.Seen consumers, Rotation ledger, Settings settings) {
    return RolloutRules.rolling(ledger).map(run -> of(consumers, ledger, run, settings));
  }

  /** The same, for the rotation that the caller knows to be under way. */
  static Standing of(Consumers.Seen consumers, Rotation ledger, Run run, Settings settings) {
    var lineage = ledger.lineage();
    int publication = ledger.publicationNumber();
    var settledAt = RolloutRules.settledAt(ledger, run);
    var clockDoubt = settings.clockDoubt();
    var behind = new ArrayList<String>();
    int moved = 0;
    for (var pod : consumers.pods()) {
      switch (PodVerdict.of(pod, lineage, publication, settledAt, clockDoubt)) {
        case PodVerdict.Moved() -> moved++;
        case PodVerdict.Behind(var why) -> behind.add("pod " + pod.name() + " " + why);
      }
    }
    for (var workload : consumers.workloads()) {
      if (!workload.stamp().map(it -> it.reaches(lineage, publication)).orElse(false)) {
        behind.add(workload.ref().display() + " does not carry the newest stamp");
      } else if (!workload.rolledOut()) {
        behind.add(workload.ref().display() + ": " + workload.standing());
      }
    }
    return new Standing(consumers.pods().size(), moved, behind);
  }

  /** Whether nobody is behind. */
  boolean complete() {
    return behind.isEmpty();
  }

  /** The first few that are behind, and how many more. */
  String behindText() {
    var named = behind.stream().limit(NAMED).collect(Collectors.joining("; "));
    return behind.size() > NAMED ? named + "; and " + (behind.size() - NAMED) + " more" : named;
  }
}
