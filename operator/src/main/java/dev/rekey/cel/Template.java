package dev.rekey.cel;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Text with <code>${CEL}</code> in it. <code>$${</code> stands for a literal <code>${</code>. A
 * text that is one whole <code>${}</code> keeps the type of what the expression gives.
 */
public final class Template {
  private final List<Part> parts;

  private Template(List<Part> parts) {
    this.parts = parts;
  }

  /** A piece of a template. */
  sealed interface Part {
    /** Text as it is. */
    record Literal(String text) implements Part {}

    /** An expression whose value takes its place. */
    record Hole(Expression expression) implements Part {}
  }

  /** What is done to each value before it is put into the text. */
  @FunctionalInterface
  public interface Insertion {
    /**
     * What is put in.
     *
     * @param expression the expression that gave the value, for messages
     * @param value a text that may be secret
     */
    String insert(String expression, String value);
  }

  /**
   * Compiles a text.
   *
   * @throws CelProblem where an expression in it does not compile
   */
  public static Template compile(String text, Scope scope) {
    return scope.template(text);
  }

  static Template read(String text, Scope scope) {
    return new Template(TemplateReader.read(text, scope));
  }

  /** Whether there is no expression in it. */
  public boolean constant() {
    return parts.stream().allMatch(Part.Literal.class::isInstance);
  }

  /** The text with {@code standIn} in the place of each value, to judge its form beforehand. */
  public String outline(String standIn) {
    StringBuilder text = new StringBuilder();
    for (Part part : parts) {
      text.append(part instanceof Part.Literal(String literal) ? literal : standIn);
    }
    return text.toString();
  }

  /** What the text gives: text, or the value itself where it is one whole <code>${}</code>. */
  public @Nullable Object render(Map<String, ?> values) {
    if (parts.size() == 1 && parts.getFirst() instanceof Part.Hole(Expression expression)) {
      return expression.evaluate(values, new Values.Room(Engine.LONGEST_TEXT));
    }
    return renderText(values);
  }

  /** What the text gives, as text. */
  public String renderText(Map<String, ?> values) {
    return renderText(values, (expression, value) -> value);
  }

  /** What the text gives, as text, with something done to each value. */
  public String renderText(Map<String, ?> values, Insertion insertion) {
    StringBuilder text = new StringBuilder();
    for (Part part : parts) {
      switch (part) {
        case Part.Literal(String literal) -> text.append(literal);
        case Part.Hole(Expression expression) ->
            text.append(insertion.insert(expression.source(), expression.text(values)));
      }
      if (text.length() > Engine.LONGEST_TEXT) {
        throw CelProblem.of("a text becomes longer than " + Engine.LONGEST_TEXT + " characters");
      }
    }
    return text.toString();
  }
}
