package dev.rekey.rotation;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A write of key material to the target Secret: decided in the ledger first, then written.
 *
 * @param number counts up for ever within a lineage, through rollbacks and repairs as well
 * @param keyName the key that it shows
 * @param data the rendered data keys that Rekey owns in the Secret
 * @param writtenAt when the API server stored it, by its own clock where it says so; absent until
 *     then
 */
public record Publication(
    int number, String keyName, Map<String, SecretText> data, Optional<Instant> writtenAt) {

  /** The same publication, stored. */
  public Publication written(Instant at) {
    return new Publication(number, keyName, data, Optional.of(at));
  }
}
