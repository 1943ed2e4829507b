package dev.rekey.issuer.manual;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.issuer.manual.InboxEntry.Brought;
import dev.rekey.issuer.manual.InboxEntry.Unusable;
import dev.rekey.rotation.SecretText;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InboxEntryTest {
  private static final Instant NOW = Instant.parse("2026-12-01T12:00:00Z");
  private static final String VALUE = "key_prod_a1b2c3d4e5f6x9f2Q";

  @Test
  void isReadAsPeopleWriteIt() {
    assertThat(
            read(
                Map.of(
                    "value",
                    VALUE + "\n",
                    "id",
                    "x9f2Q",
                    "label",
                    "payments",
                    "expiresAt",
                    "2027-06-01")))
        .isEqualTo(
            new Brought(
                SecretText.of(VALUE),
                Optional.of("x9f2Q"),
                Optional.of("payments"),
                Optional.of(Instant.parse("2027-06-01T00:00:00Z"))));
    assertThat(read(Map.of("value", VALUE)))
        .isEqualTo(
            new Brought(
                SecretText.of(VALUE), Optional.empty(), Optional.empty(), Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource({
    "token, whatever, no data key value",
    "id, key_prod_a1b2c3d4e5f6x9f2Q, those are shown",
    "id, a1b2c3d4e5f6, those are shown",
    "label, the one of key_prod_a1b2c3d4e5f6x9f2Q, those are shown",
    "expiresAt, next summer, no date",
    "expiresAt, 2026-11-30, is over"
  })
  void whatIsOfNoUseIsSaidWithoutTheKey(String name, String text, String why) {
    var data = name.equals("token") ? Map.of(name, text) : Map.of("value", VALUE, name, text);

    assertThat(read(data))
        .isInstanceOfSatisfying(
            Unusable.class,
            it -> assertThat(it.why()).contains(why).doesNotContain(VALUE, "a1b2c3d4e5f6"));
  }

  /** As files of some editors are, or what a terminal has broken. */
  @ParameterizedTest
  @ValueSource(strings = {"\uFEFFkey_prod_a1b2", "key\u0000prod", "key\uFFFDprod", "key\u001B[0m"})
  void aValueThatNoKeyCouldBeIsNotTakenIn(String value) {
    assertThat(read(Map.of("value", value)))
        .isInstanceOfSatisfying(
            Unusable.class, it -> assertThat(it.why()).contains("value is no text in UTF-8"));
  }

  @Test
  void aValueThatIsNotUtf8OrTooLongIsNotTakenIn() {
    var utf16 = secret(Map.of("value", VALUE));
    utf16
        .getData()
        .put("value", Base64.getEncoder().encodeToString(VALUE.getBytes(StandardCharsets.UTF_16)));

    assertThat(InboxEntry.read(utf16, NOW)).isInstanceOf(Unusable.class);
    assertThat(read(Map.of("value", "k".repeat(16 * 1024 + 1)))).isInstanceOf(Unusable.class);
    assertThat(read(Map.of("value", "k".repeat(16 * 1024)))).isInstanceOf(Brought.class);
    assertThat(read(Map.of("value", "-----BEGIN KEY-----\nabc\r\n\tdef")))
        .isInstanceOf(Brought.class);
  }

  @Test
  void anInboxThatIsKeptFromGoingIsNoneAnyMore() {
    var inbox = secret(Map.of("value", VALUE));
    inbox.getMetadata().setLabels(Map.of("rekey.dev/inbox", "true"));
    assertThat(InboxEntry.isInbox(inbox)).isTrue();

    inbox.getMetadata().setDeletionTimestamp("2026-12-01T11:00:00Z");

    assertThat(InboxEntry.isInbox(inbox)).isFalse();
  }

  @Test
  void theSameValueIsTheSameKeyWhateverElseIsWrittenBesideIt() {
    var first = InboxEntry.seen(secret(Map.of("value", VALUE)));
    var again = InboxEntry.seen(secret(Map.of("value", VALUE + "\n", "id", "41")));

    assertThat(first.token()).isEqualTo(again.token()).doesNotContain(VALUE);
    assertThat(InboxEntry.seen(secret(Map.of("value", "another"))).token())
        .isNotEqualTo(first.token());
  }

  private static InboxEntry read(Map<String, String> data) {
    return InboxEntry.read(secret(data), NOW);
  }

  private static Secret secret(Map<String, String> data) {
    var secret = new SecretBuilder().withNewMetadata().withUid("1").endMetadata().build();
    secret.setData(
        data.entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey,
                    it ->
                        Base64.getEncoder()
                            .encodeToString(it.getValue().getBytes(StandardCharsets.UTF_8)))));
    return secret;
  }
}
