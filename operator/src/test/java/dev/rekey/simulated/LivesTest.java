package dev.rekey.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.config.Settings;
import dev.rekey.plan.Gate;
import dev.rekey.plan.Rules;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Three thousand whole lives, each with three rotations and whatever can go wrong in them. */
class LivesTest {
  private static final long FIRST = 4_000_000;
  private static final int LIVES = 3_000;

  @Test
  void noPromiseIsBrokenInThreeThousandLives() {
    var simulate = new Simulate(Sabotage.none());

    simulate.run(FIRST, LIVES);

    assertThat(simulate.report(System.out)).isTrue();
  }

  @Test
  void aLifeIsTheSameEveryTimeItIsLived() {
    for (long seed = 1; seed <= 5; seed++) {
      assertThat(Schedule.told(seed, Sabotage.none()).story())
          .isEqualTo(Schedule.told(seed, Sabotage.none()).story())
          .hasSizeGreaterThan(50);
    }
  }

  @Test
  void everyRuleIsExpectedByName() {
    assertThat(names(Rules.inOrder(Settings.standard(), Gate.standard(Settings.standard()))))
        .isEqualTo(Coverage.RULES);
  }

  private static List<String> names(List<Rules.Named> rules) {
    return rules.stream().map(Rules.Named::name).toList();
  }
}
