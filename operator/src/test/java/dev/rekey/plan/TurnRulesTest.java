package dev.rekey.plan;

import static dev.rekey.plan.Answers.assertActs;
import static dev.rekey.plan.Answers.assertWaits;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.rotation.Cause;
import dev.rekey.rotation.Observation.Turn;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.Verb;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TurnRulesTest {
  private static final String LINE =
      "Waiting for a turn: 3rd of 7; 5 rollouts run in namespace payments, which is the most at"
          + " once";

  @Test
  void nothingBeginsBeforeItIsItsTurn() {
    var wait = assertWaits(due().waiting(3, 7, 5).plan(), Reason.WaitingForTurn);

    assertThat(wait.message()).isEqualTo(LINE);
    assertThat(wait.until()).isEqualTo(Given.NOW.plus(Given.SETTINGS.heldLook()));
    assertThat(assertActs(due().plan())).isInstanceOf(Step.Begin.class);
  }

  @Test
  void noKeyIsAskedForBeforeItIsItsTurn() {
    assertWaits(foreseen().waiting(3, 7, 5).plan(), Reason.WaitingForTurn);

    assertThat(assertActs(foreseen().plan())).isInstanceOf(Step.Mint.class);
  }

  @Test
  void nothingIsPublishedBeforeItIsItsTurn() {
    assertWaits(proven().waiting(3, 7, 5).plan(), Reason.WaitingForTurn);

    assertThat(assertActs(proven().plan())).isInstanceOf(Step.Publish.class);
  }

  @Test
  void anotherFormOfTheSameKeyWaitsAsANewKeyDoes() {
    var form = Map.of("apiKey", "key: ${key.value}");
    var edited =
        Given.atRest()
            .rotation(it ->
                it.published(
                        it.publication()
                            .orElseThrow()
                            .followedBy("1", it.publication().orElseThrow().data(), form))
                    .written(Given.NOW.minus(Duration.ofDays(1))))
            .secret(Given.shows(2, "1"));

    assertThat(assertActs(edited.plan())).isEqualTo(new Step.Begin(Cause.DataChanged));
    assertWaits(edited.waiting(3, 7, 5).plan(), Reason.WaitingForTurn);
  }

  @Test
  void aLeakedKeyIsReplacedAtOnce() {
    assertThat(assertActs(Given.atRest().leaked("1").waiting(3, 7, 5).plan()))
        .isInstanceOf(Step.Begin.class);
    assertThat(assertActs(foreseen().run(Run::hurried).waiting(3, 7, 5).plan()))
        .isInstanceOf(Step.Mint.class);
    assertThat(assertActs(proven().run(Run::hurried).waiting(3, 7, 5).plan()))
        .isInstanceOf(Step.Publish.class);
  }

  @Test
  void whatIsPublishedGoesOnWhoeverWaits() {
    var rolling = Given.published(Duration.ofSeconds(20)).workload("api", 1, true).pod("api-1", 1);

    assertThat(assertActs(rolling.waiting(3, 7, 5).plan())).isInstanceOf(Step.StampWorkload.class);
    assertThat(assertActs(Given.soaked().waiting(3, 7, 5).plan())).isEqualTo(new Step.Condemn("1"));
    assertThat(assertActs(Given.condemned().waiting(3, 7, 5).plan()))
        .isEqualTo(new Step.Delete("1"));
  }

  @Test
  void aSecretThatSomebodyChangedIsMendedWhoeverWaits() {
    var drifted = Given.atRest().secret(Given.shows(1, "somebody's"));

    assertThat(assertActs(drifted.waiting(3, 7, 5).plan())).isEqualTo(new Step.Republish());
  }

  @Test
  void whatFailedIsSaidBeforeTheLine() {
    var wait = due().quota(1).waiting(3, 7, 5).plan();

    assertThat(wait.reason()).isNotEqualTo(Reason.WaitingForTurn);
    assertThat(
            foreseen()
                .failed(Verb.MINT, Given.BINDING.secret(), Duration.ofMinutes(1))
                .waiting(3, 7, 5)
                .plan()
                .reason())
        .isNotEqualTo(Reason.WaitingForTurn);
  }

  @Test
  void theLimitHoldsPastTheLatestSafeMomentAndSaysSo() {
    // 180 days, less 15 s, 3 x 15 min, 10 min and 30 min, and 72 h for whatever comes between
    var latest =
        Given.NOW
            .plus(Duration.ofDays(170 - 3))
            .minus(Duration.ofMinutes(45 + 10 + 30))
            .minusSeconds(15);

    assertWaits(due().at(latest).waiting(3, 7, 5).plan(), Reason.WaitingForTurn);
    var wait =
        assertWaits(due().at(latest.plusSeconds(1)).waiting(3, 7, 5).plan(), Reason.TurnOverdue);

    assertThat(wait.message())
        .startsWith(LINE)
        .contains(
            "The latest safe moment to begin was 2026-11-15T10:34:45Z, and the limit holds all the"
                + " same")
        .contains("REKEY_ROLLOUTS_AT_ONCE_PER_NAMESPACE");
  }

  @Test
  void aLimitOfTheClusterIsNamedAsThat() {
    var seen = due().seen().withTurn(new Turn.Waiting(1, 1, 51, 50, Turn.Scope.CLUSTER));
    var ledger = due().rotation();

    var answer = new DueRules(Given.SETTINGS).begin(seen, ledger);

    assertThat(assertWaits(answer, Reason.WaitingForTurn).message())
        .isEqualTo(
            "Waiting for a turn: 1st of 1; 51 rollouts run in the cluster, and 50 are the most at"
                + " once");
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1st",
    "2, 2nd",
    "3, 3rd",
    "4, 4th",
    "11, 11th",
    "12, 12th",
    "13, 13th",
    "21, 21st",
    "111, 111th",
    "122, 122nd"
  })
  void placesInTheLineAreSaidAsPeopleDo(int position, String said) {
    assertThat(due().waiting(position, 200, 1).plan().message())
        .isEqualTo(
            "Waiting for a turn: "
                + said
                + " of 200; 1 rollout runs in namespace payments, which is the most at once");
  }

  private static Given due() {
    return Given.atRest().schedule(Duration.ofDays(7), Duration.ofDays(1));
  }

  /** What was to be told before a key is asked for is told. */
  private static Given foreseen() {
    return Given.begun()
        .run(it -> it.foreseeing(new Run.Foreseen(Given.NOW.minusSeconds(30), List.of())));
  }

  private static Given proven() {
    return Given.proven()
        .run(it -> it.foreseeing(new Run.Foreseen(Given.NOW.minusSeconds(30), List.of())));
  }
}
