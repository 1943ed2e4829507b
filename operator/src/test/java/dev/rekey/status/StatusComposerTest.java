package dev.rekey.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.api.v1alpha1.ApiKeyRotationStatus;
import dev.rekey.api.v1alpha1.ConsumersStatus;
import dev.rekey.api.v1alpha1.KeyStatus;
import dev.rekey.plan.Gate;
import dev.rekey.plan.Given;
import dev.rekey.plan.Plan;
import dev.rekey.plan.Planner;
import dev.rekey.plan.Rules;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.Owner;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.Timestamps;
import dev.rekey.rotation.Warning;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StatusComposerTest {
  @Test
  void atRestItShowsTheKeyAndTheNextRotation() {
    var status = compose(null, Given.atRest().seen(), wait(Reason.Idle));

    assertThat(status.phase()).isEqualTo("Idle");
    assertThat(status.observedGeneration()).isEqualTo(1);
    assertThat(status.current())
        .isEqualTo(new KeyStatus("1", "…er-1", "2026-05-22T12:00:00Z", "2026-11-18T12:00:00Z"));
    assertThat(status.next()).isNull();
    assertThat(status.nextRotationTime()).isEqualTo("2026-08-20T12:00:00Z");
    assertThat(status.nextRotationReason()).isEqualTo("Interval");
    assertCondition(status, "Ready", "True", "Idle");
    assertCondition(status, "Rotating", "False", "Idle");
  }

  @Test
  void inARotationItShowsBothKeysAndWhoIsBehind() {
    var seen =
        Given.published(Duration.ofHours(1))
            .pod("api-1", 1)
            .pod("api-2", 2)
            .progress(1, 2, Duration.ofMinutes(1), false)
            .seen();

    var status = compose(null, seen, wait(Reason.WaitingForConsumers));

    assertThat(status.phase()).isEqualTo("Rolling");
    assertThat(status.current()).extracting(it -> it == null ? "" : it.id()).isEqualTo("1");
    assertThat(status.next()).extracting(it -> it == null ? "" : it.id()).isEqualTo("2");
    assertThat(status.consumers())
        .isEqualTo(
            new ConsumersStatus(
                2, 1, List.of("pod api-1 started before the new key was published")));
    assertCondition(status, "Ready", "True", "WaitingForConsumers");
    assertCondition(status, "Rotating", "True", "WaitingForConsumers");
  }

  @Test
  void whatIsWrongMakesItUnready() {
    var stuck = compose(null, Given.minted().seen(), wait(Reason.ConsumersStuck));
    assertCondition(stuck, "Ready", "False", "ConsumersStuck");

    var beside =
        new Plan.Wait(
            Given.NOW,
            Reason.Idle,
            "nothing is due",
            List.of(new Plan.Trouble(Given.NOW, Reason.NotRevoked, "key 1 still works")));
    var status = compose(null, Given.condemned().seen(), beside);
    assertCondition(status, "Ready", "False", "NotRevoked");
    assertThat(condition(status, "Ready").getMessage()).isEqualTo("key 1 still works");
  }

  @Test
  void whatIsForeseenIsSaidAndMakesNothingUnready() {
    var foreseen =
        new Run.Foreseen(
            Given.NOW,
            List.of(
                new Warning(Reason.BarePod, "pod cron-1 belongs to nobody."),
                new Warning(Reason.RestartedTwice, "Deployment api is restarted twice.")));
    var begun = Given.begun().run(it -> it.foreseeing(foreseen)).seen();

    var status = compose(null, begun, wait(Reason.Beginning));

    assertCondition(status, "Warned", "True", "BarePod");
    assertThat(condition(status, "Warned").getMessage())
        .isEqualTo("pod cron-1 belongs to nobody. Also: Deployment api is restarted twice.");
    assertCondition(status, "Ready", "True", "Beginning");
    assertCondition(
        compose(null, Given.atRest().seen(), wait(Reason.Idle)), "Warned", "False", "Idle");
  }

  @Test
  void theTransitionTimeMovesOnlyWhenAConditionFlips() {
    var seen = Given.atRest().seen();
    var first = compose(null, seen, wait(Reason.Idle));
    var later = at(seen, Given.NOW.plusSeconds(60));
    var muchLater = at(seen, Given.NOW.plusSeconds(120));

    var second = compose(first, later, wait(Reason.Settling));
    assertThat(condition(second, "Ready").getReason()).isEqualTo("Settling");
    assertThat(condition(second, "Ready").getLastTransitionTime())
        .isEqualTo("2026-06-01T12:00:00Z");

    var third = compose(second, muchLater, wait(Reason.ConsumersStuck));
    assertThat(condition(third, "Ready").getLastTransitionTime()).isEqualTo("2026-06-01T12:02:00Z");
    assertThat(condition(third, "Rotating").getLastTransitionTime())
        .isEqualTo("2026-06-01T12:00:00Z");
  }

  @Test
  void theSameFactsGiveTheSameStatus() {
    var seen = Given.atRest().seen();
    var first = compose(null, seen, wait(Reason.Idle));

    assertThat(compose(first, at(seen, Given.NOW.plusSeconds(60)), wait(Reason.Idle)))
        .isEqualTo(first);
  }

  @Test
  void nothingIsTakenFromTheStatusBeforeButTheTimes() {
    var seen = Given.atRest().seen();
    var first = compose(null, seen, wait(Reason.Idle));
    var forged =
        new ApiKeyRotationStatus(
            99L,
            "Revoking",
            new KeyStatus("7", "forged", "", ""),
            null,
            "2030-01-01T00:00:00Z",
            "Requested",
            null,
            null,
            null,
            first.conditions());

    assertThat(compose(forged, seen, wait(Reason.Idle))).isEqualTo(first);
  }

  @Test
  void aLedgerThatIsAnothersSaysNothingHere() {
    var status =
        compose(
            null, Given.atRest().owner(Owner.OTHER_RESOURCE).seen(), wait(Reason.SecretClaimed));

    assertThat(status.current()).isNull();
    assertThat(status.nextRotationTime()).isNull();
    assertCondition(status, "Ready", "False", "SecretClaimed");
  }

  @Test
  void whoWaitsForItsTurnIsReadyAndSaysWhereItStandsInLine() {
    var due = Given.atRest().dueSince(Duration.ofDays(1)).waiting(3, 7, 5);

    var status = compose(null, due.seen(), (Plan.Wait) due.plan());

    assertThat(status.phase()).isEqualTo("Waiting");
    assertCondition(status, "Ready", "True", "WaitingForTurn");
    assertCondition(status, "Rotating", "False", "WaitingForTurn");
    assertThat(condition(status, "Ready").getMessage())
        .isEqualTo(
            "Waiting for a turn: 3rd of 7; 5 rollouts run in namespace payments, which is the most"
                + " at once");
  }

  @Test
  void sinceWhenItIsDueIsSaidOnceOfARotationThatSomebodyAskedFor() {
    var asked = Given.atRest().token("now").waiting(3, 7, 5);
    var first = compose(null, asked.seen(), (Plan.Wait) asked.plan());
    var later = asked.at(Given.NOW.plusSeconds(60));

    assertThat(first.nextRotationTime()).isEqualTo(Timestamps.of(Given.NOW));
    assertThat(compose(first, later.seen(), (Plan.Wait) later.plan())).isEqualTo(first);
  }

  @Test
  void whoWaitsTooLongForItsTurnIsNotReady() {
    var overdue = Given.atRest().dueSince(Duration.ofDays(1)).waiting(3, 7, 5);
    var seen = at(overdue.seen(), Given.NOW.plus(Duration.ofDays(169)));

    var wait = new Planner(Rules.inOrder(Given.SETTINGS, Gate.standard(Given.SETTINGS))).plan(seen);

    assertCondition(compose(null, seen, (Plan.Wait) wait), "Ready", "False", "TurnOverdue");
  }

  @Test
  void noValueOfAKeyIsInIt() {
    for (var given : List.of(Given.atRest(), Given.minted(), Given.condemned())) {
      assertThat(compose(null, given.seen(), wait(Reason.Idle)).toString())
          .doesNotContain("value-of-key-number");
    }
  }

  private static ApiKeyRotationStatus compose(
      @Nullable ApiKeyRotationStatus before, Observation seen, Plan.Wait wait) {
    return StatusComposer.compose(before, seen, wait, Given.SETTINGS);
  }

  private static Observation at(Observation seen, Instant now) {
    return new Observation(
        now,
        seen.live(),
        seen.resource(),
        seen.ledger(),
        seen.secret(),
        seen.issuer(),
        seen.issuers(),
        seen.consumers(),
        seen.turn(),
        seen.companions());
  }

  private static Plan.Wait wait(Reason reason) {
    return new Plan.Wait(Given.NOW.plusSeconds(60), reason, reason.sentence());
  }

  private static Condition condition(ApiKeyRotationStatus status, String type) {
    return StatusComposer.condition(status, type).orElseThrow();
  }

  private static void assertCondition(
      ApiKeyRotationStatus status, String type, String value, String reason) {
    assertThat(condition(status, type).getStatus()).as(type).isEqualTo(value);
    assertThat(condition(status, type).getReason()).as(type).isEqualTo(reason);
  }
}
