package dev.rekey.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.rotation.Cause;
import dev.rekey.rotation.Failure;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.Target;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.Verb;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PlaceTest {
  private static final Duration PATIENCE = Given.PROGRESS_TIMEOUT;
  private static final Observation SHOWN = Given.atRest().seen();
  private static final Observation GONE = Given.atRest().secret(new Target.Missing()).seen();

  @Test
  void nothingIsTakenWhereNoRotationIsUnderWay() {
    assertThat(of(Given.atRest())).isEqualTo(new Place.None());
  }

  @Test
  void aRotationHasBegunUntilTheSecretIsToShowItsKey() {
    assertThat(of(Given.begun())).isEqualTo(new Place.Begun(PATIENCE));
    assertThat(of(Given.proven())).isEqualTo(new Place.Begun(PATIENCE));
  }

  @Test
  void whatFailsBeforeItKeepsNobodyWaiting() {
    var secret = Given.BINDING.secret();

    assertThat(of(Given.begun().failed(Verb.MINT, secret, Duration.ofMinutes(1))))
        .isEqualTo(new Place.HeldUp());
    assertThat(of(Given.minted().failed(Verb.VERIFY, "2", Duration.ofMinutes(1))))
        .isEqualTo(new Place.HeldUp());
    assertThat(of(Given.proven().failed(Verb.PUBLISH, secret, Duration.ofMinutes(1))))
        .isEqualTo(new Place.HeldUp());
    assertThat(of(Given.begun().failed(Verb.MINT, secret, Duration.ofMinutes(-1))))
        .isEqualTo(new Place.Begun(PATIENCE));
  }

  @Test
  void aRolloutIsOnItsWayFromTheDecisionToPublishUntilAllHaveMoved() {
    var decided = Given.proven().rotation(it -> it.published(Given.publication(2, "2")));

    assertThat(of(decided)).isEqualTo(new Place.Rolling(Optional.empty(), PATIENCE));
    assertThat(of(Given.published(Duration.ofSeconds(20))))
        .isEqualTo(
            new Place.Rolling(
                Optional.of(Given.NOW.minusSeconds(20).plus(Given.SETTLE)), PATIENCE));
    assertThat(
            of(Given.published(Duration.ofHours(1)).progress(1, 2, Duration.ofMinutes(3), false)))
        .isEqualTo(
            new Place.Rolling(Optional.of(Given.NOW.minus(Duration.ofMinutes(3))), PATIENCE));
    assertThat(of(Given.soaked())).isEqualTo(new Place.None());
    assertThat(of(Given.condemned())).isEqualTo(new Place.None());
  }

  @Test
  void theWayBackToTheOldKeyIsARolloutAsWell() {
    var back =
        Given.published(Duration.ofHours(1))
            .progress(1, 2, Duration.ofMinutes(30), false)
            .rotation(it -> it.rolledBack("2", Given.publication(3, "1")));

    assertThat(of(back)).isEqualTo(new Place.Rolling(Optional.empty(), PATIENCE));
  }

  @Test
  void onlyWhatIsDueOrHasNotPublishedYetWaits() {
    assertThat(Place.asked(Given.atRest().seen())).isEmpty();
    assertThat(Place.asked(Given.atRest().schedule(Duration.ofDays(7), Duration.ofDays(1)).seen()))
        .as("it is due since three days")
        .contains(new Place.Asked(false, Given.NOW.minus(Duration.ofDays(3))));
    assertThat(Place.asked(Given.begun().seen()))
        .contains(new Place.Asked(true, Given.NOW.minusSeconds(60)));
    assertThat(Place.asked(Given.published(Duration.ofSeconds(20)).seen())).isEmpty();
    assertThat(Place.asked(Given.soaked().seen())).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Cause.class)
  void aKeyThatStrangersHaveOrThatIsGoneWaitsForNobody(Cause cause) {
    boolean pressing = cause == Cause.Leaked || cause == Cause.GoneElsewhere;
    var expected = pressing ? Place.Need.AT_ONCE : Place.Need.IN_TURN;
    var begun = Given.begun().rotation(it -> it.run(run -> because(run, cause))).rotation();

    assertThat(Place.need(new Step.Begin(cause), Given.atRest().rotation(), SHOWN))
        .isEqualTo(expected);
    assertThat(Place.need(new Step.Mint(), begun, SHOWN)).isEqualTo(expected);
    assertThat(Place.need(new Step.Publish("2"), begun, SHOWN)).isEqualTo(expected);
  }

  @Test
  void whatHasNotStartedForWantOfItsSecretWaitsForNobodyElse() {
    var ledger = Given.begun().rotation(it -> it.run(run -> because(run, Cause.FirstKey)));

    for (var step :
        new Step[] {new Step.Begin(Cause.FirstKey), new Step.Mint(), new Step.Publish("1")}) {
      var rotation = step instanceof Step.Begin ? Given.noKey().rotation() : ledger.rotation();
      assertThat(Place.need(step, rotation, GONE))
          .as(step.toString())
          .isEqualTo(Place.Need.AT_ONCE);
    }
    assertThat(Place.need(new Step.Begin(Cause.Interval), Given.atRest().rotation(), GONE))
        .as("pods may have read it while it was there")
        .isEqualTo(Place.Need.IN_TURN);
  }

  @Test
  void podsOnAKeyThatAPersonHadRevokedWaitForNobody() {
    var ledger =
        Given.soaked().rotation(it -> it.revokedNow("2", "token").forgotten("2")).rotation();

    for (var step : new Step[] {new Step.Mint(), new Step.Publish("3")}) {
      assertThat(Place.need(step, ledger, SHOWN)).isEqualTo(Place.Need.AT_ONCE);
    }
  }

  @Test
  void whatIsLeftToDoForAResourceThatGoesWaitsForNobody() {
    assertThat(
            Place.need(
                new Step.Publish("2"),
                Given.proven().rotation(),
                Given.proven().deleting(Duration.ofMinutes(1)).seen()))
        .isEqualTo(Place.Need.AT_ONCE);
  }

  @Test
  void aSecretThatSomebodyWritesAgainAndAgainKeepsNobodyWaiting() {
    var rolling = Given.published(Duration.ofMinutes(1));
    var secret = Given.BINDING.secret();

    assertThat(of(rolling.failed(Verb.REPAIR, secret, Duration.ofMinutes(1))))
        .as("once may be an accident")
        .isInstanceOf(Place.Rolling.class);
    assertThat(
            of(
                rolling.rotation(it ->
                    it.failed(
                        new Failure(
                            Verb.REPAIR,
                            secret,
                            3,
                            Given.NOW.plusSeconds(60),
                            1,
                            Reason.SecretContested,
                            "Again.")))))
        .isEqualTo(new Place.HeldUp());
    assertThat(Place.asked(rolling.seen())).as("it goes on, whoever waits").isEmpty();
  }

  @Test
  void whatWentWrongWithAMintIsNoMatterOnceThereIsAKey() {
    assertThat(of(Given.minted().failed(Verb.MINT, Given.BINDING.secret(), Duration.ofHours(1))))
        .isEqualTo(new Place.Begun(PATIENCE));
  }

  @Test
  void whoeverBeginsAgainAfterARollbackIsNotHeldUpByIt() {
    var begun =
        Given.begun()
            .rotation(it ->
                it.failed(
                    new Failure(
                        Verb.MINT,
                        Given.BINDING.secret(),
                        1,
                        Given.NOW.plusSeconds(3600),
                        1,
                        Reason.RolledBack,
                        "Taken back.")));

    assertThat(of(begun)).isEqualTo(new Place.Begun(PATIENCE));
  }

  @Test
  void repairsRollbacksAndDeletesNeedNoPlace() {
    var ledger = Given.published(Duration.ofHours(1)).rotation();

    for (var step :
        new Step[] {
          new Step.Republish(),
          new Step.WriteSecret(),
          new Step.RollBack("2", "1"),
          new Step.Condemn("1"),
          new Step.Delete("1"),
          new Step.RevokeNow("1", "token"),
          new Step.Begin(Cause.Interval)
        }) {
      assertThat(Place.need(step, ledger, SHOWN)).as(step.toString()).isEqualTo(Place.Need.NONE);
    }
  }

  private static Place of(Given given) {
    return Place.of(given.rotation(), Given.NOW);
  }

  private static Run because(Run run, Cause cause) {
    return new Run(
        run.sequence(),
        cause,
        run.startedAt(),
        run.issuer(),
        run.data(),
        run.settle(),
        run.soak(),
        run.progressTimeout(),
        run.attempts(),
        run.keyName(),
        run.progress());
  }
}
