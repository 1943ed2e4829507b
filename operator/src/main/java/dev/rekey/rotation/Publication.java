package dev.rekey.rotation;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A write of key material to the target Secret: decided in the ledger first, then written.
 *
 * @param number counts up for ever within a lineage, through rollbacks and repairs as well
 * @param keyName the key that it shows
 * @param data the rendered data keys that Rekey owns in the Secret
 * @param dropped data keys that an earlier publication wrote and this one does not: they are
 *     removed, since they would go on showing an older key
 * @param writtenAt when the API server stored it, by its own clock where it says so; absent until
 *     then
 */
public record Publication(
    int number,
    String keyName,
    Map<String, SecretText> data,
    Set<String> dropped,
    Optional<Instant> writtenAt) {

  /** A publication that drops nothing. */
  public Publication(
      int number, String keyName, Map<String, SecretText> data, Optional<Instant> writtenAt) {
    this(number, keyName, data, Set.of(), writtenAt);
  }

  /** The next one: what this one wrote and {@code next} does not is dropped. */
  public Publication followedBy(String nextKey, Map<String, SecretText> next) {
    var gone = new TreeSet<>(dropped);
    gone.addAll(data.keySet());
    gone.removeAll(next.keySet());
    return new Publication(number + 1, nextKey, next, gone, Optional.empty());
  }

  /** The same publication, stored. */
  public Publication written(Instant at) {
    return new Publication(number, keyName, data, dropped, Optional.of(at));
  }
}
