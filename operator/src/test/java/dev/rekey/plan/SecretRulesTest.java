package dev.rekey.plan;

import static dev.rekey.plan.Answers.assertActs;
import static dev.rekey.plan.Answers.assertPasses;
import static dev.rekey.plan.Answers.assertWaits;
import static dev.rekey.plan.Answers.assertYields;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.rotation.Observation.Target;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.SecretText;
import dev.rekey.rotation.Verb;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SecretRulesTest {
  private final SecretRules rules = new SecretRules(Given.SETTINGS);

  @Test
  void whatWasDecidedIsWritten() {
    var decided = Given.proven().rotation(it -> it.published(Given.publication(2, "2")));

    assertThat(assertActs(decided.askedOf(rules::writeSecretWhenDecided)))
        .isEqualTo(new Step.WriteSecret());
    assertPasses(Given.atRest().askedOf(rules::writeSecretWhenDecided));
    assertPasses(Given.noKey().askedOf(rules::writeSecretWhenDecided));
  }

  @Test
  void nothingGoesOnWhileTheSecretCannotBeWritten() {
    assertWaits(
        Given.proven()
            .rotation(it -> it.published(Given.publication(2, "2")))
            .failed(Verb.PUBLISH, Given.BINDING.secret(), Duration.ofMinutes(1))
            .askedOf(rules::writeSecretWhenDecided),
        Reason.IssuerFailed);
  }

  @Test
  void aSecretThatShowsWhatWasPublishedIsLeftAlone() {
    assertPasses(Given.atRest().askedOf(rules::republishWhenSecretDrifted));
    assertPasses(Given.noKey().askedOf(rules::republishWhenSecretDrifted));

    var more = new HashMap<>(Given.shows(1, "1").data());
    more.put("theirs", SecretText.of("kept"));
    assertPasses(Given.atRest().secret(secret(more, 1)).askedOf(rules::republishWhenSecretDrifted));
  }

  @Test
  void aSecretThatIsMissingOrChangedIsPublishedAgain() {
    for (var drifted :
        new Target[] {
          new Target.Missing(),
          Given.shows(1, "7"),
          secret(Map.of(), 1),
          secret(Given.shows(1, "1").data(), 0)
        }) {
      assertThat(
              assertActs(Given.atRest().secret(drifted).askedOf(rules::republishWhenSecretDrifted)))
          .isEqualTo(new Step.Republish());
    }
  }

  @Test
  void aProvenKeyIsPublishedOnce() {
    assertThat(assertActs(Given.proven().askedOf(rules::publish))).isEqualTo(new Step.Publish("2"));
    assertPasses(Given.published(Duration.ZERO).askedOf(rules::publish));
    assertPasses(Given.begun().askedOf(rules::publish));
  }

  @Test
  void aSecretOfAnotherTypeIsNotWritten() {
    assertYields(
        Given.proven()
            .secret(
                new Target.Present(
                    false,
                    Given.shows(1, "1").data(),
                    1,
                    Given.LINEAGE,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Given.NOW))
            .askedOf(rules::publish),
        Reason.SecretUnsuitable);
  }

  @Test
  void nothingIsPublishedInAnImmutableSecret() {
    var trouble =
        assertYields(
            Given.proven().secret(Given.shows(1, "1", Given.IMMUTABLE)).askedOf(rules::publish),
            Reason.SecretImmutable);

    assertThat(trouble.message()).contains("messaging-api-key", "without immutable: true");
  }

  @Test
  void whatWasDecidedWaitsForAnImmutableSecretToBeMadeAgainAndIsWrittenThen() {
    var decided = Given.proven().rotation(it -> it.published(Given.publication(2, "2")));

    var wait =
        assertWaits(
            decided
                .secret(Given.shows(1, "1", Given.IMMUTABLE))
                .askedOf(rules::writeSecretWhenDecided),
            Reason.SecretImmutable);
    assertThat(wait.message()).contains("Publication 2 is written then");

    for (var mended : new Target[] {new Target.Missing(), Given.shows(1, "1")}) {
      assertThat(assertActs(decided.secret(mended).askedOf(rules::writeSecretWhenDecided)))
          .isEqualTo(new Step.WriteSecret());
    }
  }

  @Test
  void anImmutableSecretThatShowsWhatWasDecidedIsOnlyNoted() {
    var decided = Given.proven().rotation(it -> it.published(Given.publication(2, "2")));

    assertThat(
            assertActs(
                decided
                    .secret(Given.shows(2, "2", Given.IMMUTABLE))
                    .askedOf(rules::writeSecretWhenDecided)))
        .isEqualTo(new Step.WriteSecret());
  }

  @Test
  void aTemplateThatCouldNotBeFilledInIsLeftAloneForAWhile() {
    assertYields(
        Given.proven()
            .failed(Verb.PUBLISH, Given.BINDING.secret(), Duration.ofMinutes(1))
            .askedOf(rules::publish),
        Reason.IssuerFailed);
  }

  private static Target secret(Map<String, SecretText> data, int publication) {
    return new Target.Present(
        true,
        data,
        publication,
        publication == 0 ? "" : Given.LINEAGE,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Given.NOW);
  }
}
