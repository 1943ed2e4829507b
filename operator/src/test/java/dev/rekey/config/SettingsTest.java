package dev.rekey.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
  private static final Instant SINCE = Instant.parse("2026-06-01T12:00:00Z");

  @ParameterizedTest
  @CsvSource({"0, 2", "20, 2", "30, 3", "150, 15", "161, 16", "3600, 16"})
  void whatDoesNotMoveIsLookedAtEverMoreRarelyAndNeverHalfForgotten(int seconds, int pause) {
    assertThat(Settings.standard().lookAgain(SINCE, SINCE.plusSeconds(seconds)))
        .isCloseTo(Duration.ofSeconds(pause), Duration.ofMillis(100));
  }
}
