package dev.rekey.plan;

import static dev.rekey.plan.Answers.assertActs;
import static dev.rekey.plan.Answers.assertPasses;
import static dev.rekey.plan.Answers.assertWaits;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.rotation.Observation.Target;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.SecretText;
import dev.rekey.rotation.Terms;
import dev.rekey.rotation.Verb;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class AdoptRulesTest {
  private static final Terms.Adoption BY_ID =
      new Terms.Adoption(Optional.of("41"), Optional.empty(), Optional.empty());

  private final AdoptRules rules = new AdoptRules(Given.SETTINGS);

  @Nested
  class StartLedger {
    @Test
    void startsOneWhereThereIsNone() {
      assertThat(assertActs(rules.startLedger(Given.nothing().seen())))
          .isEqualTo(new Step.StartLedger());
      assertPasses(rules.startLedger(Given.atRest().seen()));
    }

    @Test
    void asksNothingOfAnInvalidSpec() {
      assertWaits(rules.startLedger(Given.nothing().invalid().seen()), Reason.InvalidSpec);
    }

    @Test
    void wantsASecretToMergeInto() {
      assertWaits(rules.startLedger(Given.nothing().merging().seen()), Reason.SecretMissing);
    }

    @Test
    void wantsAnOpaqueSecret() {
      assertWaits(
          rules.startLedger(Given.nothing().secret(secret(false, "apiKey", 0)).seen()),
          Reason.SecretUnsuitable);
    }

    @Test
    void asksForNoKeyThatAnImmutableSecretCouldNotShow() {
      assertWaits(
          rules.startLedger(
              Given.nothing().adopting(BY_ID).secret(Given.shows(0, "1", Given.IMMUTABLE)).seen()),
          Reason.SecretImmutable);
      assertWaits(
          rules.startLedger(
              Given.nothing().merging().secret(Given.shows(3, "1", Given.IMMUTABLE)).seen()),
          Reason.SecretImmutable);
    }

    @Test
    void leavesAnotherOnesSecretAlone() {
      assertWaits(
          rules.startLedger(Given.nothing().secret(secret(true, "theirs", 0)).seen()),
          Reason.SecretNotOurs);
      assertWaits(
          rules.startLedger(Given.nothing().merging().secret(secret(true, "apiKey", 0)).seen()),
          Reason.SecretNotOurs);
    }

    @Test
    void mergesBesideWhatOthersKeepThere() {
      assertThat(
              assertActs(
                  rules.startLedger(
                      Given.nothing().merging().secret(secret(true, "theirs", 0)).seen())))
          .isEqualTo(new Step.StartLedger());
    }

    @Test
    void takesOverWhatIsAdoptedAndWhatRekeyWroteItself() {
      assertActs(
          rules.startLedger(
              Given.nothing().adopting(BY_ID).secret(secret(true, "apiKey", 0)).seen()));
      assertActs(rules.startLedger(Given.nothing().secret(secret(true, "apiKey", 3)).seen()));
    }
  }

  @Nested
  class Adopt {
    @Test
    void takesOverTheKeyThatIsThere() {
      assertThat(adopt(Given.noKey().adopting(BY_ID).secret(secret(true, "apiKey", 0))))
          .isEqualTo(new Step.Adopt());
      assertThat(adopt(Given.noKey().secret(secret(true, "apiKey", 3))))
          .isEqualTo(new Step.Adopt());
    }

    @Test
    void isDoneOnce() {
      assertPasses(Given.atRest().adopting(BY_ID).askedOf(rules::adopt));
      assertPasses(Given.begun().rotation(it -> it.forgotten("1")).askedOf(rules::adopt));
    }

    @Test
    void findsNothingInASecretWithoutOurDataKeys() {
      assertPasses(Given.noKey().askedOf(rules::adopt));
      assertPasses(Given.noKey().merging().secret(secret(true, "theirs", 0)).askedOf(rules::adopt));
    }

    @Test
    void isLeftAloneForAWhileAfterAFailure() {
      var wait =
          assertWaits(
              Given.noKey()
                  .adopting(BY_ID)
                  .secret(secret(true, "apiKey", 0))
                  .failed(Verb.ADOPT, Given.BINDING.secret(), Duration.ofMinutes(1))
                  .askedOf(rules::adopt),
              Reason.IssuerFailed);
      assertThat(wait.until()).isEqualTo(Given.NOW.plus(Duration.ofMinutes(1)));
    }

    @Test
    void neverTakesWhatNobodySpokeOf() {
      assertWaits(
          Given.noKey().secret(secret(true, "apiKey", 0)).askedOf(rules::adopt),
          Reason.SecretNotOurs);
    }

    @Test
    void aKeyOfALostAnswerIsNotInTheWay() {
      var given = Given.noKey().secret(secret(true, "apiKey", 3));
      var orphan = Given.key("9", Role.CONDEMNED, Given.NOW);

      assertThat(adopt(given.rotation(it -> it.sweptUp("none", List.of(orphan)))))
          .isEqualTo(new Step.Adopt());
      assertPasses(given.rotation(it -> it.key(orphan.shownIn(1))).askedOf(rules::adopt));
    }

    private Step adopt(Given given) {
      return assertActs(given.askedOf(rules::adopt));
    }
  }

  private static Target secret(boolean opaque, String dataKey, int publication) {
    return new Target.Present(
        opaque,
        Map.of(dataKey, SecretText.of("somebody's value")),
        publication,
        publication > 0 ? "an older lineage" : "",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Given.NOW);
  }
}
