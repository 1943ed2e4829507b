package dev.rekey.cluster.fabric8;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class WatchHealthTest {
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

  private final WatchHealth health = new WatchHealth();

  @Test
  void aWatchThatBreaksOffIsTrustedForAMomentAndNoLonger() {
    assertThat(health.isTrustedThoughSilent(NOW)).isTrue();
    assertThat(health.isTrustedThoughSilent(NOW.plus(WatchHealth.GAP).minusMillis(1))).isTrue();
    assertThat(health.tellsOfTrouble(NOW.plus(WatchHealth.GAP).minusMillis(1))).isFalse();

    assertThat(health.isTrustedThoughSilent(NOW.plus(WatchHealth.GAP))).isFalse();
    assertThat(health.tellsOfTrouble(NOW.plus(WatchHealth.GAP))).isTrue();
  }

  @Test
  void aRefusalIsToldOnceAndTriedAgainRarely() {
    health.failed(true, NOW);

    assertThat(health.tellsOfTrouble(NOW)).isTrue();
    assertThat(health.mayBegin(NOW.plus(WatchHealth.RARELY).minusMillis(1))).isFalse();
    assertThat(health.mayBegin(NOW.plus(WatchHealth.RARELY))).isTrue();
    health.failed(true, NOW.plus(WatchHealth.RARELY));
    assertThat(health.tellsOfTrouble(NOW.plus(WatchHealth.RARELY))).isFalse();
    assertThat(health.wasTold()).isTrue();
  }

  @Test
  void whatFailsOnceIsTriedAgainSoonAndToldOnlyWhereItFailsAgainAndAgain() {
    health.failed(false, NOW);
    assertThat(health.mayBegin(NOW.plusSeconds(1))).isFalse();
    assertThat(health.mayBegin(NOW.plusSeconds(2))).isTrue();
    health.failed(false, NOW.plusSeconds(2));
    assertThat(health.mayBegin(NOW.plusSeconds(5))).isFalse();
    assertThat(health.tellsOfTrouble(NOW.plusSeconds(2))).isFalse();
    assertThat(health.wasTold()).isFalse();

    health.failed(false, NOW.plusSeconds(6));
    assertThat(health.tellsOfTrouble(NOW.plusSeconds(6))).isTrue();
  }
}
