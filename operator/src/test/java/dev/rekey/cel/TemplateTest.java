package dev.rekey.cel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateTest {
  private static final Scope SCOPE = Scope.ofAnything("key", "list");

  private static final Map<String, ?> VALUES =
      Map.of(
          "key", Map.of("id", 41, "value", "s3cret", "brace", "}"), "list", List.of("a", "b", 3));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "plain                          | plain",
        "/keys/${key.id}                | /keys/41",
        "${key.id}-${key.value}         | 41-s3cret",
        "a$${b}                         | a${b}",
        "$${${key.id}}                  | ${41}",
        "$ $5 {x} }                     | $ $5 {x} }",
        "x${ key.id }                   | x41",
        "x${{'a': '}'}.a}y              | x}y",
        "x${{'a': {'b': key.id}}.a.b}y  | x41y",
        "x${'${'}y                      | x${y",
        "x${\"}\"}y                     | x}y",
        "x${'\\'}'}y                    | x'}y",
        "x${r'\\d}'}y                   | x\\d}y",
        "x${\"\"\"a\"}b\"\"\"}y          | xa\"}by",
        "x${'''a'}b'''}y                | xa'}by",
        "x${key.brace + '}'}y           | x}}y",
        "x${'http://a'}y                | xhttp://ay",
      })
  void rendersText(String text, String expected) {
    assertThat(Template.compile(text, SCOPE).renderText(VALUES)).isEqualTo(expected);
  }

  @Test
  void emptyTextStaysEmpty() {
    assertThat(Template.compile("", SCOPE).renderText(VALUES)).isEmpty();
    assertThat(Template.compile("", SCOPE).constant()).isTrue();
  }

  @Test
  void oneWholeExpressionKeepsItsType() {
    assertThat(Template.compile("${list}", SCOPE).render(VALUES)).isEqualTo(List.of("a", "b", 3L));
    assertThat(Template.compile("${key.id}", SCOPE).render(VALUES)).isEqualTo(41L);
    assertThat(Template.compile("${key.id == 41}", SCOPE).render(VALUES)).isEqualTo(true);
    assertThat(Template.compile("${null}", SCOPE).render(VALUES)).isNull();
    assertThat(Template.compile("${key.id}!", SCOPE).render(VALUES)).isEqualTo("41!");
    assertThat(Template.compile("${key.id}", SCOPE).renderText(VALUES)).isEqualTo("41");
  }

  @Test
  void commentsEndWithTheirLine() {
    assertThat(Template.compile("x${key.id // not } here\n}y", SCOPE).renderText(VALUES))
        .isEqualTo("x41y");
    assertThatThrownBy(() -> Template.compile("x${key.id // never ends}", SCOPE))
        .hasMessageContaining("has no } that ends it");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "a ${key.id         | ${ at character 3 has no } that ends it; close it, or write $${",
        "a ${{'b': 1}       | ${ at character 3 has no } that ends it",
        "a ${'b}            | ${ at character 3 has no } that ends it",
        "a ${'b\\'}         | ${ at character 3 has no } that ends it",
        "${}                | ${} at character 1 is empty; write an expression into it",
        "ab${  }            | ${} at character 3 is empty",
        "${kye.id}          | `kye.id` uses the unknown name kye; known are key, list",
        "ok ${key.id} ${1 +} | `1 +` does not compile at character 4",
      })
  void saysWhatIsWrong(String text, String message) {
    assertThatThrownBy(() -> Template.compile(text, SCOPE))
        .isInstanceOf(CelProblem.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void textsAreBounded() {
    String big = "x".repeat(40_000);
    Template twice = Template.compile("${key} ${key}", Scope.ofAnything("key"));

    assertThat(twice.renderText(Map.of("key", "a"))).isEqualTo("a a");
    assertThatThrownBy(() -> twice.renderText(Map.of("key", big)))
        .hasMessage("a text becomes longer than 65536 characters");
    assertThatThrownBy(() ->
            Template.compile("${[key, key]}", Scope.ofAnything("key")).render(Map.of("key", big)))
        .hasMessage("`[key, key]` gives more than may be put out");
  }

  @Test
  void everyValueCanBeChangedOnItsWayIn() {
    Template template = Template.compile("a/${key.value}/b", SCOPE);

    assertThat(template.renderText(VALUES, (expression, value) -> expression + "=" + value))
        .isEqualTo("a/key.value=s3cret/b");
    assertThat(template.outline("x")).isEqualTo("a/x/b");
    assertThat(template.constant()).isFalse();
  }
}
