package dev.rekey.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpansTest {

  @ParameterizedTest
  @CsvSource({
    "90d, PT2160H, 90d",
    "1h30m, PT1H30M, 1h30m",
    "90m, PT1H30M, 1h30m",
    "15s, PT15S, 15s",
    "500ms, PT0.5S, 500ms",
    "1d2h3m4s5ms, PT26H3M4.005S, 1d2h3m4s5ms",
    "0s, PT0S, 0s",
    "36500d, PT876000H, 36500d",
  })
  void readsAndWritesLengthsOfTime(String text, Duration expected, String written) {
    assertThat(Spans.parse(text)).isEqualTo(expected);
    assertThat(Spans.format(expected)).isEqualTo(written);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "90", "d", "90 d", "-1d", "1.5h", "30m1h", "1h1h", "90D", "P90D", "1w"})
  void saysWhatToWriteInstead(String text) {
    assertThatThrownBy(() -> Spans.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("write whole numbers with units d, h, m, s, ms");
  }

  @ParameterizedTest
  @ValueSource(strings = {"36501d", "999999d", "999999999h"})
  void refusesWhatCanOnlyBeASlip(String text) {
    assertThatThrownBy(() -> Spans.parse(text)).hasMessageContaining("longer than 36500d");
  }

  @ParameterizedTest
  @CsvSource({"PT-15S, -15s", "PT0.0000001S, 0s"})
  void writesWhatIsNotRead(Duration span, String written) {
    assertThat(Spans.format(span)).isEqualTo(written);
  }
}
