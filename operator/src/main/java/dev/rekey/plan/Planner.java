package dev.rekey.plan;

import dev.rekey.plan.Plan.Trouble;
import dev.rekey.plan.Rule.Answer;
import dev.rekey.rotation.Observation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Asks the rules in their order. */
public final class Planner {
  private final List<Rules.Named> rules;

  /** A planner over these rules, usually {@link Rules#inOrder}. */
  public Planner(List<Rules.Named> rules) {
    this.rules = List.copyOf(rules);
  }

  /**
   * What is next.
   *
   * @throws IllegalStateException when no rule decides; the last one always must
   */
  public Plan plan(Observation seen) {
    var troubles = new ArrayList<Trouble>();
    var looks = new ArrayList<Instant>();
    for (var named : rules) {
      switch (named.rule().apply(seen)) {
        case Answer.Passes() -> {}
        case Answer.Later(var until) -> looks.add(until);
        case Answer.Yields(var trouble) -> {
          troubles.add(trouble);
          looks.add(trouble.until());
        }
        case Answer.Decides(Plan.Act act) -> {
          return act;
        }
        case Answer.Decides(Plan.Wait wait) -> {
          looks.add(wait.until());
          var earliest = looks.stream().min(Instant::compareTo).orElseThrow();
          return new Plan.Wait(earliest, wait.reason(), wait.message(), troubles);
        }
      }
    }
    throw new IllegalStateException("no rule decides for " + seen.resource().name());
  }
}
