package dev.rekey.rotation;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A write of key material to the target Secret: decided in the ledger first, then written.
 *
 * @param number counts up for ever within a lineage, through rollbacks and repairs as well
 * @param keyName the key that it shows
 * @param data the rendered data keys that Rekey owns in the Secret
 * @param dropped data keys that an earlier publication wrote and this one does not: they are
 *     removed, since they would go on showing an older key
 * @param owners who has written each of these data keys last and when, by the API server's word at
 *     the time of our write; empty where it does not tell. Until this one is written they are those
 *     of the publication before, which show whether anybody was at the Secret meanwhile
 * @param writtenAt when the API server stored it, by its own clock where it says so; absent until
 *     then
 * @param templates what {@code data} was rendered from; empty in a ledger of before these were kept
 */
public record Publication(
    int number,
    String keyName,
    Map<String, SecretText> data,
    Set<String> dropped,
    Map<String, String> owners,
    Optional<Instant> writtenAt,
    Map<String, String> templates) {

  public Publication {
    templates = Map.copyOf(Objects.requireNonNullElse(templates, Map.of()));
    // a ledger that was written before these were kept
    dropped = Objects.requireNonNullElse(dropped, Set.of());
    owners = Objects.requireNonNullElse(owners, Map.of());
  }

  /** A publication that drops nothing. */
  public Publication(
      int number, String keyName, Map<String, SecretText> data, Optional<Instant> writtenAt) {
    this(number, keyName, data, Set.of(), Map.of(), writtenAt, Map.of());
  }

  /** The next one, of the same templates. */
  public Publication followedBy(String nextKey, Map<String, SecretText> next) {
    return followedBy(nextKey, next, templates);
  }

  /** The next one: what this one wrote and {@code next} does not is dropped. */
  public Publication followedBy(
      String nextKey, Map<String, SecretText> next, Map<String, String> nextTemplates) {
    var gone = new TreeSet<>(dropped);
    gone.addAll(data.keySet());
    gone.removeAll(next.keySet());
    return new Publication(
        number + 1, nextKey, next, gone, owners, Optional.empty(), nextTemplates);
  }

  /** The same publication, stored. */
  public Publication written(Instant at) {
    return written(at, Map.of());
  }

  /** The same publication, stored, with those who own its data keys now. */
  public Publication written(Instant at, Map<String, String> ownedBy) {
    var ours = new TreeMap<>(ownedBy);
    ours.keySet().retainAll(data.keySet());
    return new Publication(number, keyName, data, dropped, ours, Optional.of(at), templates);
  }
}
