package dev.rekey.act;

import dev.rekey.cel.CelProblem;
import dev.rekey.cel.Template;
import dev.rekey.observe.TermsReader;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.SecretText;
import java.util.HashMap;
import java.util.Map;

/** What a Secret's data keys hold for a key. */
final class Rendering {
  private Rendering() {}

  /**
   * The data keys that {@code templates} describe, with {@code key} in them.
   *
   * @throws CelProblem when a template cannot be evaluated; it says which part of it
   */
  static Map<String, SecretText> of(Map<String, String> templates, Key key) throws CelProblem {
    var values =
        Map.of(
            "key.id",
            key.id().orElse(""),
            "key.value",
            key.fields().getOrDefault("value", SecretText.of("")).reveal());
    var rendered = new HashMap<String, SecretText>();
    for (var it : templates.entrySet()) {
      var template = Template.compile(it.getValue(), TermsReader.SCOPE);
      rendered.put(it.getKey(), SecretText.of(template.renderText(values)));
    }
    return rendered;
  }
}
