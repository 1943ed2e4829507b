package dev.rekey.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretTextTest {
  private static final String VALUE = "sk-live-0123456789abcdef";

  @Test
  void neverPrints() {
    var secret = SecretText.of(VALUE);

    assertThat(secret).hasToString("***");
    assertThat("in a text: " + secret).doesNotContain(VALUE);
    assertThat(List.of(secret).toString()).doesNotContain(VALUE);
    assertThat(secret.reveal()).isEqualTo(VALUE);
  }

  @Test
  void printsNowhereInsideOfWhatHoldsIt() {
    var issuer = new IssuerBinding("KeyIssuer", "payments", "messaging", "uid", "account");
    var key =
        new Key(
            "2",
            Optional.of("2"),
            Role.NEXT,
            Map.of("value", SecretText.of(VALUE)),
            SecretText.of(VALUE).hint(),
            Instant.EPOCH,
            Optional.empty(),
            Optional.empty(),
            issuer,
            OptionalInt.empty(),
            Checks.NONE);
    var rotation =
        Rotation.begin("lineage", new Binding("c", "n", "s", "r", "u"), List.of())
            .adopted(key)
            .published(
                new Publication(1, "2", Map.of("apiKey", SecretText.of(VALUE)), Optional.empty()));

    assertThat(rotation.toString()).doesNotContain(VALUE).contains("***");
    assertThat(key.display()).doesNotContain(VALUE);
  }

  @Test
  void anySerializerButTheLedgersFindsNothingInIt() throws JsonProcessingException {
    var json = new ObjectMapper().disable(SerializationFeature.FAIL_ON_EMPTY_BEANS);

    assertThat(json.writeValueAsString(SecretText.of(VALUE))).doesNotContain(VALUE);
  }

  @ParameterizedTest
  @CsvSource({
    "0123456789abcdef,…bcdef",
    "0123456789abcde,…bcde",
    "0123456789ab,…b",
    "0123456789a,…",
    "a,…"
  })
  void hintsAtLongTextsAlone(String text, String hint) {
    assertThat(SecretText.of(text).hint()).isEqualTo(hint);
  }

  @Test
  void isEqualByItsText() {
    assertThat(SecretText.of("a")).isEqualTo(SecretText.of("a")).isNotEqualTo(SecretText.of("b"));
    assertThat(SecretText.of("a")).hasSameHashCodeAs(SecretText.of("a"));
  }
}
