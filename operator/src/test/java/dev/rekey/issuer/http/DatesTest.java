package dev.rekey.issuer.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2026-03-01T12:00:00Z          | 2026-03-01T12:00:00Z",
        "2026-03-01t12:00:00z          | 2026-03-01T12:00:00Z",
        "2026-03-01T12:00:00.123456Z   | 2026-03-01T12:00:00.123456Z",
        "2026-03-01T20:00:00+08:00     | 2026-03-01T12:00:00Z",
        "2026-03-01T20:00:00+0800      | 2026-03-01T12:00:00Z",
        "2026-03-01 20:00:00 +08       | 2026-03-01T12:00:00Z",
        "2026-03-01T12:00:00           | 2026-03-01T12:00:00Z",
        "2026-03-01 12:00              | 2026-03-01T12:00:00Z",
        "2026-03-01                    | 2026-03-01T00:00:00Z",
        "1772366400                    | 2026-03-01T12:00:00Z",
        "1772366400000                 | 2026-03-01T12:00:00Z",
      })
  void readsTexts(String text, Instant expected) {
    assertThat(Dates.read(text)).contains(expected);
  }

  @Test
  void readsNumbersAndInstants() {
    Instant noon = Instant.parse("2026-03-01T12:00:00Z");

    assertThat(Dates.read(1772366400L)).contains(noon);
    assertThat(Dates.read(1772366400000L)).contains(noon);
    assertThat(Dates.read(1772366400.5)).contains(noon.plusMillis(500));
    assertThat(Dates.read(noon)).contains(noon);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "never",
        "0",
        "41",
        "01/03/2026",
        "2026-13-01",
        "2026-02-30",
        "12:00",
        "2026",
        "2026-03-01T25:00:00Z",
        "1999-12-31",
        "0001-01-01T00:00:00Z",
        "+12026-01-01"
      })
  void refusesWhatIsNoDate(String text) {
    assertThat(Dates.read(text)).isEmpty();
  }

  @Test
  void refusesWhatIsNoDateEither() {
    assertThat(
            List.of(0L, -1L, Long.MAX_VALUE, Double.NaN, Double.POSITIVE_INFINITY, true, List.of()))
        .allSatisfy(it -> assertThat(Dates.read(it)).isEmpty());
  }
}
