package dev.rekey.plan;

import dev.rekey.config.Settings;
import dev.rekey.plan.Rule.Answer;
import dev.rekey.rotation.Cause;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.Turn;
import dev.rekey.rotation.Observation.Turn.Scope;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Timestamps;
import java.util.Optional;

/** Waiting for a turn, where many rotations are due and only so many rollouts run at once. */
final class TurnRules {
  private TurnRules() {}

  /**
   * What keeps a rotation from going on before it is its turn; empty: nothing. Asked last, after
   * whatever else may keep it: only who could go on stands in line.
   */
  static Optional<Answer> wait(Observation seen, Rotation ledger, Cause cause, Settings settings) {
    if (Place.need(cause, ledger, seen) != Place.Need.IN_TURN
        || !(seen.turn() instanceof Turn.Waiting waiting)) {
      return Optional.empty();
    }
    var again = seen.now().plus(settings.heldLook());
    var line = text(waiting, seen.resource().namespace());
    return Optional.of(
        LatestSafe.moment(seen, ledger, settings)
            .filter(it -> it.isBefore(seen.now()))
            .map(latest ->
                Rule.wait(
                    again,
                    Reason.TurnOverdue,
                    line
                        + ". The latest safe moment to begin was "
                        + Timestamps.of(latest)
                        + ", and the limit holds all the same: look at the rollouts that do not"
                        + " get on, or raise "
                        + variable(waiting.scope())
                        + "."))
            .orElseGet(() -> Rule.wait(again, Reason.WaitingForTurn, line)));
  }

  /** Whether this is what a rotation in line waits for. */
  static boolean isFor(Reason reason) {
    return reason == Reason.WaitingForTurn || reason == Reason.TurnOverdue;
  }

  private static String text(Turn.Waiting waiting, String namespace) {
    return "Waiting for a turn: "
        + ordinal(waiting.position())
        + " of "
        + waiting.of()
        + "; "
        + waiting.running()
        + (waiting.running() == 1 ? " rollout runs" : " rollouts run")
        + " in "
        + (waiting.scope() == Scope.NAMESPACE ? "namespace " + namespace : "the cluster")
        + (waiting.running() > waiting.most()
            ? ", and " + waiting.most() + " are the most at once"
            : ", which is the most at once");
  }

  private static String variable(Scope scope) {
    return switch (scope) {
      case NAMESPACE -> "REKEY_ROLLOUTS_AT_ONCE_PER_NAMESPACE";
      case CLUSTER -> "REKEY_ROLLOUTS_AT_ONCE";
    };
  }

  private static String ordinal(int number) {
    int lastTwo = number % 100;
    if (lastTwo >= 11 && lastTwo <= 13) {
      return number + "th";
    }
    return number
        + switch (number % 10) {
          case 1 -> "st";
          case 2 -> "nd";
          case 3 -> "rd";
          default -> "th";
        };
  }
}
