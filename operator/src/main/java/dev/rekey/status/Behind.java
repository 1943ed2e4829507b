package dev.rekey.status;

import dev.rekey.rotation.Consumers;
import dev.rekey.rotation.Rotation;
import java.util.List;

/** The pods that are not on the newest publication yet, by name. */
final class Behind {
  private static final int NAMED = 10;

  private Behind() {}

  static List<String> names(Consumers.Seen consumers, Rotation ledger) {
    var stamp = ledger.stamp();
    return consumers.pods().stream()
        .filter(pod -> !pod.over())
        .filter(pod ->
            !pod.stamp().map(it -> it.reaches(stamp.lineage(), stamp.publication())).orElse(false))
        .map(Consumers.Pod::name)
        .sorted()
        .limit(NAMED)
        .toList();
  }
}
