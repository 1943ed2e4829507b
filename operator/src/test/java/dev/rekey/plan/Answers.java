package dev.rekey.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.plan.Rule.Answer;
import dev.rekey.rotation.Reason;
import java.time.Instant;

/** Short words for what rules answer. */
final class Answers {
  private Answers() {}

  static void assertPasses(Answer answer) {
    assertThat(alone(answer)).isEqualTo(Rule.pass());
  }

  /** A rule about several things says nothing of most of them. */
  private static Answer alone(Answer answer) {
    return answer instanceof Answer.Several(var all)
        ? all.stream().filter(it -> !it.equals(Rule.pass())).findFirst().orElse(Rule.pass())
        : answer;
  }

  static Step assertActs(Answer answer) {
    assertThat(answer).isInstanceOf(Answer.Decides.class);
    return assertActs(((Answer.Decides) answer).plan());
  }

  static Step assertActs(Plan plan) {
    assertThat(plan).isInstanceOf(Plan.Act.class);
    return ((Plan.Act) plan).step();
  }

  static Plan.Wait assertWaits(Answer answer, Reason reason) {
    assertThat(answer).isInstanceOf(Answer.Decides.class);
    return assertWaits(((Answer.Decides) answer).plan(), reason);
  }

  static Plan.Wait assertWaits(Plan plan, Reason reason) {
    assertThat(plan).isInstanceOf(Plan.Wait.class);
    assertThat(plan.reason()).isEqualTo(reason);
    return (Plan.Wait) plan;
  }

  static Plan.Trouble assertYields(Answer answer, Reason reason) {
    var about = alone(answer);
    assertThat(about).isInstanceOf(Answer.Yields.class);
    var trouble = ((Answer.Yields) about).trouble();
    assertThat(trouble.reason()).isEqualTo(reason);
    return trouble;
  }

  static void assertLater(Answer answer, Instant until) {
    assertThat(alone(answer)).isEqualTo(Rule.later(until));
  }
}
