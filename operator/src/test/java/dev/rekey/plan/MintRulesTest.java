package dev.rekey.plan;

import static dev.rekey.plan.Answers.assertActs;
import static dev.rekey.plan.Answers.assertPasses;
import static dev.rekey.plan.Answers.assertWaits;
import static dev.rekey.plan.Answers.assertYields;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.rotation.Attempt;
import dev.rekey.rotation.Cause;
import dev.rekey.rotation.Checks;
import dev.rekey.rotation.IssuerBinding;
import dev.rekey.rotation.Observation.IssuerView;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Tracing;
import dev.rekey.rotation.Verb;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class MintRulesTest {
  private static final IssuerBinding OTHER =
      new IssuerBinding("KeyIssuer", "payments", "other", "issuer-2", "account-2");

  private final MintRules rules = new MintRules(Given.SETTINGS);

  @Nested
  class AskingForAKey {
    @Test
    void isNotDoneForASecretThatHasBecomeImmutable() {
      assertYields(
          Given.begun().secret(Given.shows(1, "1", Given.IMMUTABLE)).askedOf(rules::mint),
          Reason.SecretImmutable);
    }

    @Test
    void isDoneOnceARotationHasBegun() {
      assertThat(assertActs(Given.begun().askedOf(rules::mint))).isEqualTo(new Step.Mint());
      assertPasses(Given.atRest().askedOf(rules::mint));
      assertPasses(Given.minted().askedOf(rules::mint));
    }

    @Test
    void isLeftAloneForAWhileAfterAFailure() {
      var trouble =
          assertYields(
              Given.begun()
                  .failed(Verb.MINT, Given.BINDING.secret(), Duration.ofMinutes(2))
                  .askedOf(rules::mint),
              Reason.IssuerFailed);
      assertThat(trouble.until()).isEqualTo(Given.NOW.plus(Duration.ofMinutes(2)));
    }

    @Test
    void countsEveryKeyThatMayExist() {
      assertYields(Given.begun().quota(1).askedOf(rules::mint), Reason.QuotaReached);
      assertActs(Given.begun().quota(2).askedOf(rules::mint));
      assertYields(
          Given.begun()
              .quota(2)
              .rotation(it -> it.opened(Given.attempt("a", Attempt.State.LOST)))
              .askedOf(rules::mint),
          Reason.QuotaReached);
    }

    @Test
    void countsOnlyTheAccountThatIsAsked() {
      var elsewhere =
          new Attempt(
              "a",
              "rk-a",
              OTHER,
              Attempt.State.LOST,
              Given.NOW,
              Given.NOW,
              0,
              Optional.empty(),
              Tracing.LABELLED,
              List.of());

      assertActs(Given.begun().quota(2).rotation(it -> it.opened(elsewhere)).askedOf(rules::mint));
    }

    @Test
    void waitsWhileADeleteMayMeetTheNewKey() {
      var later = Given.NOW.plusSeconds(30);
      var deleting =
          Given.begun()
              .rotation(it ->
                  it.adopted(
                      Given.key("0", Role.CONDEMNED, Given.NOW)
                          .checked(Checks.NONE.deleting(later))));

      assertThat(assertYields(deleting.askedOf(rules::mint), Reason.Deleting).until())
          .isEqualTo(later);
      assertActs(deleting.at(later).askedOf(rules::mint));
    }

    @Test
    void beginsAnewWhenAPersonAsksAfterAKeyWasNamed() {
      var named = Given.begun().rotation(it -> it.opened(blind()));

      assertThat(assertActs(named.askedOf(rules::mint))).isEqualTo(new Step.Mint());
      assertPasses(named.askedOf(new AttemptRules(Given.SETTINGS)::sweepLostAttempt));
      assertThat(assertActs(named.token("I have looked").askedOf(rules::mint)))
          .isEqualTo(new Step.Begin(Cause.Requested));
      assertThat(named.rotation().begun(Given.run(), List.of("I have looked")).attempts())
          .as("the new run counts from the beginning")
          .isEmpty();
    }

    private static Attempt blind() {
      return new Attempt(
          "a",
          "rk-a",
          Given.ISSUER,
          Attempt.State.LOST,
          Given.NOW,
          Given.NOW,
          0,
          Optional.empty(),
          Tracing.BLIND,
          List.of());
    }

    @Test
    void waitsForAnIssuerThatCannotBeUsed() {
      assertYields(Given.begun().issuerIsGone().askedOf(rules::mint), Reason.IssuerNotFound);
    }

    @Test
    void asksAnIssuerThatIsBeingDeletedForNoKey() {
      assertYields(
          deletingIssuer(
                  new IssuerView.Unusable(Reason.IssuerDeleting, "The issuer is being deleted."))
              .askedOf(rules::mint),
          Reason.IssuerDeleting);
    }

    @Test
    void beginsAnewElsewhereWhereItsIssuerIsBeingDeleted() {
      var usable = (IssuerView.Usable) Given.begun().seen().issuer();

      assertThat(
              assertActs(
                  deletingIssuer(new IssuerView.Usable(OTHER, usable.capabilities()))
                      .askedOf(rules::mint)))
          .isEqualTo(new Step.Begin(Cause.Interval));
    }

    private static Given deletingIssuer(IssuerView named) {
      var usable = (IssuerView.Usable) Given.begun().seen().issuer();
      return Given.begun()
          .issuer(named)
          .issuerOf(Given.ISSUER, new IssuerView.Usable(Given.ISSUER, usable.capabilities(), true));
    }

    @Test
    void beginsAnewAtTheIssuerThatIsNamedNow() {
      var usable = (IssuerView.Usable) Given.begun().seen().issuer();

      assertThat(
              assertActs(
                  Given.begun()
                      .issuer(new IssuerView.Usable(OTHER, usable.capabilities()))
                      .askedOf(rules::mint)))
          .isEqualTo(new Step.Begin(Cause.Interval));
    }
  }

  @Nested
  class ANewKey {
    @Test
    void isTriedUntilItWasAcceptedThreeTimes() {
      assertThat(assertActs(Given.minted().askedOf(rules::verifyNext)))
          .isEqualTo(new Step.Verify("2"));
      assertThat(assertActs(accepted(2, 1).askedOf(rules::verifyNext)))
          .isEqualTo(new Step.Verify("2"));
      assertPasses(accepted(3, 1).askedOf(rules::verifyNext));
    }

    @Test
    void isTriedOnceMoreWhenItHasStoodInLineForLong() {
      int longAgo = (int) Given.SETTINGS.freshness().toSeconds() + 1;

      assertThat(assertActs(accepted(3, longAgo).askedOf(rules::verifyNext)))
          .isEqualTo(new Step.Verify("2"));
      assertPasses(accepted(3, longAgo).waiting(3, 7, 5).askedOf(rules::verifyNext));
      assertPasses(accepted(3, longAgo - 1).askedOf(rules::verifyNext));
    }

    @Test
    void isNotTriedTwiceAtOnce() {
      var wait = assertWaits(accepted(2, 0).askedOf(rules::verifyNext), Reason.Verifying);
      assertThat(wait.until()).isEqualTo(Given.NOW.plus(Given.SETTINGS.verifyPause()));
    }

    @Test
    void isNotTriedWhereTheIssuerCannotTell() {
      assertPasses(Given.minted().cannotVerify().askedOf(rules::verifyNext));
    }

    @Test
    void keepsAllElseWaitingWhileItIsNotProven() {
      assertWaits(
          Given.minted().failed(Verb.VERIFY, "2", Duration.ofMinutes(1)).askedOf(rules::verifyNext),
          Reason.IssuerFailed);
      assertWaits(Given.minted().issuerIsGone().askedOf(rules::verifyNext), Reason.IssuerNotFound);
    }

    @Test
    void thatIsRejectedForTooLongIsGivenUp() {
      var late = Given.NOW.plus(Given.SETTINGS.verifyDeadline());

      assertThat(assertActs(rejected().at(late).askedOf(rules::abandonNext)))
          .isEqualTo(new Step.Condemn("2"));
      assertPasses(rejected().askedOf(rules::abandonNext));
    }

    @Test
    void ofWhichNothingIsKnownIsNotGivenUp() {
      var late = Given.NOW.plus(Duration.ofDays(1));

      assertPasses(Given.minted().at(late).askedOf(rules::abandonNext));
      assertPasses(accepted(1, 1).at(late).askedOf(rules::abandonNext));
    }

    @Test
    void thatWasPublishedIsNeverGivenUp() {
      var late = Given.NOW.plus(Duration.ofDays(1));

      assertPasses(
          Given.published(Duration.ZERO)
              .checks("2", new Checks(0, Optional.empty(), Given.at(1), Optional.empty()))
              .at(late)
              .askedOf(rules::abandonNext));
    }

    private static Given accepted(int times, int secondsAgo) {
      return Given.minted()
          .checks("2", new Checks(times, Given.at(secondsAgo), Optional.empty(), Optional.empty()));
    }

    private static Given rejected() {
      return Given.minted()
          .checks("2", new Checks(0, Optional.empty(), Given.at(1), Optional.empty()));
    }
  }
}
