package dev.rekey.issuer.http;

import dev.rekey.cel.CelProblem;
import dev.rekey.cel.Scope;
import dev.rekey.cel.Template;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** A body as forms are sent, whose texts are templates. */
final class FormTemplate {
  private static final int LARGEST = 64 * 1024;

  private final Map<String, Template> fields;

  private FormTemplate(Map<String, Template> fields) {
    this.fields = fields;
  }

  /** Compiles a form; each text that is wrong becomes a finding with its own path. */
  static FormTemplate compile(
      String path, Map<String, String> form, Scope scope, Findings findings) {
    Map<String, Template> fields = new LinkedHashMap<>();
    form.forEach((name, text) ->
        findings
            .take(path + "." + name, () -> Template.compile(text, scope))
            .ifPresent(it -> fields.put(name, it)));
    return new FormTemplate(fields);
  }

  /** The body as it is sent. */
  byte[] render(Map<String, ?> values) {
    byte[] form =
        fields.entrySet().stream()
            .map(it ->
                Address.encode(it.getKey())
                    + "="
                    + Address.encode(it.getValue().renderText(values)))
            .collect(Collectors.joining("&"))
            .getBytes(StandardCharsets.US_ASCII);
    if (form.length > LARGEST) {
      throw CelProblem.of("becomes larger than " + LARGEST + " bytes");
    }
    return form;
  }
}
