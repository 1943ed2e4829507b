package dev.rekey.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.plan.Rule.Answer;
import dev.rekey.rotation.Cause;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Run;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LeakRulesTest {

  @Test
  void aLeakedKeyAtRestIsDueAtOnce() {
    var given = Given.atRest().leaked("1");

    assertThat(Due.of(given.seen(), given.rotation())).contains(new Due(Given.NOW, Cause.Leaked));
    assertThat(given.askedOf(LeakRules::hurryWhenLeaked)).isEqualTo(Rule.pass());
  }

  @Test
  void isNamedByItsHintAsWell() {
    var given = Given.atRest().leaked("…er-1");

    assertThat(Due.of(given.seen(), given.rotation()).orElseThrow().cause())
        .isEqualTo(Cause.Leaked);
  }

  @Test
  void isFollowedOnce() {
    var given = Given.atRest().leaked("1").rotation(it -> it.handled(List.of("leaked-1")));

    assertThat(Due.of(given.seen(), given.rotation()).orElseThrow().cause())
        .isNotEqualTo(Cause.Leaked);
    assertThat(given.askedOf(LeakRules::hurryWhenLeaked)).isEqualTo(Rule.pass());
  }

  @Test
  void theKeyThatIsBeingReplacedLosesItsSoak() {
    var answer =
        Given.published(Duration.ofMinutes(1)).leaked("1").askedOf(LeakRules::hurryWhenLeaked);

    assertThat(answer)
        .isInstanceOfSatisfying(
            Answer.Decides.class,
            it -> {
              assertThat(it.plan().reason()).isEqualTo(Reason.Hurrying);
              assertThat(((Plan.Act) it.plan()).step())
                  .isEqualTo(new Step.Hurry(Optional.of("leaked-1")));
            });
  }

  @Test
  void aNewKeyThatNobodyHasSeenIsGivenUp() {
    assertThat(Given.minted().leaked("2").askedOf(LeakRules::hurryWhenLeaked))
        .isInstanceOfSatisfying(
            Answer.Decides.class,
            it ->
                assertThat(((Plan.Act) it.plan()).step())
                    .isEqualTo(new Step.GiveUp("2", "leaked-2")));
  }

  @Test
  void aNewKeyThatIsInTheSecretIsInUseSoonerAndThenReplaced() {
    var given = Given.published(Duration.ofMinutes(1)).leaked("2");

    assertThat(given.askedOf(LeakRules::hurryWhenLeaked))
        .isInstanceOfSatisfying(
            Answer.Decides.class,
            it ->
                assertThat(((Plan.Act) it.plan()).step())
                    .isEqualTo(new Step.Hurry(Optional.empty())));
    assertThat(given.run(Run::hurried).askedOf(LeakRules::hurryWhenLeaked)).isEqualTo(Rule.pass());
  }

  @Test
  void aKeyThatNobodyKnowsIsSaid() {
    assertThat(Given.atRest().leaked("9").askedOf(LeakRules::hurryWhenLeaked))
        .isInstanceOfSatisfying(
            Answer.Decides.class,
            it -> {
              assertThat(it.plan().reason()).isEqualTo(Reason.KeyUnknown);
              assertThat(((Plan.Act) it.plan()).step()).isEqualTo(new Step.Handle("leaked-9"));
            });
  }

  @Test
  void aCondemnedKeyGoesAnyway() {
    assertThat(Given.condemned().leaked("1").askedOf(LeakRules::hurryWhenLeaked))
        .isInstanceOfSatisfying(
            Answer.Decides.class,
            it -> assertThat(((Plan.Act) it.plan()).step()).isEqualTo(new Step.Handle("leaked-1")));
  }
}
