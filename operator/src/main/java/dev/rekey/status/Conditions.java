package dev.rekey.status;

import dev.rekey.api.v1alpha1.ApiKeyRotationStatus;
import dev.rekey.plan.Plan;
import dev.rekey.plan.Warnings;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Reason.Mood;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Timestamps;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The three conditions: is all well, is a rotation under way, and is there something in the way of
 * the rotation that begins, or of the next one.
 */
public final class Conditions {
  /** True: the Secret holds a key that works, and nobody has to act. */
  public static final String READY = "Ready";

  /** True: a rotation is under way. */
  public static final String ROTATING = "Rotating";

  /** True: something will not go by itself, as far as it can be known before it is reached. */
  public static final String WARNED = "Warned";

  private static final int TOLD = 3;

  private Conditions() {}

  /** What a condition says. */
  record Saying(boolean holds, Reason reason, String message) {}

  static Saying ready(Optional<Rotation> ledger, Plan.Wait wait) {
    // One trouble often keeps another from being mended: that a key has expired does not tell why
    // there is no new one.
    var troubles = new ArrayList<Plan.Trouble>(wait.troubles());
    if (wait.reason().mood() == Mood.TROUBLE) {
      troubles.add(0, new Plan.Trouble(wait.until(), wait.reason(), wait.message()));
    }
    if (!troubles.isEmpty()) {
      var worst =
          troubles.stream()
              .map(Plan.Trouble::reason)
              .filter(Reason.Expired::equals)
              .findFirst()
              .orElse(troubles.getFirst().reason());
      var all = troubles.stream().map(Plan.Trouble::message).distinct().limit(TOLD).toList();
      return new Saying(false, worst, String.join(" Also: ", all));
    }
    boolean keyInUse = ledger.flatMap(it -> it.key(Role.CURRENT)).isPresent();
    return new Saying(keyInUse, wait.reason(), wait.message());
  }

  static Saying rotating(Optional<Rotation> ledger, Plan.Wait wait) {
    return new Saying(ledger.flatMap(Rotation::run).isPresent(), wait.reason(), wait.message());
  }

  /** What was foreseen, also where nothing holds it up yet; it makes nothing unready by itself. */
  static Saying warned(Optional<Rotation> ledger, Observation seen) {
    var warnings = ledger.map(it -> Warnings.now(seen, it)).orElseGet(List::of);
    return warnings.isEmpty()
        ? new Saying(false, Reason.Idle, "Nothing is foreseen that needs a person.")
        : new Saying(true, warnings.getFirst().reason(), Warnings.text(warnings));
  }

  /** The condition as it is now; its transition time moves only when it flips. */
  static Condition next(
      @Nullable ApiKeyRotationStatus before, Observation seen, String type, Saying saying) {
    String value = saying.holds() ? "True" : "False";
    var since =
        StatusComposer.condition(before, type)
            .filter(it -> value.equals(it.getStatus()))
            .map(Condition::getLastTransitionTime)
            .orElseGet(() -> Timestamps.of(seen.now()));
    return new ConditionBuilder()
        .withType(type)
        .withStatus(value)
        .withReason(saying.reason().name())
        .withMessage(saying.message())
        .withObservedGeneration(seen.resource().generation())
        .withLastTransitionTime(since)
        .build();
  }
}
