package dev.rekey.plan;

import dev.rekey.plan.Plan.Trouble;
import dev.rekey.plan.Rule.Answer;
import dev.rekey.rotation.Observation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

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
    var heard = new Heard(new ArrayList<>(), new ArrayList<>());
    for (var named : rules) {
      var answer = named.rule().apply(seen);
      if (answer instanceof Answer.Decides(var plan)) {
        return switch (plan) {
          case Plan.Act act -> act;
          case Plan.Wait wait -> heard.beside(wait);
        };
      }
      heard.listen(answer);
    }
    throw new IllegalStateException("no rule decides for " + seen.resource().name());
  }

  /** What the rules said that did not decide: a wait ends when the first of them wants to look. */
  private record Heard(List<Trouble> troubles, List<Instant> looks) {

    void listen(Answer answer) {
      switch (answer) {
        case Answer.Passes() -> {}
        case Answer.Later(var until) -> looks.add(until);
        case Answer.Yields(var trouble) -> {
          troubles.add(trouble);
          looks.add(trouble.until());
        }
        case Answer.Several(var answers) -> answers.forEach(this::listen);
        case Answer.Decides decided ->
            throw new IllegalArgumentException("a rule decides beside others: " + decided);
      }
    }

    Plan.Wait beside(Plan.Wait wait) {
      var earliest =
          Stream.concat(looks.stream(), Stream.of(wait.until()))
              .min(Instant::compareTo)
              .orElseThrow();
      return new Plan.Wait(earliest, wait.reason(), wait.message(), troubles);
    }
  }
}
