package dev.rekey.plan;

import static dev.rekey.plan.Answers.assertActs;
import static dev.rekey.plan.Answers.assertPasses;
import static dev.rekey.plan.Answers.assertWaits;
import static dev.rekey.plan.Answers.assertYields;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.rotation.Capabilities;
import dev.rekey.rotation.Cause;
import dev.rekey.rotation.IssuerBinding;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.PastRun;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Terms;
import dev.rekey.rotation.Verb;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class DueTest {
  private static final Instant ISSUED = Given.NOW.minus(Duration.ofDays(10));

  private final DueRules rules = new DueRules(Given.SETTINGS);

  @Nested
  class When {
    @Test
    void byAge() {
      assertThat(due(Given.atRest())).contains(new Due(ISSUED.plus(days(90)), Cause.Interval));
    }

    @Test
    void byExpiryWhereThatComesFirst() {
      assertThat(due(Given.atRest().schedule(days(170), days(30))))
          .contains(new Due(ISSUED.plus(days(150)), Cause.BeforeExpiry));
    }

    @Test
    void neverMoreThanAThirdOfTheLifeBeforeExpiry() {
      assertThat(due(Given.atRest().schedule(days(170), days(100))))
          .contains(new Due(ISSUED.plus(days(120)), Cause.BeforeExpiry));
    }

    @Test
    void atHalfOfTheIssuersLimitWhereNothingIsWritten() {
      assertThat(due(unscheduled(Given.atRest())))
          .contains(new Due(ISSUED.plus(days(90)), Cause.Interval));
    }

    @Test
    void neverWhereNothingSaysSo() {
      var endless =
          unscheduled(Given.atRest())
              .issuerCan(true, Optional.empty(), OptionalInt.empty())
              .rotation(it -> it.key(endless(it)));

      assertThat(due(endless)).isEmpty();
    }

    @Test
    void nowWhereThereIsNoKey() {
      assertThat(due(Given.noKey())).contains(new Due(Given.NOW, Cause.FirstKey));
    }

    @Test
    void nowWhereAPersonAsksAndOnlyOnce() {
      assertThat(due(Given.atRest().token("please"))).contains(new Due(Given.NOW, Cause.Requested));
      assertThat(due(Given.atRest().rotation(it -> handled(it, "please")).token("please")))
          .hasValueSatisfying(it -> assertThat(it.cause()).isEqualTo(Cause.Interval));
    }

    @Test
    void notKnownWhereTheResourceOrTheIssuerCannotBeRead() {
      assertThat(due(Given.atRest().invalid())).isEmpty();
      assertThat(due(Given.atRest().issuerIsGone())).isEmpty();
    }

    @Test
    void neverTwiceWithinAQuarterOfALifeForTheSakeOfExpiry() {
      // An issuer that hands out keys that are almost over already.
      var begun = Given.NOW.minus(days(1));
      var given =
          Given.atRest()
              .schedule(days(170), days(30))
              .at(ISSUED.plus(days(150)))
              .rotation(it -> past(it, begun.plus(days(139))));

      assertThat(due(given))
          .contains(new Due(begun.plus(days(139)).plus(days(45)), Cause.BeforeExpiry));
    }

    private static Optional<Due> due(Given given) {
      return Due.of(given.seen(), given.rotation());
    }

    private static Key endless(Rotation rotation) {
      var key = rotation.key("1").orElseThrow();
      return new Key(
          key.name(),
          key.id(),
          key.role(),
          key.fields(),
          key.hint(),
          key.issuedAt(),
          Optional.empty(),
          key.label(),
          key.issuer(),
          key.lastPublication(),
          key.checks());
    }
  }

  @Nested
  class Begin {
    @Test
    void isDoneWhenItIsDue() {
      assertPasses(Given.atRest().askedOf(rules::begin));
      assertThat(assertActs(Given.atRest().at(ISSUED.plus(days(90))).askedOf(rules::begin)))
          .isEqualTo(new Step.Begin(Cause.Interval));
      assertThat(assertActs(Given.atRest().token("please").askedOf(rules::begin)))
          .isEqualTo(new Step.Begin(Cause.Requested));
      assertThat(assertActs(Given.noKey().askedOf(rules::begin)))
          .isEqualTo(new Step.Begin(Cause.FirstKey));
    }

    @Test
    void isNotDoneInTheMiddleOfAnother() {
      assertPasses(Given.begun().token("please").askedOf(rules::begin));
    }

    @Test
    void noneBeginsForAnImmutableSecretWhateverItIsDueFor() {
      for (var due :
          new Given[] {
            Given.atRest().token("please"),
            Given.atRest().leaked("1"),
            Given.atRest().at(ISSUED.plus(days(90)))
          }) {
        assertYields(
            due.secret(Given.shows(1, "1", Given.IMMUTABLE)).askedOf(rules::begin),
            Reason.SecretImmutable);
      }
      assertPasses(
          Given.atRest().secret(Given.shows(1, "1", Given.IMMUTABLE)).askedOf(rules::begin));
    }

    @Test
    void waitsForRoom() {
      assertYields(
          Given.atRest().token("please").quota(1).askedOf(rules::begin), Reason.QuotaReached);
      assertActs(Given.atRest().token("please").quota(2).askedOf(rules::begin));
    }
  }

  @Nested
  class Hold {
    @Test
    void passesWhatIsValid() {
      assertPasses(rules.holdWhenInvalid(Given.atRest().seen()));
    }

    @Test
    void saysWhatIsWrong() {
      assertWaits(rules.holdWhenInvalid(Given.atRest().invalid().seen()), Reason.InvalidSpec);
      assertWaits(
          rules.holdWhenInvalid(Given.atRest().issuerIsGone().seen()), Reason.IssuerNotFound);
    }

    @Test
    void refusesAScheduleBeyondTheIssuersLimit() {
      var wait =
          assertWaits(
              rules.holdWhenInvalid(Given.atRest().schedule(days(180), days(30)).seen()),
              Reason.IntervalBeyondLimit);

      assertThat(wait.message()).contains("180d");
      assertPasses(rules.holdWhenInvalid(Given.atRest().schedule(days(179), days(30)).seen()));
    }

    @Test
    void neverKeepsUnfinishedWorkFromGoingOn() {
      assertThat(assertActs(Given.soaked().invalid().plan())).isEqualTo(new Step.Condemn("1"));
      assertThat(assertActs(Given.minted().invalid().plan())).isEqualTo(new Step.Verify("2"));
    }
  }

  @Nested
  class Expired {
    @Test
    void isSaidBesideWhateverElseGoesOn() {
      assertPasses(Given.atRest().askedOf(rules::sayWhenExpired));
      assertYields(
          Given.atRest().at(ISSUED.plus(Given.LIFE)).askedOf(rules::sayWhenExpired),
          Reason.Expired);
    }

    @Test
    void isNotSaidOfAKeyThatTheSecretNoLongerShows() {
      assertPasses(
          Given.published(Duration.ZERO)
              .at(ISSUED.plus(Given.LIFE))
              .askedOf(rules::sayWhenExpired));
    }
  }

  @Nested
  class Rest {
    @Test
    void lastsUntilTheNextRotationOrTheNextLook() {
      assertThat(assertWaits(Given.atRest().plan(), Reason.Idle).until())
          .isEqualTo(Given.NOW.plus(Given.SETTINGS.idleLook()));
      var soon = ISSUED.plus(days(90)).minusSeconds(5);
      assertThat(assertWaits(Given.atRest().at(soon).plan(), Reason.Idle).until())
          .isEqualTo(ISSUED.plus(days(90)));
    }

    @Test
    void looksAgainWhenTheFirstThingThatIsWrongMayBeTriedAgain() {
      var wait =
          assertWaits(
              Given.condemned().failed(Verb.DELETE, "1", Duration.ofSeconds(7)).plan(),
              Reason.Deleting);

      assertThat(wait.until()).isEqualTo(Given.NOW.plusSeconds(7));
      assertThat(wait.troubles())
          .extracting(Plan.Trouble::reason)
          .containsExactly(Reason.IssuerFailed);
    }
  }

  private static Given unscheduled(Given given) {
    return given.terms(it ->
        new Terms(
            it.secret(),
            true,
            it.data(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            it.settle(),
            it.soak(),
            it.progressTimeout(),
            it.minOverlap(),
            it.rollsBack(),
            it.restarts(),
            it.revokesOnDeletion(),
            it.leavesOldKeys()));
  }

  private static Rotation handled(Rotation it, String token) {
    return it.begun(Given.run(), List.of(token)).completed(Given.NOW);
  }

  private static Rotation past(Rotation it, Instant startedAt) {
    var past =
        new PastRun(
            Cause.BeforeExpiry,
            startedAt,
            startedAt.plusSeconds(60),
            Optional.of("1"),
            2,
            Optional.empty());
    return new Rotation(
        it.lineage(),
        it.binding(),
        it.sequence(),
        it.publication(),
        it.keys(),
        it.attempts(),
        it.run(),
        it.failures(),
        it.handledTokens(),
        List.of(past),
        it.left(),
        it.leftCount());
  }

  private static Duration days(int days) {
    return Duration.ofDays(days);
  }

  @Test
  void anotherIssuerIsDueAtOnce() {
    var other = new IssuerBinding("KeyIssuer", "payments", "other", "issuer-2", "account-2");
    var given =
        Given.atRest()
            .issuer(
                new Observation.IssuerView.Usable(
                    other,
                    Capabilities.labelled(
                        true, Optional.empty(), OptionalInt.empty(), Duration.ofSeconds(10))));

    assertThat(Due.of(given.seen(), given.rotation()))
        .contains(new Due(Given.NOW, Cause.IssuerChanged));
  }

  @Test
  void anotherFormOfTheKeyIsDueAtOnceWhereTheLedgerSaysWhatTheOldOneWas() {
    var form = Map.of("apiKey", "key: ${key.value}");
    var unknown = Given.atRest();
    var known =
        Given.atRest()
            .rotation(it ->
                it.published(
                        it.publication()
                            .orElseThrow()
                            .followedBy("1", it.publication().orElseThrow().data(), form))
                    .written(Given.NOW));

    assertThat(Due.of(unknown.seen(), unknown.rotation()).orElseThrow().cause())
        .isEqualTo(Cause.Interval);
    assertThat(Due.of(known.seen(), known.rotation()))
        .contains(new Due(Given.NOW, Cause.DataChanged));
  }
}
