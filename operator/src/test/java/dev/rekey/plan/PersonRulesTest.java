package dev.rekey.plan;

import static dev.rekey.plan.Answers.assertActs;
import static dev.rekey.plan.Answers.assertPasses;
import static dev.rekey.plan.Answers.assertWaits;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.rotation.Attempt;
import dev.rekey.rotation.Capabilities;
import dev.rekey.rotation.Inbox;
import dev.rekey.rotation.Observation.IssuerView;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Tracing;
import dev.rekey.rotation.Verb;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PersonRulesTest {
  private static final Instant DEADLINE = Given.NOW.plus(Duration.ofDays(14));
  private static final Inbox BROUGHT = new Inbox("inbox-1/7", "token-7");

  private final PersonRules rules = new PersonRules(Given.SETTINGS);

  @Nested
  class APersonWhoIsAskedForAKey {
    @Test
    void isToldWhatToDoAndUntilWhen() {
      var wait = assertWaits(asked().askedOf(rules::awaitPerson), Reason.AwaitingPerson);

      assertThat(wait.message())
          .contains("Make one, labelled rk-a.", "messaging-api-key-inbox", "2026-06-15T12:00:00Z");
    }

    @Test
    void isLateAfterTheDeadlineAndWaitedForAllTheSame() {
      var late = asked().at(DEADLINE);

      assertWaits(late.askedOf(rules::awaitPerson), Reason.PersonOverdue);
      assertThat(assertActs(late.inbox(BROUGHT).askedOf(rules::awaitPerson)))
          .isEqualTo(new Step.TakeIn("a"));
    }

    @Test
    void isNotAskedForAnotherOneByAnyRule() {
      var beside = asked().token("once more").leaked("1");

      assertThat(beside.plan().reason()).isEqualTo(Reason.Hurrying);
      assertWaits(asked().token("once more").plan(), Reason.AwaitingPerson);
    }

    @Test
    void isWaitedForNoMoreWhereTheIssuerIsReplaced() {
      assertPasses(asked().issuerIsGone().askedOf(rules::awaitPerson));
      assertPasses(
          asked()
              .issuer(new IssuerView.Usable(Given.ISSUER, byHand(), true))
              .askedOf(rules::awaitPerson));
    }
  }

  @Nested
  class WhatAPersonBrings {
    @Test
    void isTakenWhereItIsNew() {
      assertThat(assertActs(asked().inbox(BROUGHT).askedOf(rules::awaitPerson)))
          .isEqualTo(new Step.TakeIn("a"));
    }

    @Test
    void isTakenOnceAndThenRemoved() {
      var taken = asked().inbox(BROUGHT).rotation(it -> it.handled(List.of("token-7")));

      assertWaits(taken.askedOf(rules::awaitPerson), Reason.AwaitingPerson);
      assertThat(assertActs(taken.askedOf(rules::emptyInbox))).isEqualTo(new Step.EmptyInbox());
      assertPasses(asked().inbox(BROUGHT).askedOf(rules::emptyInbox));
    }

    @Test
    void isLeftAloneForAWhileWhereItWasRefusedAndNotWhereItIsAnotherOneByNow() {
      var refused = asked().inbox(BROUGHT).failed(Verb.INTAKE, "inbox-1/7", Duration.ofMinutes(1));

      var wait = assertWaits(refused.askedOf(rules::awaitPerson), Reason.IssuerFailed);
      assertThat(wait.message()).contains("Make one, labelled rk-a.");
      assertThat(
              assertActs(
                  refused.inbox(new Inbox("inbox-1/8", "token-8")).askedOf(rules::awaitPerson)))
          .isEqualTo(new Step.TakeIn("a"));
    }
  }

  @Nested
  class ThatAKeyIsDeleted {
    @Test
    void isBelievedOfACondemnedKeyAtADashboardAlone() {
      var condemned =
          Given.atRest().issuer(manual()).deleted("1").rotation(it -> it.condemned("1"));

      assertThat(heard(condemned)).contains(new Step.NoteDeleted("1", "token-1"));
      assertThat(heard(condemned.deleted("2"))).isEmpty();
      assertThat(heard(condemned.deleted("1").rotation(it -> it.handled(List.of("token-1")))))
          .isEmpty();
      assertThat(heard(Given.atRest().deleted("1").rotation(it -> it.condemned("1")))).isEmpty();
    }

    private Optional<Step> heard(Given given) {
      return PersonRules.heard(
              given.seen(), given.rotation(), given.rotation().key("1").orElseThrow())
          .map(Answers::assertActs);
    }
  }

  private static Given asked() {
    return Given.begun()
        .issuer(manual())
        .rotation(it ->
            it.opened(
                Given.attempt("a", Attempt.State.OPEN)
                    .awaiting("Make one, labelled rk-a.", DEADLINE)));
  }

  private static IssuerView manual() {
    return new IssuerView.Usable(Given.ISSUER, byHand());
  }

  private static Capabilities byHand() {
    return new Capabilities(
        Tracing.PERSON,
        false,
        true,
        false,
        Optional.of(Given.LIFE),
        OptionalInt.empty(),
        Duration.ofSeconds(10));
  }
}
