package dev.rekey.rotation;

import static dev.rekey.plan.Given.ISSUER;
import static dev.rekey.plan.Given.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.rotation.Observation.Target;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaskTest {
  private static final String VALUE = "sk-live:Tulip/Harbour?Window";

  private final Mask mask =
      mask(
          Map.of("user", "till-account", "pin", "70-41", "value", VALUE),
          Map.of("config", "endpoint=quay.example;token='" + VALUE),
          Map.of("foreign", "Lantern&Meadow"));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "connection refused                            | connection refused",
        "key sk-live:Tulip/Harbour?Window is refused   | key *** is refused",
        "<sk-live:Tulip/Harbour?Window>                | <***>",
        "sk-live:Tulip/Harbour?Window                  | ***",
        // a part of it that is long enough, wherever in it
        "401 for sk-live:…                             | 401 for ***…",
        "401 for …r?Window                             | 401 for …***",
        "401 for …Tulip/Harb…                          | 401 for …***…",
        "401 for sk-live…                              | 401 for sk-live…",
        // upper and lower case do not matter
        "KEY SK-LIVE:TULIP/HARBOUR?WINDOW              | KEY ***",
        // every field, every data key, and what somebody else has put into the Secret
        "user till-account is unknown                  | user *** is unknown",
        "pin 70-41 is wrong, 70-41                     | pin *** is wrong, ***",
        "cannot reach quay.example                     | cannot reach ***",
        "no such lantern&meadow                        | no such ***",
        // twice, and one beside the other
        "sk-live:Tulip/Harbour?Windowsk-live:Tulip/    | ***",
        "till-account:70-41                            | ***:***",
        // percent-encoded
        "GET /?k=sk-live%3ATulip%2FHarbour%3FWindow    | GET /?k=***",
        // what may be a key that is not known
        "token ghp_16C7e42F292c6912E7710c838347Ae17    |",
        "password=Summer-holidays-2026                 |",
        "java.lang.IllegalStateException               | java.lang.IllegalStateException",
        "dial 10.0.0.7:5432: i/o timeout               | dial 10.0.0.7:5432: i/o timeout",
        "''                                            |",
      })
  void keysAreTakenOut(String text, @Nullable String shown) {
    assertThat(mask.over(SecretText.of(text))).isEqualTo(Optional.ofNullable(shown));
  }

  @Test
  void aKeyIsFoundInOtherFormsWhereverItBegan() {
    for (var before : List.of("", "a", "ab", "abc")) {
      var bytes = (before + ":" + VALUE + ":").getBytes(StandardCharsets.UTF_8);
      for (var form :
          Stream.of(
                  Base64.getEncoder().encodeToString(bytes),
                  Base64.getUrlEncoder().encodeToString(bytes),
                  HexFormat.of().formatHex(bytes),
                  HexFormat.of().withUpperCase().formatHex(bytes))
              .toList()) {
        var shown = mask.over(SecretText.of("refused: " + form)).orElse("");
        assertThat(shown).as(form).contains("***");
        // at its ends what is next to it is mixed in
        assertThat(shown.replace("***", "")).as(form).hasSizeLessThan(30);
      }
    }
  }

  @Test
  void oneLineIsShownAndNotToItsEndWhereItIsLong() {
    assertThat(mask.over(SecretText.of("\n \n  first\t\u001b[31mred \nsecond")))
        .contains("first  [31mred");
    assertThat(mask.over(SecretText.of("far ".repeat(100))).orElseThrow())
        .hasSize(121)
        .endsWith("…");
  }

  @Test
  void aKeyAtTheCutIsTakenOutBeforeItIsCut() {
    var text = "far ".repeat(28) + VALUE;

    assertThat(mask.over(SecretText.of(text)).orElseThrow()).isEqualTo("far ".repeat(28) + "***");
  }

  @Test
  void nothingIsShownWhereTooMuchIsKnown() {
    var huge = mask(Map.of("value", VALUE), Map.of("file", "x".repeat(1 << 17)), Map.of());

    assertThat(huge.over(SecretText.of("connection refused"))).isEmpty();
  }

  @Test
  void anEmptyValueIsNowhere() {
    var empty = mask(Map.of("value", " "), Map.of("a", ""), Map.of());

    assertThat(empty.over(SecretText.of("connection refused"))).contains("connection refused");
  }

  @Test
  void theMaskItselfShowsNothing() {
    assertThat(mask.toString()).doesNotContainIgnoringCase("tulip");
  }

  private static Mask mask(
      Map<String, String> fields, Map<String, String> published, Map<String, String> found) {
    var key =
        new Key(
            "1",
            Optional.of("1"),
            Role.CURRENT,
            texts(fields),
            "…",
            NOW,
            Optional.empty(),
            Optional.empty(),
            ISSUER,
            OptionalInt.empty(),
            Checks.NONE);
    return Mask.of(
        Rotation.begin("lineage", new Binding("c", "n", "s", "r", "u"), List.of())
            .adopted(key)
            .published(new Publication(1, "1", texts(published), Optional.empty())),
        new Target.Present(
            true,
            texts(found),
            1,
            "lineage",
            Optional.of("1"),
            Optional.empty(),
            Optional.empty(),
            Instant.EPOCH));
  }

  private static Map<String, SecretText> texts(Map<String, String> all) {
    return all.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, it -> SecretText.of(it.getValue())));
  }
}
