package dev.rekey.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.plan.Rule.Answer;
import dev.rekey.rotation.Cause;
import dev.rekey.rotation.Checks;
import dev.rekey.rotation.Failure;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.Verb;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RollbackRulesTest {
  private final RollbackRules rules = new RollbackRules(Given.SETTINGS);

  @Test
  void putsTheOldKeyBackThatStillWorks() {
    assertThat(step(failing())).isEqualTo(new Step.RollBack("2", "1"));
  }

  @Test
  void asksWhetherTheOldKeyStillWorks() {
    assertThat(step(failing().checks("1", Checks.NONE))).isEqualTo(new Step.Verify("1"));
  }

  @Test
  void leavesAnOldKeyAloneThatDoesNotWork() {
    var given = failing().checks("1", Checks.NONE).failed(Verb.VERIFY, "1", Duration.ofMinutes(1));

    assertThat(asked(given)).isEqualTo(Rule.pass());
  }

  @Test
  void doesNotHappenTwice() {
    assertThat(asked(failing().run(it -> with(it, Run.Rollback.DONE)))).isEqualTo(Rule.pass());
  }

  @Test
  void doesNotHappenUnasked() {
    assertThat(asked(failing().run(it -> with(it, Run.Rollback.NEVER)))).isEqualTo(Rule.pass());
  }

  @Test
  void doesNotHappenWhilePodsMove() {
    assertThat(asked(failing().progress(0, 2, Duration.ofMinutes(14), false)))
        .isEqualTo(Rule.pass());
  }

  @Test
  void doesNotHappenForAWorkloadThatWasNotWellBefore() {
    assertThat(asked(failing().run(it -> it.wellBefore(List.of("Deployment other")))))
        .isEqualTo(Rule.pass());
  }

  @Test
  void doesNotHappenOnceTheOldKeyIsCondemned() {
    assertThat(asked(failing().rotation(it -> it.condemned("1")))).isEqualTo(Rule.pass());
  }

  @Test
  void doesNotBringBackALeakedKey() {
    assertThat(asked(failing().run(Run::hurried))).isEqualTo(Rule.pass());
  }

  @Test
  void theKeyThatWasTakenBackGoesThroughTheGate() {
    var given = failing().rotation(it -> it.rolledBack("2", Given.publication(3, "1")));

    assertThat(given.rotation().key(Role.REJECTED)).map(it -> it.name()).contains("2");
    assertThat(Gate.oldKey(given.rotation())).map(it -> it.name()).contains("2");
  }

  @Test
  void theNextOneWaitsUnlessSomebodyAsks() {
    var due =
        Given.atRest()
            .schedule(Duration.ofDays(1), Duration.ofDays(1))
            .rotation(it ->
                it.failed(
                    new Failure(
                        Verb.MINT,
                        Given.BINDING.secret(),
                        1,
                        Given.NOW.plusSeconds(60),
                        1,
                        Reason.RolledBack,
                        Reason.RolledBack.sentence())));
    var rule = new DueRules(Given.SETTINGS);

    assertThat(due.askedOf(rule::begin)).isInstanceOf(Answer.Yields.class);
    assertThat(due.token("new").askedOf(rule::begin))
        .isInstanceOfSatisfying(
            Answer.Decides.class,
            it ->
                assertThat(((Plan.Act) it.plan()).step())
                    .isEqualTo(new Step.Begin(Cause.Requested)));
  }

  private static Given failing() {
    return Given.published(Duration.ofHours(1))
        .workload("api", 2, false)
        .pod("api-1", 1)
        .progress(0, 2, Duration.ofMinutes(16), false)
        .run(it -> with(it, Run.Rollback.ONCE).wellBefore(List.of("Deployment api")))
        .checks("1", new Checks(1, Given.at(5), Optional.empty(), Optional.empty()));
  }

  private static Run with(Run it, Run.Rollback rollback) {
    return new Run(
        it.sequence(),
        it.cause(),
        it.startedAt(),
        it.issuer(),
        it.data(),
        it.settle(),
        it.soak(),
        it.progressTimeout(),
        it.attempts(),
        it.keyName(),
        it.progress(),
        it.minOverlap(),
        rollback,
        it.healthyBefore(),
        it.shownAt(),
        it.dataBefore(),
        it.restarts(),
        it.foreseen());
  }

  private Answer asked(Given given) {
    return given.askedOf(rules::rollBackOnce);
  }

  private Step step(Given given) {
    return asked(given) instanceof Answer.Decides(Plan.Act act) ? act.step() : new Step.Complete();
  }
}
