package dev.rekey.keyservice;

import dev.rekey.keyservice.LogEntry.What;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The keys of the account and the log. One lock holds them together, so that the order of the log
 * is the truth about what was accepted before and after a deletion.
 */
final class Keyring {

  /** As long as postman.gov.sg lets a key live. */
  static final Duration LIFE = Duration.ofDays(180);

  private static final String ALPHABET =
      "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
  private static final int VALUE_LENGTH = 43;

  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Entry> byId = new LinkedHashMap<>();
  private final Map<String, Entry> byValue = new HashMap<>();
  private final List<LogEntry> log = new ArrayList<>();
  private long lastId = 40;

  Keyring(InstantSource clock) {
    this.clock = clock;
  }

  /** How a deletion goes. */
  enum Deletion {
    DONE,
    IGNORED,
    IGNORED_AND_HIDDEN
  }

  synchronized NewKey add(
      What what, String team, String label, List<String> contacts, Instant issued, Duration works) {
    String id = Long.toString(++lastId);
    String value = newValue();
    ServiceKey key =
        new ServiceKey(
            id,
            team,
            label,
            List.copyOf(contacts),
            value.substring(value.length() - 5),
            issued,
            issued.plus(LIFE));
    Entry entry = new Entry(key, issued.plus(works));
    byId.put(id, entry);
    byValue.put(value, entry);
    write(what, id, team);
    return new NewKey(key, value);
  }

  /** Deletes the key; it works on for {@code bites}. False where there is no such key. */
  synchronized boolean delete(String id, Deletion deletion, Duration bites, String by) {
    Entry entry = byId.get(id);
    if (entry == null || entry.unlistedSince != null) {
      write(What.DELETE_NOT_FOUND, entry == null ? "-" : id, by);
      return false;
    }
    Instant now = clock.instant();
    if (deletion != Deletion.IGNORED) {
      entry.unlistedSince = now;
    }
    if (deletion == Deletion.DONE) {
      entry.refusedSince = now.plus(bites);
    }
    write(deletion == Deletion.DONE ? What.DELETED : What.DELETE_IGNORED, id, by);
    return true;
  }

  /** The list as it was that long ago. */
  synchronized List<ServiceKey> list(Duration lag, String by) {
    Instant asOf = clock.instant().minus(lag);
    write(What.LISTED, "-", by);
    return keys(entry -> entry.listed(asOf));
  }

  /** The key of this value if it works now; either way it is logged. */
  synchronized Optional<ServiceKey> use(
      @Nullable String value, What accepted, What rejected, String by) {
    Entry entry = value == null ? null : byValue.get(value);
    if (entry != null && entry.works(clock.instant())) {
      write(accepted, entry.key.id(), by);
      return Optional.of(entry.key);
    }
    write(rejected, entry == null ? "-" : entry.key.id(), by);
    return Optional.empty();
  }

  /** The key of this value if it works now. */
  synchronized Optional<ServiceKey> holder(@Nullable String value) {
    return Optional.ofNullable(value == null ? null : byValue.get(value))
        .filter(it -> it.works(clock.instant()))
        .map(it -> it.key);
  }

  synchronized void write(What what, String keyId, String by) {
    log.add(new LogEntry(clock.instant(), what, keyId, by));
  }

  synchronized List<LogEntry> log() {
    return List.copyOf(log);
  }

  synchronized List<ServiceKey> live() {
    Instant now = clock.instant();
    return keys(entry -> entry.works(now));
  }

  synchronized List<ServiceKey> all() {
    return keys(entry -> true);
  }

  private List<ServiceKey> keys(Predicate<Entry> which) {
    return byId.values().stream().filter(which).map(entry -> entry.key).toList();
  }

  private String newValue() {
    StringBuilder value = new StringBuilder("key_");
    for (int i = 0; i < VALUE_LENGTH; i++) {
      value.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return value.toString();
  }

  private static final class Entry {
    final ServiceKey key;
    final Instant worksSince;
    @Nullable Instant unlistedSince;
    @Nullable Instant refusedSince;

    Entry(ServiceKey key, Instant worksSince) {
      this.key = key;
      this.worksSince = worksSince;
    }

    boolean works(Instant now) {
      return !now.isBefore(worksSince)
          && now.isBefore(key.validUntil())
          && (refusedSince == null || now.isBefore(refusedSince));
    }

    boolean listed(Instant asOf) {
      return !asOf.isBefore(key.issuedAt())
          && (unlistedSince == null || asOf.isBefore(unlistedSince));
    }
  }
}
