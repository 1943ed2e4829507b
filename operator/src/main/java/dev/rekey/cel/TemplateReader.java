package dev.rekey.cel;

import dev.rekey.cel.Template.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Takes a template apart. */
final class TemplateReader {
  private static final String OPEN = "${";
  private static final String LITERAL_OPEN = "$${";

  private final String text;
  private final Scope scope;
  private final List<Part> parts = new ArrayList<>();
  private final StringBuilder literal = new StringBuilder();
  private int at;

  private TemplateReader(String text, Scope scope) {
    this.text = text;
    this.scope = scope;
  }

  static List<Part> read(String text, Scope scope) {
    return new TemplateReader(text, scope).read();
  }

  private List<Part> read() {
    while (at < text.length()) {
      if (text.startsWith(LITERAL_OPEN, at)) {
        literal.append(OPEN);
        at += LITERAL_OPEN.length();
      } else if (text.startsWith(OPEN, at)) {
        endLiteral();
        parts.add(hole());
      } else {
        literal.append(text.charAt(at++));
      }
    }
    endLiteral();
    return List.copyOf(parts);
  }

  private void endLiteral() {
    if (!literal.isEmpty()) {
      parts.add(new Part.Literal(literal.toString()));
      literal.setLength(0);
    }
  }

  private Part hole() {
    int begin = at + OPEN.length();
    int end = end(begin);
    String source = text.substring(begin, end);
    if (source.isBlank()) {
      throw CelProblem.of(
          "${} at character "
              + (at + 1)
              + " is empty; write an expression into it, or $${ for text");
    }
    at = end + 1;
    return new Part.Hole(Expression.compile(source.strip(), scope));
  }

  /** Where the brace is that ends the expression: not one of a map or within a literal. */
  private int end(int begin) {
    int depth = 0;
    int i = begin;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c == '"' || c == '\'') {
        i = afterLiteral(begin, i);
        continue;
      }
      if (text.startsWith("//", i)) {
        i = afterComment(i);
        continue;
      }
      if (c == '}' && depth == 0) {
        return i;
      }
      if (c == '{') {
        depth++;
      } else if (c == '}') {
        depth--;
      }
      i++;
    }
    throw unclosed();
  }

  private int afterComment(int slashesAt) {
    int newline = text.indexOf('\n', slashesAt);
    return newline < 0 ? text.length() : newline + 1;
  }

  private int afterLiteral(int begin, int quoteAt) {
    String quote = text.substring(quoteAt, quoteAt + 1);
    String delimiter = text.startsWith(quote.repeat(3), quoteAt) ? quote.repeat(3) : quote;
    boolean raw = raw(begin, quoteAt);
    int i = quoteAt + delimiter.length();
    while (i < text.length()) {
      if (text.startsWith(delimiter, i)) {
        return i + delimiter.length();
      }
      i += !raw && text.charAt(i) == '\\' ? 2 : 1;
    }
    throw unclosed();
  }

  /** Whether the literal has an {@code r} before it (also {@code br}): a backslash is one then. */
  private boolean raw(int begin, int quoteAt) {
    int i = quoteAt;
    while (i > begin && "rRbB".indexOf(text.charAt(i - 1)) >= 0) {
      i--;
    }
    boolean word = i > begin && Character.isJavaIdentifierPart(text.charAt(i - 1));
    return !word && text.substring(i, quoteAt).toLowerCase(Locale.ROOT).contains("r");
  }

  private CelProblem unclosed() {
    return CelProblem.of(
        "${ at character " + (at + 1) + " has no } that ends it; close it, or write $${ for text");
  }
}
