package dev.rekey.issuer.http;

import dev.rekey.cel.CelProblem;
import dev.rekey.cel.Scope;
import dev.rekey.cel.Template;
import java.util.LinkedHashMap;
import java.util.Map;

/** Headers whose values are templates. */
final class HeaderTemplates {
  private final Map<String, Template> headers;

  private HeaderTemplates(Map<String, Template> headers) {
    this.headers = headers;
  }

  /** Compiles headers; each that is wrong becomes a finding with its own path. */
  static HeaderTemplates compile(
      String path, Map<String, String> headers, Scope scope, Findings findings) {
    Map<String, Template> compiled = new LinkedHashMap<>();
    headers.forEach((name, text) -> {
      HeaderNames.judge(path + "." + name, name, findings);
      findings
          .take(path + "." + name, () -> Template.compile(text, scope))
          .ifPresent(it -> compiled.put(name, it));
    });
    return new HeaderTemplates(compiled);
  }

  /** The headers as they are sent. A value with a line break could begin another header. */
  Map<String, String> render(Map<String, ?> values) {
    Map<String, String> rendered = new LinkedHashMap<>();
    headers.forEach((name, template) -> {
      String value = template.renderText(values).strip();
      if (value.isEmpty() || !value.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
        throw CelProblem.of("header " + name + " is empty or holds what no header can carry");
      }
      rendered.put(name, value);
    });
    return rendered;
  }
}
