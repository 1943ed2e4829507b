package dev.rekey.issuer.http;

import dev.rekey.rotation.SecretText;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The account's credential as bodies may hold it, for a service that wants it there as well. Paths,
 * queries and headers may not: they stand in the logs of servers on the way. A request that shows a
 * key has none.
 *
 * @param text the credential; absent in a request that shows a key
 */
record AccountCredential(Optional<SecretText> text) {
  /** Its name in templates. */
  static final String NAME = "credential.value";

  /** These values and the credential. White space around it is left out, as in a header. */
  Map<String, @Nullable Object> beside(Map<String, ?> values) {
    Map<String, @Nullable Object> all = new HashMap<>(values);
    text.ifPresent(it -> all.put(NAME, it.reveal().strip()));
    return all;
  }
}
