package dev.rekey.status;

import dev.rekey.api.v1alpha1.ApiKeyRotationStatus;
import dev.rekey.api.v1alpha1.ConsumersStatus;
import dev.rekey.api.v1alpha1.KeyStatus;
import dev.rekey.api.v1alpha1.RotationRecord;
import dev.rekey.config.Settings;
import dev.rekey.plan.Due;
import dev.rekey.plan.Plan;
import dev.rekey.plan.Standing;
import dev.rekey.rotation.Consumers;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.Ledger;
import dev.rekey.rotation.Observation.Owner;
import dev.rekey.rotation.PastRun;
import dev.rekey.rotation.Phase;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.Timestamps;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes the whole status from what is known, at every end of a pass. It takes nothing from the
 * status before but the times at which conditions last flipped.
 */
public final class StatusComposer {
  private static final int BEHIND = 10;

  private StatusComposer() {}

  /** The status of what was seen and what is waited for. */
  public static ApiKeyRotationStatus compose(
      @Nullable ApiKeyRotationStatus before, Observation seen, Plan.Wait wait, Settings settings) {
    var ledger = ledger(seen);
    var due = ledger.flatMap(it -> Due.of(seen, it));
    return new ApiKeyRotationStatus(
        seen.resource().generation(),
        phase(wait).name(),
        ledger.flatMap(it -> it.key(Role.CURRENT)).map(StatusComposer::key).orElse(null),
        ledger.flatMap(it -> it.key(Role.NEXT)).map(StatusComposer::key).orElse(null),
        due.map(it -> nextTime(before, it, seen)).orElse(null),
        due.map(it -> it.cause().name()).orElse(null),
        ledger.flatMap(StatusComposer::last).orElse(null),
        ledger.flatMap(it -> consumers(it, seen, settings)).orElse(null),
        ledger
            .map(it -> it.history().stream().map(StatusComposer::record).toList())
            .filter(it -> !it.isEmpty())
            .orElse(null),
        List.of(
            Conditions.next(before, seen, Conditions.READY, Conditions.ready(ledger, wait)),
            Conditions.next(before, seen, Conditions.ROTATING, Conditions.rotating(ledger, wait)),
            Conditions.next(before, seen, Conditions.WARNED, Conditions.warned(ledger, seen))));
  }

  /**
   * What is due because somebody asked is due at each look anew; it is said as it was first, so
   * that whoever waits for long does not write its status at every look.
   */
  private static String nextTime(@Nullable ApiKeyRotationStatus before, Due due, Observation seen) {
    return Optional.ofNullable(before)
        .filter(_ -> due.at().equals(seen.now()))
        .filter(it -> due.cause().name().equals(it.nextRotationReason()))
        .map(ApiKeyRotationStatus::nextRotationTime)
        .filter(it -> !Instant.parse(it).isAfter(seen.now()))
        .orElseGet(() -> Timestamps.of(due.at()));
  }

  private static Phase phase(Plan.Wait wait) {
    return wait.reason().phase();
  }

  /** A ledger that is another's says nothing about this resource. */
  private static Optional<Rotation> ledger(Observation seen) {
    return seen.ledger() instanceof Ledger.Held held && held.owner() == Owner.THIS_RESOURCE
        ? Optional.of(held.rotation())
        : Optional.empty();
  }

  private static KeyStatus key(Key key) {
    return new KeyStatus(
        key.id().orElse(null),
        key.hint(),
        Timestamps.of(key.issuedAt()),
        key.expiresAt().map(Timestamps::of).orElse(null));
  }

  private static Optional<RotationRecord> last(Rotation ledger) {
    return ledger
        .run()
        .map(run ->
            new RotationRecord(
                run.cause().name(),
                Timestamps.of(run.startedAt()),
                null,
                "Running",
                run.keyName().flatMap(ledger::key).flatMap(Key::id).orElse(null),
                null))
        .or(() -> ledger.history().stream().findFirst().map(StatusComposer::record));
  }

  private static RotationRecord record(PastRun past) {
    return new RotationRecord(
        past.cause().name(),
        Timestamps.of(past.startedAt()),
        Timestamps.of(past.completedAt()),
        past.rolledBack()
            ? "RolledBack"
            : past.leftToPerson().isPresent() ? "OldKeyLeftToPerson" : "Completed",
        past.keyId().orElse(null),
        past.leftToPerson().orElse(null));
  }

  private static Optional<ConsumersStatus> consumers(
      Rotation ledger, Observation seen, Settings settings) {
    var progress = ledger.run().flatMap(Run::progress);
    if (progress.isPresent()) {
      var behind =
          seen.consumers() instanceof Consumers.Seen consumers
              ? behind(consumers, ledger, seen.now(), settings)
              : List.<String>of();
      return Optional.of(
          new ConsumersStatus(progress.get().total(), progress.get().moved(), behind));
    }
    return ledger.run().isPresent()
        ? Optional.empty()
        : ledger.history().stream()
            .findFirst()
            .map(it -> new ConsumersStatus(it.consumers(), it.consumers(), List.of()));
  }

  /** The first of those that are behind, each with why. */
  private static List<String> behind(
      Consumers.Seen consumers, Rotation ledger, Instant now, Settings settings) {
    return Standing.of(consumers, ledger, now, settings)
        .map(it -> it.behind().limit(BEHIND).toList())
        .orElseGet(List::of);
  }

  /** The condition of this type in {@code status}. */
  static Optional<Condition> condition(@Nullable ApiKeyRotationStatus status, String type) {
    return Optional.ofNullable(status)
        .map(ApiKeyRotationStatus::conditions)
        .flatMap(all -> all.stream().filter(it -> type.equals(it.getType())).findFirst());
  }
}
