package dev.rekey.plan;

import dev.rekey.rotation.Reason;
import java.time.Instant;
import java.util.List;

/** What is next, and why. */
public sealed interface Plan {

  /** The word for why. */
  Reason reason();

  /** What happens or is waited for, to which object, and what to do now. */
  String message();

  /** Do this now. */
  record Act(Step step, Reason reason, String message) implements Plan {}

  /**
   * Nothing can be done now.
   *
   * @param until when to look again, if nothing happens before
   * @param reason why
   * @param message the same for people
   * @param troubles what is wrong beside it: things that failed and are left alone for a while
   */
  record Wait(Instant until, Reason reason, String message, List<Trouble> troubles)
      implements Plan {
    public Wait {
      troubles = List.copyOf(troubles);
    }

    /** Whether it is its turn that is waited for, where only so many rollouts run at once. */
    public boolean isForTurn() {
      return TurnRules.isFor(reason);
    }

    /** A wait beside which nothing is wrong. */
    public Wait(Instant until, Reason reason, String message) {
      this(until, reason, message, List.of());
    }
  }

  /** Something that is wrong and does not keep the rest from going on. */
  record Trouble(Instant until, Reason reason, String message) {}
}
