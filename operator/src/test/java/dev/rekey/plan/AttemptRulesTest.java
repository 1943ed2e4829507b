package dev.rekey.plan;

import static dev.rekey.plan.Answers.assertActs;
import static dev.rekey.plan.Answers.assertLater;
import static dev.rekey.plan.Answers.assertPasses;
import static dev.rekey.plan.Answers.assertWaits;
import static dev.rekey.plan.Answers.assertYields;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.rotation.Attempt;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Verb;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class AttemptRulesTest {
  private final AttemptRules rules = new AttemptRules(Given.SETTINGS);

  @Nested
  class AnOpenAttempt {
    @Test
    void isWaitedForUntilItsTimeIsOver() {
      var open = Given.begun().rotation(it -> it.opened(Given.attempt("a", Attempt.State.OPEN)));
      var notAfter = Given.attempt("a", Attempt.State.OPEN).notAfter();

      var wait =
          assertWaits(
              open.at(notAfter.minusMillis(1)).askedOf(rules::resolveOpenAttempt),
              Reason.AwaitingAnswer);
      assertThat(wait.until()).isEqualTo(notAfter);
      assertThat(assertActs(open.at(notAfter).askedOf(rules::resolveOpenAttempt)))
          .isEqualTo(new Step.MarkLost("a"));
    }

    @Test
    void thatIsLostIsNotWaitedFor() {
      assertPasses(
          Given.begun()
              .rotation(it -> it.opened(Given.attempt("a", Attempt.State.LOST)))
              .askedOf(rules::resolveOpenAttempt));
    }
  }

  @Nested
  class ALostAttempt {
    @Test
    void isSearchedForWhenItsTimeHasCome() {
      assertThat(assertActs(lost(Optional.of(Given.NOW)).askedOf(rules::sweepLostAttempt)))
          .isEqualTo(new Step.Sweep("a"));
      assertLater(
          lost(Optional.of(Given.NOW.plusSeconds(1))).askedOf(rules::sweepLostAttempt),
          Given.NOW.plusSeconds(1));
      assertPasses(lost(Optional.empty()).askedOf(rules::sweepLostAttempt));
    }

    @Test
    void isSearchedForOnceMoreBeforeTheNextRotation() {
      var atRest =
          Given.atRest().rotation(it -> it.opened(swept(Optional.empty()))).token("please");

      assertThat(assertActs(atRest.askedOf(rules::sweepLostAttempt)))
          .isEqualTo(new Step.Sweep("a"));
    }

    @Test
    void isSearchedForOnceMoreWhereItTakesTheLastRoom() {
      assertThat(assertActs(lost(Optional.empty()).quota(2).askedOf(rules::sweepLostAttempt)))
          .isEqualTo(new Step.Sweep("a"));
      assertPasses(lost(Optional.empty()).quota(3).askedOf(rules::sweepLostAttempt));
    }

    @Test
    void doesNotHoldTheRestWhereItsIssuerIsDown() {
      assertYields(
          lost(Optional.of(Given.NOW))
              .failed(Verb.SWEEP, "a", Duration.ofMinutes(1))
              .askedOf(rules::sweepLostAttempt),
          Reason.IssuerFailed);
      assertYields(
          lost(Optional.of(Given.NOW)).issuerIsGone().askedOf(rules::sweepLostAttempt),
          Reason.IssuerNotFound);
    }

    private static Given lost(Optional<Instant> next) {
      return Given.begun().rotation(it -> it.opened(swept(next)));
    }

    private static Attempt swept(Optional<Instant> next) {
      return Given.attempt("a", Attempt.State.LOST).swept(next);
    }
  }
}
