package dev.rekey.plan;

import static dev.rekey.plan.Answers.assertActs;
import static dev.rekey.plan.Answers.assertWaits;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.rotation.Attempt;
import dev.rekey.rotation.Cause;
import dev.rekey.rotation.Checks;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Observation.Target;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Run;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What a person says goes before what Rekey would do by itself: revoke-now, and suspend. */
class RevokeNowRulesTest {

  private static Given named(Given given, String id) {
    return given.revokeNow(id).rotation(it -> it.revokedNow(id, "revoke-" + id));
  }

  @Nested
  class RevokeNow {
    @Test
    void theKeyInUseIsCondemnedAtOnce() {
      assertThat(assertActs(Given.atRest().revokeNow("1").plan()))
          .isEqualTo(new Step.RevokeNow("1", "revoke-1"));
    }

    @Test
    void aKeyOfAnyRoleMayBeNamed() {
      assertThat(assertActs(Given.minted().revokeNow("2").plan()))
          .isEqualTo(new Step.RevokeNow("2", "revoke-2"));
      assertThat(assertActs(Given.condemned().revokeNow("1").plan()))
          .isEqualTo(new Step.RevokeNow("1", "revoke-1"));
    }

    @Test
    void aNameThatNobodyKnowsDeletesNothingAndIsHandledOnce() {
      var plan = Given.atRest().revokeNow("unknown").plan();

      assertThat(assertActs(plan)).isEqualTo(new Step.Handle("revoke-unknown"));
      assertThat(plan.reason()).isEqualTo(Reason.KeyUnknown);
      var handled =
          Given.atRest()
              .revokeNow("unknown")
              .rotation(it -> it.handled(List.of("revoke-unknown")))
              .plan();
      assertWaits(handled, Reason.Idle);
    }

    @Test
    void aHintIsNotEnoughToDeleteAKey() {
      var plan = Given.atRest().revokeNow("…er-1").plan();

      assertThat(plan.reason()).isEqualTo(Reason.KeyUnknown);
    }

    @Test
    void aNamedKeyIsDeletedWhilePodsHoldIt() {
      var given = named(Given.atRest().pod("api-1", 1), "1");

      assertThat(assertActs(given.plan())).isEqualTo(new Step.Delete("1"));
    }

    @Test
    void aKeyThatNobodyNamedIsNotDeletedWhilePodsHoldIt() {
      var given = Given.atRest().pod("api-1", 0).rotation(it -> it.condemned("1"));

      assertThat(assertActs(given.plan())).isNotInstanceOf(Step.Delete.class);
    }

    @Test
    void aNamedKeyIsConfirmedGoneAsAnyOther() {
      var asked = Checks.NONE.deleteAsked(Given.NOW.minusSeconds(1));

      assertThat(assertActs(named(Given.atRest(), "1").checks("1", asked).plan()))
          .isEqualTo(new Step.Verify("1"));
      assertThat(
              assertActs(named(Given.atRest(), "1").checks("1", asked.rejected(Given.NOW)).plan()))
          .isEqualTo(new Step.Forget("1"));
    }

    @Test
    void aNewRotationBeginsWhereTheKeyInUseIsGone() {
      var given = named(Given.atRest(), "1").rotation(it -> it.forgotten("1"));

      assertThat(assertActs(given.plan())).isEqualTo(new Step.Begin(Cause.GoneElsewhere));
    }

    @Test
    void aNamedKeyIsNeverPutBackIntoTheSecret() {
      var given = named(Given.atRest(), "1").secret(new Target.Missing());

      assertThat(assertActs(given.plan())).isEqualTo(new Step.Delete("1"));
      assertThat(assertActs(given.rotation(it -> it.forgotten("1")).plan()))
          .isInstanceOf(Step.Begin.class);
    }

    @Test
    void aDecidedPublicationOfANamedKeyIsNotWritten() {
      var given =
          named(Given.proven().rotation(it -> it.published(Given.publication(2, "2"))), "2");

      assertThat(assertActs(given.plan())).isEqualTo(new Step.Delete("2"));
    }

    @Test
    void theNewKeyGoesOnWithoutTheOldOneUntilEveryPodIsOnIt() {
      var given =
          named(Given.published(Duration.ofHours(1)).workload("api", 1, true).pod("api-1", 1), "1")
              .rotation(it -> it.forgotten("1"));

      assertThat(given.rotation().key(Role.NEXT).map(Key::name)).contains("2");
      assertThat(assertActs(given.plan())).isInstanceOf(Step.StampWorkload.class);
    }

    @Test
    void aNewKeyThatIsNamedIsReplacedAndTheOldOneStays() {
      var given = named(Given.published(Duration.ofHours(1)), "2");

      assertThat(given.rotation().key(Role.CURRENT).map(Key::name)).contains("1");
      assertThat(given.rotation().run().flatMap(Run::keyName)).isEmpty();
      assertThat(assertActs(given.rotation(it -> it.forgotten("2")).plan()))
          .isEqualTo(new Step.Mint());
    }

    @Test
    void theOverlapIsCountedFromTheKeyThatReplacesTheNamedOne() {
      var given = named(Given.published(Duration.ofHours(1)), "2");

      assertThat(Given.published(Duration.ofHours(1)).rotation().run().flatMap(Run::shownAt))
          .isPresent();
      assertThat(given.rotation().run().flatMap(Run::shownAt)).isEmpty();
    }

    @Test
    void aRotationThatWasToKeepTheNamedKeyIsOver() {
      var rotation =
          Given.atRest()
              .rotation(it ->
                  it.begun(Given.run().bringing(Optional.of("1")), List.of())
                      .revokedNow("1", "revoke-1"))
              .rotation();

      assertThat(rotation.run()).isEmpty();
      assertThat(rotation.key("1").map(Key::named)).contains(true);
    }
  }

  @Nested
  class Suspended {
    @Test
    void nothingIsBegunAndNothingGoesOn() {
      for (var given :
          List.of(
              Given.nothing(),
              Given.noKey(),
              Given.atRest().token("now"),
              Given.begun(),
              Given.minted(),
              Given.published(Duration.ofHours(1)).workload("api", 1, true),
              Given.soaked(),
              Given.condemned(),
              Given.condemned().invalid(),
              Given.begun().rotation(it -> it.opened(Given.attempt("2", Attempt.State.LOST))),
              Given.atRest().secret(new Target.Missing()))) {
        assertWaits(given.suspended().plan(), Reason.Suspended);
      }
    }

    @Test
    void anExpiredKeyIsSaidAllTheSame() {
      var plan =
          assertWaits(
              Given.atRest().at(Given.NOW.plus(Given.LIFE)).suspended().plan(), Reason.Suspended);

      assertThat(plan.troubles()).extracting(Plan.Trouble::reason).containsExactly(Reason.Expired);
    }

    @Test
    void aNamedKeyIsDeletedAllTheSame() {
      var given = named(Given.atRest().suspended(), "1");

      assertThat(assertActs(Given.atRest().suspended().revokeNow("1").plan()))
          .isEqualTo(new Step.RevokeNow("1", "revoke-1"));
      assertThat(assertActs(given.plan())).isEqualTo(new Step.Delete("1"));
      assertWaits(given.rotation(it -> it.forgotten("1")).plan(), Reason.Suspended);
    }
  }
}
