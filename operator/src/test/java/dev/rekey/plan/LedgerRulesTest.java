package dev.rekey.plan;

import static dev.rekey.plan.Answers.assertActs;
import static dev.rekey.plan.Answers.assertPasses;
import static dev.rekey.plan.Answers.assertWaits;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.plan.Rule.Answer;
import dev.rekey.rotation.Checks;
import dev.rekey.rotation.IssuerBinding;
import dev.rekey.rotation.Observation.Ledger;
import dev.rekey.rotation.Observation.Owner;
import dev.rekey.rotation.Observation.Target;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Verb;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class LedgerRulesTest {
  private final LedgerRules rules = new LedgerRules(Given.SETTINGS);

  @Nested
  class HoldWhenNotOurs {
    @Test
    void passesOverOurOwnAndOverNone() {
      assertPasses(rules.holdWhenNotOurs(Given.atRest().seen()));
      assertPasses(rules.holdWhenNotOurs(Given.nothing().seen()));
    }

    @Test
    void holdsWhatItMustNotTouch() {
      assertWaits(
          rules.holdWhenNotOurs(Given.atRest().owner(Owner.OTHER_RESOURCE).seen()),
          Reason.SecretClaimed);
      assertWaits(
          rules.holdWhenNotOurs(Given.atRest().owner(Owner.OTHER_CLUSTER).seen()),
          Reason.ForeignLedger);
      assertWaits(
          rules.holdWhenNotOurs(
              Given.atRest().ledger(new Ledger.Unreadable(Reason.Downgraded, "schema 2")).seen()),
          Reason.Downgraded);
    }

    @Test
    void waitsAMomentForACacheThatIsBehind() {
      var wait =
          assertWaits(
              rules.holdWhenNotOurs(Given.atRest().ledger(new Ledger.Stale()).seen()),
              Reason.CacheBehind);
      assertThat(wait.until()).isEqualTo(Given.NOW.plus(Given.SETTINGS.cacheLag()));
    }

    @Test
    void aPublicationOfAnotherLineageSaysNothing() {
      var secret = Given.shows(7, "1");
      assertPasses(
          Given.atRest()
              .secret(
                  new Target.Present(
                      true,
                      secret.data(),
                      7,
                      "another",
                      Optional.empty(),
                      Optional.empty(),
                      Optional.empty(),
                      secret.createdAt()))
              .askedOf(rules::startOverWhenBehind));
    }

    @Test
    void aLedgerThatIsOlderThanTheSecretIsStartedOver() {
      assertThat(Given.atRest().secret(Given.shows(2, "2")).askedOf(rules::startOverWhenBehind))
          .isInstanceOfSatisfying(
              Answer.Decides.class,
              it -> {
                assertThat(it.plan().reason()).isEqualTo(Reason.LedgerBehind);
                assertThat(((Plan.Act) it.plan()).step()).isEqualTo(new Step.StartOver());
              });
      assertThat(new Step.StartOver().basis()).isEqualTo(Basis.EVERYTHING);
      assertPasses(Given.atRest().askedOf(rules::startOverWhenBehind));
    }

    @Test
    void nothingIsBegunAnewWhileADeleteMayMeetTheNextKeyOfItsId() {
      var arrives = Given.NOW.plusSeconds(20);
      var behind =
          Given.condemned().checks("1", Checks.NONE.deleting(arrives)).secret(Given.shows(7, "7"));

      assertThat(behind.askedOf(rules::startOverWhenBehind))
          .isInstanceOfSatisfying(
              Answer.Decides.class,
              it -> {
                assertThat(it.plan().reason()).isEqualTo(Reason.LedgerBehind);
                assertThat(((Plan.Wait) it.plan()).until()).isEqualTo(arrives);
              });
      assertThat(behind.fromCaches().askedOf(rules::startOverWhenBehind))
          .as("what a cache says is looked at live first")
          .isInstanceOfSatisfying(
              Answer.Decides.class,
              it -> assertThat(((Plan.Act) it.plan()).step()).isEqualTo(new Step.StartOver()));
      var arrived =
          Given.condemned()
              .checks("1", Checks.NONE.deleting(Given.NOW))
              .secret(Given.shows(7, "7"));
      assertThat(arrived.askedOf(rules::startOverWhenBehind))
          .isInstanceOfSatisfying(
              Answer.Decides.class,
              it -> assertThat(((Plan.Act) it.plan()).step()).isEqualTo(new Step.StartOver()));
    }

    @Test
    void aLedgerThatIsOlderThanAStampIsStartedOver() {
      for (var ahead :
          List.of(Given.atRest().pod("api-1", 2), Given.atRest().workload("api", 2, true))) {
        assertThat(ahead.askedOf(rules::startOverWhenBehind))
            .isInstanceOfSatisfying(
                Answer.Decides.class,
                it -> assertThat(((Plan.Act) it.plan()).step()).isEqualTo(new Step.StartOver()));
      }
      assertPasses(Given.atRest().pod("api-1", 1).askedOf(rules::startOverWhenBehind));
    }

    @Test
    void aStampOfAPublicationThatIsNotInTheSecretYetIsOfANewerLedger() {
      assertThat(decided().pod("api-1", 2).askedOf(rules::startOverWhenBehind))
          .isInstanceOfSatisfying(
              Answer.Decides.class,
              it -> assertThat(((Plan.Act) it.plan()).step()).isEqualTo(new Step.StartOver()));
      assertPasses(decided().pod("api-1", 1).askedOf(rules::startOverWhenBehind));
      assertThat(looksAt(decided(), Given.shows(1, "1"), true)).isTrue();
    }

    private static Given decided() {
      return Given.atRest().rotation(it -> it.published(Given.publication(2, "1")));
    }

    @Test
    void consumersAreLookedAtWhereTheSecretDoesNotTellHowOldALedgerIs() {
      var second =
          Given.atRest()
              .rotation(it ->
                  it.published(Given.publication(2, "1"))
                      .published(Given.publication(3, "1"))
                      .written(Given.NOW));

      for (var doubtful : List.of(new Target.Missing(), Given.shows(1, "1"))) {
        assertThat(looksAt(second, doubtful, false)).isTrue();
      }
      for (var clear : List.of(Given.shows(2, "1"), Given.shows(3, "1"))) {
        assertThat(looksAt(second, clear, false)).isFalse();
      }
    }

    private static boolean looksAt(Given given, Target secret, boolean live) {
      return Needs.consumers(given.rotation(), given.seen().resource(), secret, Given.NOW, live);
    }

    @Test
    void aLedgerOfAnotherClusterIsTakenOverByItsLineageAlone() {
      var foreign = Given.atRest().owner(Owner.OTHER_CLUSTER);

      assertWaits(rules.holdWhenNotOurs(foreign.seen()), Reason.ForeignLedger);
      assertWaits(rules.holdWhenNotOurs(foreign.takeover("another").seen()), Reason.ForeignLedger);
      assertThat(rules.holdWhenNotOurs(foreign.takeover(Given.LINEAGE).seen()))
          .isInstanceOfSatisfying(
              Answer.Decides.class,
              it -> assertThat(((Plan.Act) it.plan()).step()).isEqualTo(new Step.TakeOver()));
      assertThat(new Step.TakeOver().basis()).isEqualTo(Basis.EVERYTHING);
    }

    @Test
    void aKeyOfAnotherAccountIsNotTakenOver() {
      var elsewhere =
          new IssuerBinding("KeyIssuer", "payments", "messaging", "issuer-1", "account-2");
      var foreign =
          Given.atRest()
              .owner(Owner.OTHER_CLUSTER)
              .takeover(Given.LINEAGE)
              .rotation(it -> it.key(it.key("1").orElseThrow().at(elsewhere)));

      assertWaits(rules.holdWhenNotOurs(foreign.seen()), Reason.ForeignLedger);
    }

    @Test
    void aTakeoverWaitsForItsIssuer() {
      assertWaits(
          rules.holdWhenNotOurs(
              Given.atRest()
                  .owner(Owner.OTHER_CLUSTER)
                  .takeover(Given.LINEAGE)
                  .issuerIsGone()
                  .seen()),
          Reason.IssuerNotFound);
    }

    @Test
    void theKeyInUseIsVerifiedOnceNobodyHasLookedAfterIt() {
      var unknown = Given.atRest().checks("1", Checks.NONE);

      assertThat(unknown.askedOf(rules::verifyCurrent))
          .isInstanceOfSatisfying(
              Answer.Decides.class,
              it -> assertThat(((Plan.Act) it.plan()).step()).isEqualTo(new Step.Verify("1")));
      assertPasses(
          Given.atRest()
              .checks("1", new Checks(1, Given.at(5), Optional.empty(), Optional.empty()))
              .askedOf(rules::verifyCurrent));
      assertPasses(
          Given.atRest().checks("1", Checks.NONE).cannotVerify().askedOf(rules::verifyCurrent));
      assertPasses(Given.begun().askedOf(rules::verifyCurrent));
      assertThat(
              Given.atRest()
                  .checks("1", Checks.NONE)
                  .failed(Verb.VERIFY, "1", Duration.ofMinutes(1))
                  .askedOf(rules::verifyCurrent))
          .isInstanceOf(Answer.Yields.class);
    }
  }

  @Test
  void aResourceMadeAnewTakesItsLedgerUp() {
    assertThat(
            assertActs(
                rules.rebindWhenResourceIsNew(Given.atRest().owner(Owner.RESOURCE_GONE).seen())))
        .isEqualTo(new Step.Rebind());
    assertPasses(rules.rebindWhenResourceIsNew(Given.atRest().seen()));
    assertPasses(rules.rebindWhenResourceIsNew(Given.nothing().seen()));
  }
}
