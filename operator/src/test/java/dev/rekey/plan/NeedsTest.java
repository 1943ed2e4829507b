package dev.rekey.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.rotation.Checks;
import dev.rekey.rotation.Observation.Target;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Run;
import java.util.List;
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

  @Test
  void beforeAKeyIsDeletedThatNobodyWasToSeePodsAreAskedWhetherTheLedgerIsTheNewest() {
    var orphan = Given.minted().rotation(it -> it.condemned("2"));

    assertThat(orphan.rotation().keys(Role.CONDEMNED)).hasSize(1);
    assertThat(looksAtPods(orphan)).isTrue();
    assertThat(looksAtPods(orphan.checks("2", Checks.NONE.deleteAsked(Given.NOW)))).isFalse();
  }

  @Test
  void beforeAKeyIsAskedForPodsAreLookedAtOnceAndLiveAlone() {
    assertThat(looksAtPods(Given.begun())).isTrue();
    assertThat(looksAtPods(Given.begun().fromCaches())).isFalse();
    assertThat(
            looksAtPods(
                Given.begun().run(it -> it.foreseeing(new Run.Foreseen(Given.NOW, List.of())))))
        .isFalse();
  }

  private static boolean looksAtPods(Given given) {
    var seen = given.seen();
    return Needs.consumers(
        given.rotation(), seen.resource(), seen.secret(), seen.now(), seen.live());
  }
}
