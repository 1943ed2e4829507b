package dev.rekey.plan;

import static dev.rekey.plan.Answers.assertActs;
import static dev.rekey.plan.Answers.assertWaits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekey.rotation.Attempt;
import dev.rekey.rotation.Observation.Owner;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Verb;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlannerTest {
  private final Rules.Named step =
      new Rules.Named("step", any -> Rule.act(new Step.Mint(), Reason.Minting, "mints"));
  private final Rules.Named wait =
      new Rules.Named("wait", any -> Rule.wait(Given.NOW.plusSeconds(60), Reason.Idle, "nothing"));

  @Test
  void theFirstRuleThatDecidesWins() {
    assertActs(new Planner(List.of(step, wait)).plan(Given.atRest().seen()));
    assertWaits(new Planner(List.of(wait, step)).plan(Given.atRest().seen()), Reason.Idle);
  }

  @Test
  void aRuleThatYieldsIsHeardAndDoesNotHoldTheRest() {
    var trouble =
        new Rules.Named(
            "trouble",
            any -> Rule.yields(Given.NOW.plusSeconds(9), Reason.IssuerFailed, "it failed"));
    var later = new Rules.Named("later", any -> Rule.later(Given.NOW.plusSeconds(5)));

    var plan =
        assertWaits(
            new Planner(List.of(trouble, later, wait)).plan(Given.atRest().seen()), Reason.Idle);

    assertThat(plan.until()).isEqualTo(Given.NOW.plusSeconds(5));
    assertThat(plan.troubles()).extracting(Plan.Trouble::message).containsExactly("it failed");
    assertActs(new Planner(List.of(trouble, step)).plan(Given.atRest().seen()));
  }

  @Test
  void someRuleMustDecide() {
    var nothing = new Planner(List.of(new Rules.Named("pass", any -> Rule.pass())));

    assertThatThrownBy(() -> nothing.plan(Given.atRest().seen()))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void theRulesStandInTheOrderOfARotation() {
    assertThat(Rules.inOrder(Given.SETTINGS, Gate.standard(Given.SETTINGS)))
        .extracting(Rules.Named::name)
        .containsSubsequence(
            "holdWhenNotOurs",
            "writeSecretWhenDecided",
            "republishWhenSecretDrifted",
            "deleteWhenCondemned",
            "resolveOpenAttempt",
            "sweepLostAttempt",
            "abandonNext",
            "warnBeforehand",
            "mint",
            "verifyNext",
            "publish",
            "complete",
            "settle",
            "roll",
            "waitForConsumers",
            "soak",
            "verifyAgain",
            "condemn",
            "holdWhenInvalid",
            "startLedger",
            "adopt",
            "begin",
            "rest");
  }

  @Test
  void eachPlaceOfARotationHasOneNextStep() {
    assertWaits(Given.atRest().plan(), Reason.Idle);
    assertThat(assertActs(Given.nothing().plan())).isEqualTo(new Step.StartLedger());
    assertThat(assertActs(Given.begun().plan())).isEqualTo(new Step.Mint());
    assertThat(assertActs(Given.minted().plan())).isEqualTo(new Step.Verify("2"));
    assertThat(assertActs(Given.proven().plan())).isEqualTo(new Step.Publish("2"));
    assertWaits(Given.published(Duration.ZERO).plan(), Reason.Settling);
    assertThat(assertActs(Given.soaked().plan())).isEqualTo(new Step.Condemn("1"));
    assertThat(assertActs(Given.condemned().plan())).isEqualTo(new Step.Delete("1"));
    assertThat(assertActs(Given.condemned().rotation(it -> it.forgotten("1")).plan()))
        .isEqualTo(new Step.Complete());
  }

  @Test
  void nothingIsDoneOnALedgerThatIsNotOurs() {
    for (var given : new Given[] {Given.begun(), Given.soaked(), Given.condemned()}) {
      assertWaits(given.owner(Owner.OTHER_RESOURCE).plan(), Reason.SecretClaimed);
      assertWaits(given.owner(Owner.OTHER_CLUSTER).plan(), Reason.ForeignLedger);
    }
  }

  @Test
  void repairAndDeletionDoNotWaitForAnAnswer() {
    var open = Given.begun().rotation(it -> it.opened(Given.attempt("a", Attempt.State.OPEN)));

    assertThat(assertActs(open.secret(Given.shows(1, "7")).plan())).isEqualTo(new Step.Republish());
  }

  @Test
  void aFailedDeleteDoesNotHoldTheNextRotation() {
    var given =
        Given.condemned()
            .rotation(it -> it.completed(Given.NOW))
            .failed(Verb.DELETE, "1", Duration.ofMinutes(5))
            .token("please");

    assertThat(assertActs(given.plan())).isInstanceOf(Step.Begin.class);
  }

  @Test
  void whatCannotBeUndoneIsSaidToBeSo() {
    assertThat(
            List.of(
                new Step.StartLedger(),
                new Step.Rebind(),
                new Step.Mint(),
                new Step.Sweep("a"),
                new Step.Republish(),
                new Step.WriteSecret(),
                new Step.Condemn("1"),
                new Step.Retire("1"),
                new Step.Delete("1")))
        .allMatch(it -> it.basis().isLive());
  }
}
