package dev.rekey.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.rotation.Observation.Target;
import org.junit.jupiter.api.Test;

class NeedsTest {
  @Test
  void atRestNoPodIsLookedAt() {
    assertThat(looksAtPods(Given.atRest())).isFalse();
  }

  @Test
  void beforeADriftIsRepairedPodsAreAskedWhetherTheLedgerIsTheNewest() {
    assertThat(looksAtPods(Given.atRest().secret(new Target.Missing()))).isTrue();
    assertThat(looksAtPods(Given.atRest().secret(Given.shows(1, "2")))).isTrue();
  }

  private static boolean looksAtPods(Given given) {
    var seen = given.seen();
    return Needs.consumers(
        given.rotation(), seen.resource(), seen.secret(), seen.now(), seen.live());
  }
}
