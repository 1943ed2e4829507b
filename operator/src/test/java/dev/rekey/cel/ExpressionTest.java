package dev.rekey.cel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import java.math.BigInteger;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpressionTest {
  private static final String SECRET = "SEKRET-9x2f";

  private static final Scope ANSWER =
      Scope.builder().wholeNumbers("status").textMaps("headers").anything("body").build();

  private static final Map<String, ?> VALUES =
      Map.of("status", 401, "headers", Map.of("x-id", "h7"), "body", body());

  private static Map<String, Object> body() {
    Map<String, Object> body = new HashMap<>();
    body.put("id", 41);
    body.put("name", "till");
    body.put("token", SECRET);
    body.put("nothing", null);
    body.put("ratio", 41.5);
    body.put("round", 41.0);
    body.put("huge", new BigInteger("12345678901234567890"));
    body.put("list", List.of("a", Map.of("n", 2)));
    body.put("big", "x".repeat(40_000));
    return body;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "body.id                                  | 41",
        "body.round                               | 41",
        "body.ratio                               | 41.5",
        "body.huge                                | 12345678901234567890",
        "body.name + '-' + string(body.id)        | till-41",
        "headers['x-id']                          | h7",
        "body.list[1].n                           | 2",
        "status == 401 ? 'dead' : 'alive'         | dead",
        "has(body.missing) ? 'there' : 'not there'| not there",
        "{'a': 'b}'}.a                            | b}",
        "body.nothing == null                     | true",
        "18446744073709551615u                    | 18446744073709551615",
        "status in [401, 403]                     | true",
        "timestamp('2026-01-01T00:00:00Z') + duration('24h') | 2026-01-02T00:00:00Z",
        "body.name.startsWith('ti')               | true",
      })
  void givesText(String source, String expected) {
    assertThat(Expression.compile(source, ANSWER).text(VALUES)).isEqualTo(expected);
  }

  @Test
  void givesPlainValues() {
    assertThat(evaluate("body.id")).isEqualTo(41L);
    assertThat(evaluate("body.nothing")).isNull();
    assertThat(evaluate("body.list")).isEqualTo(List.of("a", Map.of("n", 2L)));
    assertThat(evaluate("[1, null]")).asInstanceOf(LIST).containsExactly(1L, null);
    assertThat(evaluate("timestamp('2026-01-01T00:00:00Z')"))
        .isEqualTo(Instant.parse("2026-01-01T00:00:00Z"));
    assertThat(evaluate("status")).isEqualTo(401L);
  }

  @Test
  void findsWhatMayBeLeftOut() {
    assertThat(Expression.compile("body.missing", ANSWER).find(VALUES)).isEmpty();
    assertThat(Expression.compile("body.missing.deeper", ANSWER).find(VALUES)).isEmpty();
    assertThat(Expression.compile("body.nothing", ANSWER).find(VALUES)).isEmpty();
    assertThat(Expression.compile("body.name", ANSWER).find(VALUES)).contains("till");
    assertThatThrownBy(() -> Expression.compile("body.name + 1", ANSWER).find(VALUES))
        .isInstanceOf(CelProblem.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "boddy.id               | uses the unknown name boddy; known are body, headers, status",
        "body.id +              | does not compile at character 10: mismatched input '<EOF>'",
        "status == '401'        | does not compile at character 8: found no matching overload",
        "headers.a + 1          | does not compile at character 11: found no matching overload",
        "body.list.map(x, x)    | uses map(), which Rekey does not offer",
        "body.list.all(x, true) | uses all(), which Rekey does not offer",
        "body.list.exists(x, x == 1) | uses exists(), which Rekey does not offer",
        "body.name.matches('a') | uses matches(), which Rekey does not offer",
        "cel.bind(x, 1, x)      | uses the unknown name cel",
        "body.?x                | does not compile at character 5: unsupported syntax",
        "((((((((((((((((((((((((((((((((((1)))))))))))))))))))))))))))))))))) | recursion limit",
      })
  void saysWhatDoesNotCompile(String source, String message) {
    assertThatThrownBy(() -> Expression.compile(source, ANSWER))
        .isInstanceOf(CelProblem.class)
        .hasMessageStartingWith("`" + source + "` ")
        .hasMessageContaining(message);
  }

  @Test
  void boundsWhatIsWritten() {
    assertThatThrownBy(() -> Expression.compile("1+".repeat(512) + "1", ANSWER))
        .hasMessageContaining("longer than 1024 characters");
    assertThatThrownBy(() -> Expression.compile(" ", ANSWER)).hasMessageContaining("is empty");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "body.idd              | reads a field that is not there",
        "body[body.token]      | reads a field that is not there",
        "body.token.id         | reads a field that is not there",
        "headers[body.token]   | reads a field that is not there",
        "body.list[7]          | reads beyond the end of a list",
        "body.token + 1        | uses an operator or a function on a value of a type",
        "body.token < 1        | uses an operator or a function on a value of a type",
        "int(body.token)       | converts a value that does not have the form for it",
        "timestamp(body.token) | converts a value that does not have the form for it",
        "status / 0            | computes no valid number",
        "body.big + body.big   | puts together more than 65536 characters",
        "body.list + body.list | uses an operator or a function on a value of a type",
        "body.nothing          | gives null; expected text",
        "body.list             | gives a list; expected text",
        "body                  | gives a map; expected text",
        "[body.big, body.big]  | gives more than may be put out",
        "{1: body.token}       | gives a map whose keys are not all text",
        "bytes(body.token)     | gives something that is neither text",
      })
  void saysWhatCannotBeEvaluatedWithoutTheValue(String source, String message) {
    Expression expression = Expression.compile(source, ANSWER);

    CelProblem problem = catchThrowableOfType(CelProblem.class, () -> expression.text(VALUES));

    assertThat(problem).hasMessageStartingWith("`" + source + "` ").hasMessageContaining(message);
    assertThat(problem.toString()).doesNotContain(SECRET);
    assertThat(problem.getCause()).isNull();
    assertThat(problem.getSuppressed()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"status == 401", "body.id == 41", "true"})
  void conditionsHold(String source) {
    assertThat(Expression.compileCondition(source, ANSWER).test(VALUES)).isTrue();
  }

  @Test
  void conditionsMustGiveTrueOrFalse() {
    assertThatThrownBy(() -> Expression.compileCondition("status", ANSWER))
        .hasMessage("`status` gives int; expected true or false");
    assertThatThrownBy(() -> Expression.compileCondition("body.token", ANSWER).test(VALUES))
        .hasMessage("`body.token` does not give true or false");
  }

  @Test
  void namesWithDotsAreKnownExactly() {
    Scope scope = Scope.ofTexts("key.id", "key.value");

    assertThat(
            Expression.compile("key.id + ':' + key.value", scope)
                .text(Map.of("key.id", "41", "key.value", SECRET)))
        .isEqualTo("41:" + SECRET);
    assertThatThrownBy(() -> Expression.compile("key.vlaue", scope))
        .hasMessage("`key.vlaue` uses the unknown name key; known are key.id, key.value");
  }

  @Test
  void everyNameNeedsAValue() {
    assertThatThrownBy(() -> Expression.compile("status", ANSWER).evaluate(Map.of("status", 200)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no value is given for body");
  }

  private static @Nullable Object evaluate(String source) {
    return Expression.compile(source, ANSWER).evaluate(VALUES);
  }
}
