package dev.rekey.issuer.http;

import dev.rekey.rotation.Key;
import dev.rekey.rotation.SecretText;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What expressions know of a key. */
final class Described {
  private Described() {}

  /** Its id and label. */
  static Map<String, @Nullable Object> shown(Key key) {
    Map<String, @Nullable Object> values = new HashMap<>();
    values.put("key.id", key.id().orElse(null));
    values.put("key.label", key.label().orElse(null));
    return values;
  }

  /** Its value as well, for what carries the key to its service. */
  static Map<String, @Nullable Object> whole(Key key) {
    Map<String, @Nullable Object> values = shown(key);
    SecretText value = key.fields().get("value");
    values.put("key.value", value == null ? null : value.reveal());
    return values;
  }
}
