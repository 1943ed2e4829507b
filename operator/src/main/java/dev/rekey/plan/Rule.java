package dev.rekey.plan;

import dev.rekey.plan.Plan.Trouble;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.Ledger;
import dev.rekey.rotation.Observation.Owner;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Rotation;
import java.time.Instant;
import java.util.List;
import java.util.function.BiFunction;

/** One rule: looks at the facts and answers, or leaves it to the rules below. */
@FunctionalInterface
public interface Rule {

  /** What this rule says of {@code seen}. */
  Answer apply(Observation seen);

  /** What a rule may say. */
  sealed interface Answer {
    /** This is what is next; no rule below is asked. */
    record Decides(Plan plan) implements Answer {}

    /** Something is wrong here, and the rules below are asked all the same. */
    record Yields(Trouble trouble) implements Answer {}

    /** Nothing now, but look again then; the rules below are asked all the same. */
    record Later(Instant until) implements Answer {}

    /** Each of these, none of which decides. */
    record Several(List<Answer> answers) implements Answer {
      public Several {
        answers = List.copyOf(answers);
      }
    }

    /** Nothing to say. */
    record Passes() implements Answer {}
  }

  /** Do {@code step}. */
  static Answer act(Step step, Reason reason, String message) {
    return new Answer.Decides(new Plan.Act(step, reason, message));
  }

  /** Wait. */
  static Answer wait(Instant until, Reason reason, String message) {
    return new Answer.Decides(new Plan.Wait(until, reason, message));
  }

  /** Something is wrong here; ask on. */
  static Answer yields(Instant until, Reason reason, String message) {
    return new Answer.Yields(new Trouble(until, reason, message));
  }

  /** Nothing now, but look again then. */
  static Answer later(Instant until) {
    return new Answer.Later(until);
  }

  /** Each of these, none of which decides. */
  static Answer several(List<Answer> answers) {
    return new Answer.Several(answers);
  }

  /** Nothing to say. */
  static Answer pass() {
    return new Answer.Passes();
  }

  /** A rule that only speaks where the ledger is there and this resource's own. */
  static Rule onOwnLedger(BiFunction<Observation, Rotation, Answer> rule) {
    return seen ->
        seen.ledger() instanceof Ledger.Held held && held.owner() == Owner.THIS_RESOURCE
            ? rule.apply(seen, held.rotation())
            : pass();
  }
}
