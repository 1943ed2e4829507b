package dev.rekey.plan;

import static dev.rekey.plan.Answers.assertActs;
import static dev.rekey.plan.Answers.assertWaits;
import static dev.rekey.plan.Answers.assertYields;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.rekey.plan.Rule.Answer;
import dev.rekey.rotation.Attempt;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Observation.Ledger;
import dev.rekey.rotation.Observation.Owner;
import dev.rekey.rotation.Observation.Target;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Role;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What becomes of keys when their resource is deleted. */
class DeletionRulesTest {
  private static final Duration JUST_NOW = Duration.ofSeconds(5);
  private static final Duration OVERDUE = Given.SETTINGS.deletionDeadline();
  private static final Duration HOUR = Duration.ofHours(1);

  private final DeletionRules rules = new DeletionRules(Given.SETTINGS);

  @Nested
  class ReleaseWhenNotOurs {
    @Test
    void aLedgerOfNobodyOrOfAnotherHoldsNothing() {
      for (var given :
          List.of(
              Given.nothing(),
              Given.minted().owner(Owner.OTHER_RESOURCE),
              Given.minted().owner(Owner.OTHER_CLUSTER))) {
        assertReleases(asked(given.guarded(true).deleting(JUST_NOW)));
      }
    }

    @Test
    void ourOwnLedgerIsForTheOtherRules() {
      for (var given :
          List.of(
              Given.minted(),
              Given.minted().owner(Owner.RESOURCE_GONE),
              Given.minted().ledger(new Ledger.Stale()))) {
        assertThat(asked(given.guarded(true).deleting(OVERDUE))).isEqualTo(Rule.pass());
      }
    }

    @Test
    void aLedgerThatCannotBeReadHoldsUntilTheDeadline() {
      assertThat(asked(unreadable().deleting(JUST_NOW))).isEqualTo(Rule.pass());
      assertThat(asked(unreadable().deleting(OVERDUE.minusSeconds(1)))).isEqualTo(Rule.pass());
      assertReleases(asked(unreadable().deleting(OVERDUE)));
    }

    @Test
    void whatIsNotDeletedOrNotGuardedIsLeftAlone() {
      assertThat(asked(Given.nothing().guarded(true))).isEqualTo(Rule.pass());
      assertThat(asked(Given.nothing().guarded(false).deleting(JUST_NOW))).isEqualTo(Rule.pass());
    }

    private static Given unreadable() {
      return Given.atRest()
          .ledger(new Ledger.Unreadable(Reason.LedgerUnreadable, "it is torn"))
          .guarded(true);
    }

    private Answer asked(Given given) {
      return rules.releaseWhenNotOurs(given.seen());
    }
  }

  @Nested
  class FinishDeletion {
    @Test
    void aResourceThatIsNotDeletedIsLeftAlone() {
      for (var given : List.of(Given.atRest(), Given.begun(), Given.minted().revoking())) {
        assertThat(asked(given)).isEqualTo(Rule.pass());
      }
    }

    @Test
    void aKeyThatNobodyHasSeenIsGivenUp() {
      for (var given : List.of(Given.minted(), Given.proven(), Given.minted().revoking())) {
        assertThat(assertActs(asked(given.deleting(JUST_NOW)))).isEqualTo(new Step.Condemn("2"));
      }
    }

    @Test
    void aRotationWithoutAKeyEnds() {
      for (var given :
          List.of(
              Given.begun(),
              Given.begun().rotation(it -> it.opened(Given.attempt("2", Attempt.State.OPEN))),
              Given.begun().rotation(it -> it.opened(Given.attempt("2", Attempt.State.LOST))))) {
        assertThat(assertActs(asked(given.deleting(JUST_NOW)))).isEqualTo(new Step.Abort());
      }
    }

    @Test
    void aRotationWhoseSecretIsGoneEndsAndTheSecretIsNotMadeAgain() {
      var given = Given.published(HOUR).secret(new Target.Missing()).deleting(JUST_NOW);

      assertThat(assertActs(given.plan())).isEqualTo(new Step.Abort());
      var kept = given.rotation().aborted(Given.NOW);
      assertThat(kept.run()).isEmpty();
      assertThat(kept.keys())
          .extracting(Key::name, Key::role)
          .containsExactly(tuple("2", Role.CURRENT));
      assertThat(kept.left())
          .singleElement()
          .satisfies(it -> {
            assertThat(it.what()).contains("key 1");
            assertThat(it.reason()).isEqualTo(Reason.Abandoned);
          });
    }

    @Test
    void aRotationWhoseKeyIsInTheSecretGoesOn() {
      var given = Given.published(HOUR).workload("api", 1, true).pod("api-1", 1);

      assertThat(asked(given.deleting(JUST_NOW))).isEqualTo(Rule.pass());
      assertThat(assertActs(given.deleting(JUST_NOW).plan()))
          .isInstanceOf(Step.StampWorkload.class);
      assertThat(assertActs(Given.condemned().deleting(JUST_NOW).plan()))
          .isEqualTo(new Step.Delete("1"));
    }

    @Test
    void whenNothingIsUnfinishedItGoes() {
      assertReleases(asked(Given.atRest().guarded(true).deleting(JUST_NOW)));
      assertThat(asked(Given.atRest().guarded(false).deleting(JUST_NOW))).isEqualTo(Rule.pass());
    }

    @Test
    void whatIsUnfinishedAtTheDeadlineIsNamedOnceAndThenItGoes() {
      var given = Given.condemned().deleting(OVERDUE);

      assertThat(asked(Given.condemned().deleting(OVERDUE.minusSeconds(1)))).isEqualTo(Rule.pass());
      assertThat(assertActs(asked(given))).isEqualTo(new Step.Abandon());
      assertReleases(asked(given.rotation(it -> it.abandoned(Given.NOW, false))));
      assertThat(given.rotation().left())
          .singleElement()
          .satisfies(it -> assertThat(it.what()).contains("key 1"));
    }

    @Test
    void whatWasNamedBeforeThisDeletionIsNamedAgain() {
      var given =
          Given.condemned()
              .rotation(it -> it.abandoned(Given.NOW.minus(OVERDUE).minusSeconds(1), false))
              .deleting(OVERDUE);

      assertThat(assertActs(asked(given))).isEqualTo(new Step.Abandon());
    }

    @Test
    void itGoesOnUnderSuspend() {
      assertReleases(Given.atRest().guarded(true).suspended().deleting(JUST_NOW).plan());
    }

    @Nested
    class Revoking {
      @Test
      void keysStayWhileAPodReadsTheSecret() {
        var plan =
            assertYields(
                asked(reading("api-1", "api-2").deleting(JUST_NOW)), Reason.WaitingForReaders);

        assertThat(plan.message()).contains("key 1", "pod api-1, pod api-2", "Secret messaging-");
        assertThat(plan.until()).isEqualTo(Given.NOW.plus(Given.SETTINGS.look()));
      }

      @Test
      void aWorkloadThatWantsPodsReadsTheSecretEvenWhileItHasNone() {
        var between = Given.atRest().revoking().guarded(true).workload("api", 1, true);

        assertThat(
                assertYields(asked(between.deleting(JUST_NOW)), Reason.WaitingForReaders).message())
            .contains("Deployment api");
      }

      @Test
      void whoeverStillReadsTheSecretFindsTheRightKeyInIt() {
        var edited = reading("api-1").secret(Given.shows(1, "7")).deleting(JUST_NOW);

        assertThat(edited.plan().reason()).isEqualTo(Reason.SecretDrifted);
      }

      @Test
      void fivePodsAreNamedAndTheOthersCounted() {
        var given = reading("p1", "p2", "p3", "p4", "p5", "p6", "p7").deleting(JUST_NOW);

        assertThat(assertYields(asked(given), Reason.WaitingForReaders).message())
            .contains("pod p5 and 2 more")
            .doesNotContain("p6");
      }

      @Test
      void noPodThatWasSeenIsNotTheSameAsNotLooking() {
        assertYields(
            asked(Given.atRest().revoking().guarded(true).deleting(JUST_NOW)),
            Reason.WaitingForReaders);
        assertThat(assertActs(asked(unread().deleting(JUST_NOW)))).isEqualTo(new Step.RevokeAll());
      }

      @Test
      void everyKeyIsCondemnedOnceNobodyReadsTheSecret() {
        var given = Given.published(HOUR).revoking().nobodyReadsIt().deleting(JUST_NOW);

        assertThat(assertActs(asked(given))).isEqualTo(new Step.RevokeAll());
        var gone = given.rotation().revokedAll(Given.NOW);
        assertThat(gone.run()).isEmpty();
        assertThat(gone.keys()).hasSize(2).allMatch(it -> it.role() == Role.CONDEMNED);
      }

      @Test
      void aSecretThatIsGoneHoldsUpNothing() {
        assertThat(
                assertActs(
                    asked(
                        Given.published(HOUR)
                            .revoking()
                            .nobodyReadsIt()
                            .secret(new Target.Missing())
                            .deleting(JUST_NOW))))
            .isEqualTo(new Step.RevokeAll());
      }

      @Test
      void itStaysUntilTheLastKeyIsGone() {
        var given = unread().rotation(it -> it.revokedAll(Given.NOW)).deleting(JUST_NOW);

        assertThat(asked(given)).isEqualTo(Rule.pass());
        assertThat(assertActs(given.plan())).isEqualTo(new Step.Delete("1"));
        assertReleases(asked(given.rotation(it -> it.forgotten("1"))));
      }

      @Test
      void aKeyWhoseIdNobodyKnowsIsNamedToAPerson() {
        var gone =
            unread()
                .rotation(it -> it.key(withoutId(it.key("1").orElseThrow())))
                .rotation()
                .revokedAll(Given.NOW);

        assertThat(gone.keys()).isEmpty();
        assertThat(gone.left())
            .singleElement()
            .satisfies(it -> assertThat(it.reason()).isEqualTo(Reason.DeleteByHand));
      }

      @Test
      void atTheDeadlineTheKeyInUseIsNamedAndStays() {
        var given = reading("api-1").deleting(OVERDUE);

        assertYields(
            asked(reading("api-1").deleting(OVERDUE.minusSeconds(1))), Reason.WaitingForReaders);
        assertThat(assertActs(asked(given))).isEqualTo(new Step.Abandon());
        assertReleases(asked(given.rotation(it -> it.abandoned(Given.NOW, true))));
        assertThat(given.rotation().key(Role.CURRENT)).isPresent();
      }

      @Test
      void aSpecThatCannotBeReadTakesNoKeyAlong() {
        assertReleases(asked(unread().invalid().deleting(JUST_NOW)));
      }

      private static Given reading(String... pods) {
        var given = Given.atRest().revoking().guarded(true);
        for (var pod : pods) {
          given.pod(pod, 1);
        }
        return given;
      }

      private static Given unread() {
        return Given.atRest().revoking().guarded(true).nobodyReadsIt();
      }

      private static Key withoutId(Key it) {
        return new Key(
            it.name(),
            Optional.empty(),
            it.role(),
            it.fields(),
            it.hint(),
            it.issuedAt(),
            it.expiresAt(),
            it.label(),
            it.issuer(),
            it.lastPublication(),
            it.checks());
      }
    }

    private Answer asked(Given given) {
      return given.askedOf(rules::finishDeletion);
    }
  }

  @Nested
  class GuardWhileUnfinished {
    @Test
    void aRotationIsGuardedBeforeItsFirstAttempt() {
      var given = Given.begun().guarded(false);

      assertThat(assertActs(given.askedOf(rules::guardWhileUnfinished)))
          .isEqualTo(new Step.Guard());
      assertThat(assertActs(given.plan())).isEqualTo(new Step.Guard());
      assertThat(assertActs(given.guarded(true).plan())).isEqualTo(new Step.Mint());
    }

    @Test
    void whateverIsUnfinishedIsGuarded() {
      for (var given :
          List.of(
              Given.minted(),
              Given.published(HOUR),
              Given.condemned(),
              Given.noKey().rotation(it -> it.opened(Given.attempt("2", Attempt.State.OPEN))))) {
        assertThat(assertActs(given.guarded(false).askedOf(rules::guardWhileUnfinished)))
            .isEqualTo(new Step.Guard());
      }
    }

    @Test
    void aKeyThatIsToGoWithItsResourceIsGuardedAtRest() {
      assertThat(
              assertActs(
                  Given.atRest().revoking().guarded(false).askedOf(rules::guardWhileUnfinished)))
          .isEqualTo(new Step.Guard());
    }

    @Test
    void nothingIsGuardedAtRestOrTwiceOrWhileItIsDeleted() {
      for (var given :
          List.of(
              Given.atRest().guarded(false),
              Given.minted().guarded(true),
              Given.minted().guarded(false).deleting(JUST_NOW))) {
        assertThat(given.askedOf(rules::guardWhileUnfinished)).isEqualTo(Rule.pass());
      }
    }
  }

  @Nested
  class ReleaseWhenFinished {
    @Test
    void whatIsFinishedMayGo() {
      assertReleases(Given.atRest().guarded(true).askedOf(rules::releaseWhenFinished));
      assertReleases(Given.atRest().guarded(true).plan());
    }

    @Test
    void itStaysGuardedWhileAnythingIsUnfinishedOrNotKnown() {
      for (var given :
          List.of(
              Given.atRest().guarded(false),
              Given.minted().guarded(true),
              Given.condemned().guarded(true),
              Given.atRest().guarded(true).revoking(),
              Given.atRest().guarded(true).invalid(),
              Given.atRest().guarded(true).deleting(JUST_NOW))) {
        assertThat(given.askedOf(rules::releaseWhenFinished)).isEqualTo(Rule.pass());
      }
    }
  }

  @Nested
  class BeginNothingWhenDeleted {
    @Test
    void whateverIsAskedForNothingBegins() {
      for (var given :
          List.of(
              Given.atRest().token("now"),
              Given.atRest().leaked("1"),
              Given.noKey(),
              Given.atRest().at(Given.NOW.plus(Given.LIFE.dividedBy(2))),
              Given.nothing())) {
        assertWaits(given.guarded(false).deleting(JUST_NOW).plan(), Reason.FinishingDeletion);
      }
    }

    @Test
    void aResourceThatStaysIsNotHeldUp() {
      assertThat(rules.beginNothingWhenDeleted(Given.atRest().seen())).isEqualTo(Rule.pass());
      assertThat(assertActs(Given.atRest().token("now").plan())).isInstanceOf(Step.Begin.class);
    }
  }

  private static void assertReleases(Answer answer) {
    assertThat(assertActs(answer)).isEqualTo(new Step.Release());
  }

  private static void assertReleases(Plan plan) {
    assertThat(assertActs(plan)).isEqualTo(new Step.Release());
  }
}
