package dev.rekey.ledger;

import static dev.rekey.plan.Given.ISSUER;
import static dev.rekey.plan.Given.NOW;
import static dev.rekey.plan.Given.key;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rekey.ledger.LedgerFormat.Parsed;
import dev.rekey.rotation.Attempt;
import dev.rekey.rotation.Binding;
import dev.rekey.rotation.Cause;
import dev.rekey.rotation.Checks;
import dev.rekey.rotation.Evidence;
import dev.rekey.rotation.Failure;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Left;
import dev.rekey.rotation.PastRun;
import dev.rekey.rotation.Publication;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.SecretText;
import dev.rekey.rotation.Tracing;
import dev.rekey.rotation.Verb;
import dev.rekey.rotation.Warning;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LedgerFormatTest {
  private static final Binding BINDING = new Binding("c", "payments", "api-key", "r", "u");

  private static final Evidence EVIDENCE =
      Evidence.of(
          NOW,
          8,
          Map.of(
              Evidence.Term.STAMPED, List.of("api-1", "api-2"),
              Evidence.Term.OUT_OF_SERVICE, List.of("api-3")));

  @Test
  void whatIsWrittenIsReadAsItWas() {
    for (var rotation : List.of(empty(), full(), shown(full()))) {
      assertThat(LedgerFormat.read(LedgerFormat.write(rotation)))
          .isEqualTo(new Parsed.Understood(rotation));
    }
  }

  @Test
  void secretsAreWrittenOutHereAndKeptToTheLetter() {
    var text = "\"quotes\", \\backslashes\\, ünïcödé, \n new lines";
    var rotation = empty().adopted(withValue(text));

    assertThat(LedgerFormat.read(LedgerFormat.write(rotation)))
        .isInstanceOfSatisfying(
            Parsed.Understood.class,
            it ->
                assertThat(it.rotation().keys().getFirst().fields())
                    .containsEntry("value", SecretText.of(text)));
  }

  @Test
  void timesKeepTheirNanoseconds() {
    var rotation = empty().adopted(key("1", Role.CURRENT, NOW.plusNanos(123_456_789)));

    assertThat(LedgerFormat.read(LedgerFormat.write(rotation)))
        .isEqualTo(new Parsed.Understood(rotation));
  }

  @Test
  void aLedgerOfTheFirstReleaseIsReadWithoutLoss() throws IOException {
    var text = resource("/ledgers/schema-1-first.json");

    var read = LedgerFormat.read(text);

    assertThat(read)
        .isInstanceOfSatisfying(
            Parsed.Understood.class,
            it -> {
              var rotation = it.rotation();
              assertThat(rotation.keys()).hasSize(3).noneMatch(Key::named);
              assertThat(rotation.run().orElseThrow().rollback()).isEqualTo(Run.Rollback.NEVER);
              // nobody kept how far its consumers had been: as far as they were
              assertThat(rotation.run().flatMap(Run::progress).map(Run.Progress::best))
                  .contains(new Run.Best(1, 2));
              assertThat(rotation.run().flatMap(Run::progress))
                  .hasValueSatisfying(progress -> {
                    assertThat(progress.firstAllMovedAt()).isEqualTo(progress.allMovedAt());
                    assertThat(progress.unsteady()).isEmpty();
                    assertThat(progress.lackingSince()).isEmpty();
                    assertThat(progress.remade()).isZero();
                  });
              assertThat(rotation.run().flatMap(Run::shownIn)).isEmpty();
              assertThat(rotation.run().flatMap(Run::evidence)).isEmpty();
              assertThat(rotation.history()).hasSize(1).allMatch(past -> past.evidence().isEmpty());
              assertThat(rotation.attempts())
                  .hasSize(2)
                  .allMatch(attempt -> attempt.tracing() == Tracing.LABELLED);
              assertThat(rotation.left()).isEmpty();
              assertThat(LedgerFormat.read(LedgerFormat.write(rotation))).isEqualTo(read);
            });
    // whatever stood there stands there again, in the same words
    assertThat(
            new ObjectMapper().readTree(LedgerFormat.write(rotation(read))).findValuesAsText("id"))
        .containsAll(new ObjectMapper().readTree(text).findValuesAsText("id"));
  }

  private static Rotation rotation(Parsed read) {
    return ((Parsed.Understood) read).rotation();
  }

  private static String resource(String path) throws IOException {
    try (var in = LedgerFormatTest.class.getResourceAsStream(path)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** A Secret takes 1 MiB, and this is only a part of what a ledger holds. */
  @Test
  void evidenceOfEveryRememberedRotationTakesATenthOfASecretAtMost() {
    var pods =
        IntStream.range(0, 5_000).mapToObj(it -> "a".repeat(240) + "-%05d".formatted(it)).toList();
    var evidence = Evidence.of(NOW, 8, Map.of(Evidence.Term.STAMPED, pods));
    var rotation = full().run(it -> it.proven(evidence));
    int without = LedgerFormat.write(full()).length();
    for (int i = 0; i < 10; i++) {
      var run = rotation.run().orElseThrow();
      rotation = rotation.completed(NOW).begun(run, List.of());
    }

    assertThat(rotation.history()).hasSize(5).allMatch(it -> it.evidence().isPresent());
    assertThat(LedgerFormat.write(rotation).length() - without).isBetween(80_000, 104_857);
  }

  @Test
  void aNewerSchemaIsNotUnderstood() {
    var newer = LedgerFormat.write(full()).replace("\"schema\":1", "\"schema\":2");

    assertThat(LedgerFormat.read(newer))
        .isInstanceOfSatisfying(
            Parsed.NotUnderstood.class,
            it -> {
              assertThat(it.reason()).isEqualTo(Reason.Downgraded);
              assertThat(it.message()).contains("newer Rekey").contains("Upgrade");
            });
  }

  @Test
  void aFieldOfANewerRekeyIsNoDamage() {
    var newer = LedgerFormat.write(full()).replaceFirst("\"cause\"", "\"colour\":1,\"cause\"");

    assertThat(LedgerFormat.read(newer))
        .isInstanceOfSatisfying(
            Parsed.NotUnderstood.class,
            it -> {
              assertThat(it.reason()).isEqualTo(Reason.Downgraded);
              assertThat(it.message()).contains("newer", "Upgrade").doesNotContain("colour");
            });
  }

  @Test
  void claimsThatWereKeptOnceAreForgotten() {
    var text = LedgerFormat.write(full());

    assertThat(
            LedgerFormat.read(text.replace("\"warnings\"", "\"claims\":[\"data\"],\"warnings\"")))
        .isEqualTo(new Parsed.Understood(full()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "[]",
        "{}",
        "garbage",
        "{\"schema\":0,\"rotation\":{}}",
        "{\"schema\":\"1\"",
        "{\"rotation\":{}}",
        "{\"schema\":1}",
        "{\"schema\":1,\"rotation\":null}",
        "{\"schema\":1,\"rotation\":{}}",
        "{\"schema\":1,\"rotation\":[]}"
      })
  void garbageIsNotUnderstood(String text) {
    assertThat(LedgerFormat.read(text)).isInstanceOf(Parsed.NotUnderstood.class);
  }

  @Test
  void noMessageQuotesTheLedger() {
    var secret = "sk-live-0123456789abcdef";
    var damaged = LedgerFormat.write(empty().adopted(withValue(secret))).replace("CURRENT", "X");

    assertThat(LedgerFormat.read(damaged))
        .isInstanceOfSatisfying(
            Parsed.NotUnderstood.class, it -> assertThat(it.message()).doesNotContain(secret));
  }

  private static Rotation empty() {
    return Rotation.begin("lineage", BINDING, List.of());
  }

  private static Rotation full() {
    var seen =
        new Checks(
            3,
            Optional.of(NOW),
            Optional.of(NOW.minusSeconds(5)),
            Optional.of(NOW.minusSeconds(9)));
    return new Rotation(
        "lineage",
        BINDING,
        7,
        Optional.of(new Publication(9, "2", Map.of("a", SecretText.of("x")), Optional.of(NOW))),
        List.of(
            key("1", Role.CONDEMNED, NOW).checked(seen).shownIn(8),
            key("2", Role.CURRENT, NOW),
            new Key(
                "3",
                Optional.empty(),
                Role.RETIRED,
                Map.of(),
                "…",
                NOW,
                Optional.empty(),
                Optional.empty(),
                ISSUER,
                OptionalInt.empty(),
                Checks.NONE)),
        List.of(
            new Attempt(
                "a",
                "rk-a",
                ISSUER,
                Attempt.State.LOST,
                NOW,
                NOW,
                2,
                Optional.of(NOW),
                Tracing.COUNTABLE,
                List.of("8", "9")),
            new Attempt(
                "b",
                "rk-b",
                ISSUER,
                Attempt.State.OPEN,
                NOW,
                NOW,
                0,
                Optional.empty(),
                Tracing.LABELLED,
                List.of())),
        Optional.of(
            new Run(
                    7,
                    Cause.Requested,
                    NOW,
                    ISSUER,
                    Map.of("a", "${key.value}"),
                    Duration.ofSeconds(15),
                    Duration.ZERO,
                    Duration.ofMillis(1500),
                    2,
                    Optional.of("2"),
                    Optional.of(
                        new Run.Progress(
                            3,
                            2,
                            NOW,
                            Optional.empty(),
                            new Run.Best(0, 3),
                            Optional.of(NOW.minusSeconds(60)),
                            Optional.of(
                                new Run.Unsteady("api-1", 2, 1, Optional.of(NOW.minusSeconds(9)))),
                            Optional.of(NOW.minusSeconds(5)),
                            3)))
                .foreseeing(
                    new Run.Foreseen(NOW, List.of(new Warning(Reason.BarePod, "pod cron-1 …"))))
                .proven(EVIDENCE)),
        List.of(new Failure(Verb.DELETE, "1", 4, NOW, 3, Reason.NotRevoked, "still accepted")),
        List.of("token"),
        List.of(
            new PastRun(
                Cause.Interval,
                NOW,
                NOW,
                Optional.of("2"),
                2,
                Optional.empty(),
                false,
                Optional.of(EVIDENCE)),
            new PastRun(Cause.FirstKey, NOW, NOW, Optional.of("1"), 2, Optional.of("the key …"))),
        List.of(new Left("the key …", "KeyIssuer messaging", Reason.DeleteByHand, NOW)),
        1);
  }

  private static Rotation shown(Rotation rotation) {
    var shown = rotation.run(it -> it.publishing(rotation.publication().orElseThrow()));
    assertThat(shown.run().flatMap(Run::shownIn)).contains(new Run.Publications(9, 9));
    return shown;
  }

  private static Key withValue(String text) {
    var key = key("1", Role.CURRENT, NOW);
    return new Key(
        key.name(),
        key.id(),
        key.role(),
        Map.of("value", SecretText.of(text)),
        key.hint(),
        key.issuedAt(),
        key.expiresAt(),
        key.label(),
        key.issuer(),
        key.lastPublication(),
        key.checks());
  }
}
