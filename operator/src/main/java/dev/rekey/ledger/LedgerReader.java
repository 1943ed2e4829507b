package dev.rekey.ledger;

import dev.rekey.ledger.LedgerFormat.Parsed;
import dev.rekey.rotation.Rotation;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads the text of ledgers, each once: a pass looks at the same ledger many times, from the cache
 * and live. Only the last few are kept.
 */
public final class LedgerReader {
  private static final int KEPT = 16;

  private final Map<String, Parsed> last =
      new LinkedHashMap<>(KEPT, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Parsed> eldest) {
          return size() > KEPT;
        }
      };

  /** This text, in base64, was made of this: it need not be read when it comes back. */
  synchronized void written(String base64, Rotation rotation) {
    last.put(base64, new Parsed.Understood(rotation));
  }

  /** What this text, in base64, says. */
  synchronized Parsed read(String base64) {
    var known = last.get(base64);
    if (known != null) {
      return known;
    }
    var parsed =
        LedgerFormat.read(new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8));
    last.put(base64, parsed);
    return parsed;
  }
}
