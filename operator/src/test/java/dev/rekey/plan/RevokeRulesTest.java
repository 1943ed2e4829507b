package dev.rekey.plan;

import static dev.rekey.plan.Answers.assertActs;
import static dev.rekey.plan.Answers.assertPasses;
import static dev.rekey.plan.Answers.assertWaits;
import static dev.rekey.plan.Answers.assertYields;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.rotation.Checks;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Observation.Target;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Verb;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RevokeRulesTest {
  private final Gate gate = Gate.standard(Given.SETTINGS);
  private final RevokeRules rules = new RevokeRules(Given.SETTINGS, gate);

  @Nested
  class ThePointOfNoReturn {
    @Test
    void isReachedWhenNobodyNeedsTheOldKey() {
      assertThat(assertActs(Given.soaked().askedOf(rules::condemn)))
          .isEqualTo(new Step.Condemn("1"));
    }

    @Test
    void waitsForTheGateAndSaysWhy() {
      var wait =
          assertWaits(
              Given.soaked().pod("api-3", 1).askedOf(rules::condemn), Reason.WaitingForConsumers);

      assertThat(wait.message()).contains("key 1", "api-3");
    }

    @Test
    void isNotReachedOutsideOfARotation() {
      assertPasses(Given.atRest().askedOf(rules::condemn));
      assertPasses(Given.proven().askedOf(rules::condemn));
      assertPasses(Given.condemned().askedOf(rules::condemn));
    }

    @Test
    void leavesAKeyWithoutIdToAPerson() {
      var unknown = Given.soaked().rotation(it -> it.key(withoutId(it.key("1").orElseThrow())));

      assertThat(assertActs(unknown.askedOf(rules::condemn))).isEqualTo(new Step.Retire("1"));
    }

    @Test
    void isNoneWhereAPersonDeletesOldKeys() {
      var answer = Given.soaked().leavingOldKeys().askedOf(rules::condemn);

      assertThat(assertActs(answer)).isEqualTo(new Step.Retire("1"));
      assertWaits(
          Given.soaked().pod("api-3", 1).leavingOldKeys().askedOf(rules::condemn),
          Reason.WaitingForConsumers);
    }

    @Test
    void isNoneWhereThereIsNoOldKey() {
      assertThat(
              assertActs(Given.soaked().rotation(it -> it.forgotten("1")).askedOf(rules::condemn)))
          .isEqualTo(new Step.SettleIn("2"));
    }
  }

  @Nested
  class TheGate {
    @Test
    void isOpenWhenAllIsProven() {
      assertThat(closed(Given.soaked())).isEmpty();
    }

    @Test
    void isClosedWithoutAWrittenPublication() {
      assertThat(closed(Given.atRest())).isPresent();
      assertThat(closed(Given.soaked().rotation(it -> it.published(Given.publication(3, "2")))))
          .hasValueSatisfying(it -> assertThat(it).contains("no written publication"));
    }

    @Test
    void isClosedWhileTheSecretShowsSomethingElse() {
      assertThat(closed(Given.soaked().secret(Given.shows(1, "1"))))
          .hasValueSatisfying(it -> assertThat(it).contains("does not hold publication 2"));
      assertThat(closed(Given.soaked().secret(new Target.Missing()))).isPresent();
      assertThat(closed(Given.soaked().secret(Given.shows(2, "1")))).isPresent();
    }

    @Test
    void isClosedWhileTheNewestPublicationShowsTheOldKey() {
      assertThat(
              closed(
                  Given.soaked()
                      .rotation(it -> it.published(Given.publication(3, "1")).written(Given.NOW))
                      .secret(Given.shows(3, "1"))))
          .isPresent();
    }

    @Test
    void isClosedBeforeTheSecretHasSettled() {
      assertThat(closed(Given.soaked().rotation(it -> it.written(Given.NOW.minusSeconds(14)))))
          .hasValueSatisfying(it -> assertThat(it).contains("kubelets"));
    }

    @Test
    void isClosedWherePodsWereNotLookedAt() {
      assertThat(closed(Given.published(Duration.ofHours(1))))
          .hasValueSatisfying(it -> assertThat(it).contains("not looked at"));
    }

    @Test
    void isClosedWhileAPodIsBehind() {
      assertThat(closed(Given.soaked().pod("old", 1)))
          .hasValueSatisfying(it -> assertThat(it).contains("pod old"));
    }

    @Test
    void isClosedWhileAWorkloadIsNotRolledOut() {
      assertThat(closed(Given.soaked().workload("worker", 2, false)))
          .hasValueSatisfying(it -> assertThat(it).contains("Deployment worker"));
      assertThat(closed(Given.soaked().workload("worker", 1, true))).isPresent();
    }

    @Test
    void isClosedBeforeTheSoakIsOver() {
      assertThat(closed(Given.soaked().progress(2, 2, Duration.ofMinutes(9), true)))
          .hasValueSatisfying(it -> assertThat(it).contains("soak"));
      assertThat(closed(Given.soaked().progress(2, 2, Duration.ofHours(1), false))).isPresent();
    }

    @Test
    void isClosedWithoutAFreshAcceptance() {
      assertThat(
              closed(
                  Given.soaked()
                      .checks(
                          "2", new Checks(9, Given.at(61), Optional.empty(), Optional.empty()))))
          .hasValueSatisfying(it -> assertThat(it).contains("not verified lately"));
      assertThat(
              closed(
                  Given.soaked()
                      .checks("2", new Checks(0, Given.at(5), Given.at(1), Optional.empty()))))
          .isPresent();
    }

    private Optional<String> closed(Given given) {
      var rotation = given.rotation();
      return gate.closedFor(rotation.key("1").orElseThrow(), given.seen(), rotation);
    }
  }

  @Nested
  class ACondemnedKey {
    @Test
    void isDeletedThenTriedThenForgotten() {
      assertThat(delete(Given.condemned())).isEqualTo(new Step.Delete("1"));
      assertThat(delete(asked(10, Optional.empty(), Optional.empty())))
          .isEqualTo(new Step.Verify("1"));
      assertThat(delete(asked(10, Optional.empty(), Given.at(5)))).isEqualTo(new Step.Forget("1"));
    }

    @Test
    void isDeletedAgainWhileItStillWorks() {
      assertThat(delete(asked(10, Given.at(5), Optional.empty()))).isEqualTo(new Step.Delete("1"));
    }

    @Test
    void isNotForgottenForWhatWasSaidBeforeItWasDeleted() {
      var given =
          Given.condemned()
              .checks("1", new Checks(4, Given.at(60), Given.at(50), Optional.empty()));

      assertThat(delete(given)).isEqualTo(new Step.Delete("1"));
      given.rotation(it -> {
        var key = it.key("1").orElseThrow();
        return it.key(key.checked(key.checks().deleteAsked(Given.NOW)));
      });
      assertThat(delete(given)).isEqualTo(new Step.Verify("1"));
    }

    @Test
    void isNeverForgottenOnTheIssuersWordAlone() {
      assertThat(delete(asked(10, Optional.empty(), Optional.empty()).cannotVerify()))
          .isEqualTo(new Step.Verify("1"));
    }

    @Test
    void thatNobodyHasEverSeenIsLookedForAtItsIssuerAsWell() {
      var orphan = Given.atRest().rotation(it -> it.sweptUp("none", List.of(orphan())));

      assertThat(delete(orphan)).isEqualTo(new Step.Delete("9"));
      assertThat(
              delete(
                  orphan
                      .cannotVerify()
                      .checks(
                          "9", new Checks(0, Optional.empty(), Optional.empty(), Given.at(10)))))
          .isEqualTo(new Step.Verify("9"));
    }

    @Test
    void yieldsAfterAFailure() {
      for (var verb : new Verb[] {Verb.DELETE, Verb.VERIFY}) {
        assertYields(
            Given.condemned()
                .failed(verb, "1", Duration.ofMinutes(1))
                .askedOf(rules::deleteWhenCondemned),
            Reason.IssuerFailed);
      }
      assertYields(
          Given.condemned().issuerIsGone().askedOf(rules::deleteWhenCondemned),
          Reason.IssuerNotFound);
    }

    @Test
    void doesNotKeepAnotherFromBeingDeleted() {
      var two =
          Given.condemned()
              .failed(Verb.DELETE, "1", Duration.ofMinutes(1))
              .rotation(it -> it.sweptUp("none", List.of(orphan())));

      assertThat(delete(two)).isEqualTo(new Step.Delete("9"));
    }

    @Test
    void staysWhileAPodMayHaveStartedOnItSince() {
      var putBack =
          Given.condemned()
              .rotation(it ->
                  it.republished(Given.publication(3, "2"))
                      .written(Given.NOW.minus(Duration.ofMinutes(5))))
              .secret(Given.shows(3, "2"));

      var trouble =
          assertYields(putBack.askedOf(rules::deleteWhenCondemned), Reason.WaitingForConsumers);
      assertThat(trouble.message()).contains("api-1");
    }

    @Test
    void staysUntilKubeletsHaveSeenARepair() {
      var repaired =
          Given.condemned()
              .nobodyReadsIt()
              .rotation(it ->
                  it.republished(Given.publication(3, "2")).written(Given.NOW.minusSeconds(1)))
              .secret(Given.shows(3, "2"));

      var trouble =
          assertYields(repaired.askedOf(rules::deleteWhenCondemned), Reason.WaitingForConsumers);
      assertThat(trouble.message()).contains("kubelets");
    }

    @Test
    void staysWherePodsWereNotLookedAt() {
      assertYields(
          Given.published(Duration.ofHours(1))
              .rotation(it -> it.condemned("1"))
              .askedOf(rules::deleteWhenCondemned),
          Reason.WaitingForConsumers);
      assertThat(
              Needs.consumers(
                  Given.condemned().rotation(),
                  Given.atRest().seen().resource(),
                  Given.condemned().seen().secret(),
                  Given.NOW,
                  true))
          .isTrue();
    }

    private Step delete(Given given) {
      return assertActs(given.askedOf(rules::deleteWhenCondemned));
    }

    private static Given asked(
        int secondsAgo, Optional<Instant> accepted, Optional<Instant> rejected) {
      return Given.condemned().checks("1", new Checks(0, accepted, rejected, Given.at(secondsAgo)));
    }
  }

  @Nested
  class ARotation {
    @Test
    void isOverWhenTheOldKeyIsGone() {
      assertPasses(Given.condemned().askedOf(rules::complete));
      assertThat(
              assertActs(
                  Given.condemned().rotation(it -> it.forgotten("1")).askedOf(rules::complete)))
          .isEqualTo(new Step.Complete());
    }

    @Test
    void isOverBeforeThatWhereTheNextOneIsDue() {
      assertThat(assertActs(Given.condemned().token("please").askedOf(rules::complete)))
          .isEqualTo(new Step.Complete());
    }

    @Test
    void isNotOverBeforeItsKeyIsInUse() {
      assertPasses(Given.soaked().askedOf(rules::complete));
      assertPasses(Given.begun().askedOf(rules::complete));
      assertPasses(Given.atRest().askedOf(rules::complete));
    }
  }

  @Test
  void noPodIsLookedAtForAKeyThatNobodyWasToSeeBeforeItsDeleteIsDecided() {
    var beside = Given.atRest().rotation(it -> it.sweptUp("x", List.of(orphan())));

    assertThat(
            Needs.consumers(
                beside.rotation(),
                beside.seen().resource(),
                beside.seen().secret(),
                Given.NOW,
                false))
        .isFalse();
  }

  private static Key orphan() {
    var key = Given.key("9", Role.CONDEMNED, Given.NOW);
    return new Key(
        key.name(),
        key.id(),
        key.role(),
        Map.of(),
        "never seen",
        key.issuedAt(),
        key.expiresAt(),
        key.label(),
        key.issuer(),
        OptionalInt.empty(),
        Checks.NONE);
  }

  private static Key withoutId(Key key) {
    return new Key(
        key.name(),
        Optional.empty(),
        key.role(),
        key.fields(),
        key.hint(),
        key.issuedAt(),
        key.expiresAt(),
        key.label(),
        key.issuer(),
        key.lastPublication(),
        key.checks());
  }
}
