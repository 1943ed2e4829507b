package dev.rekey.simulated;

import dev.rekey.cluster.ClusterException;
import dev.rekey.cluster.Secrets;
import dev.rekey.cluster.Watched;
import dev.rekey.ledger.LedgerReader;
import dev.rekey.ledger.LedgerStore;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Stamp;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * Secrets on an API server: resource versions, conflicts, managed fields, and a watch whose cache a
 * test can stop. What Rekey writes is an effect; what people write is not.
 */
final class SimulatedSecrets implements Secrets {
  static final String OPERATOR = "rekey-system";
  static final String TEAM = "payments";
  static final String TARGET = "messaging-api-key";
  static final String DATA_KEY = "apiKey";

  private static final String LEDGER_NAME = LedgerStore.name(TEAM, TARGET);

  private final InstantSource clock;
  private final Effects effects;
  private final Map<String, Secret> stored = new TreeMap<>();
  private final Map<String, Secret> cached = new TreeMap<>();
  private final List<Shown> shown = new ArrayList<>();
  private final List<Change> changes = new ArrayList<>();
  private final Map<String, Integer> putByPeople = new HashMap<>();
  private static final int READ_AGAIN = 16;

  private final LedgerReader reader = new LedgerReader();
  private int ledgersRead;
  private final Map<String, Rotation> parsed = new HashMap<>();
  private boolean cacheStands;
  private boolean lastByRekey;
  private int ledgerTouched = -1;
  private int reads;
  private long version;

  /** What the target Secret holds from an instant on; empty: it is not there. */
  private record Shown(Instant since, Optional<String> value) {}

  /** One write or delete, as watches tell it. */
  record Change(Instant at, String path, Optional<Secret> secret) {}

  SimulatedSecrets(InstantSource clock, Effects effects) {
    this.clock = clock;
    this.effects = effects;
  }

  // what Rekey does

  @Override
  public Optional<Secret> get(String namespace, String name) {
    reads++;
    return Optional.ofNullable(stored.get(path(namespace, name)));
  }

  @Override
  public List<Secret> list(String namespace, String label) {
    reads++;
    return stored.values().stream()
        .filter(it -> it.getMetadata().getNamespace().equals(namespace))
        .filter(it ->
            Optional.ofNullable(it.getMetadata().getLabels())
                .map(labels -> labels.containsKey(label))
                .orElse(false))
        .toList();
  }

  @Override
  public Secret create(Secret secret) {
    return effects.perform(
        effect(secret),
        new Storing(secret) {
          @Override
          public Secret act() {
            if (stored.containsKey(path(secret))) {
              throw new ClusterException.Conflict("Secret " + path(secret));
            }
            return store(secret, "rekey");
          }
        });
  }

  @Override
  public Secret replace(Secret secret) {
    return effects.perform(effect(secret), new Storing(secret));
  }

  private class Storing implements Effects.Doing<Secret> {
    private final Secret secret;

    private Storing(Secret secret) {
      this.secret = secret;
    }

    @Override
    public Secret act() {
      var found = stored.get(path(secret));
      if (found == null) {
        throw new ClusterException.NotFound("Secret " + path(secret));
      }
      var expected = secret.getMetadata().getResourceVersion();
      if (expected != null && !expected.equals(found.getMetadata().getResourceVersion())) {
        throw new ClusterException.Conflict("Secret " + path(secret));
      }
      return store(secret, "rekey");
    }

    @Override
    public Secret unclear() {
      throw new ClusterException.Unavailable("Secret " + path(secret), 0);
    }

    @Override
    public Secret overtaken() {
      // Whoever came first wrote nothing that matters here, and yet the version has moved on.
      Optional.ofNullable(stored.get(path(secret))).ifPresent(it -> store(it, "somebody"));
      throw new ClusterException.Conflict("Secret " + path(secret));
    }
  }

  private Effect effect(Secret secret) {
    if (OPERATOR.equals(secret.getMetadata().getNamespace())) {
      var before = ledger();
      var after = read(secret);
      return new Effect(
          Effect.Kind.LEDGER,
          after.binding().secret(),
          () -> "ledger: " + LedgerTale.of(before, after));
    }
    var annotations = secret.getMetadata().getAnnotations();
    var stamp = annotations.getOrDefault(Names.PUBLICATION, "");
    return new Effect(
        Effect.Kind.SECRET,
        secret.getMetadata().getName(),
        "Secret: shows publication "
            + stamp.substring(stamp.lastIndexOf('.') + 1)
            + ", key "
            + annotations.getOrDefault(Names.KEY_ID, "without id"));
  }

  private Secret store(Secret secret, String manager) {
    var before = Optional.ofNullable(stored.get(path(secret)));
    var now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    var after =
        new SecretBuilder(secret)
            .editMetadata()
            .withUid(before.map(it -> it.getMetadata().getUid()).orElse("uid-" + (version + 1)))
            .withResourceVersion(Long.toString(++version))
            .withCreationTimestamp(
                before.map(it -> it.getMetadata().getCreationTimestamp()).orElse(now))
            .withManagedFields(ManagedData.after(before, secret, manager, now))
            .endMetadata()
            .build();
    stored.put(path(secret), after);
    boolean byRekey = manager.equals("rekey");
    if (path(secret).equals(path(TEAM, TARGET))) {
      lastByRekey = byRekey;
    } else if (!byRekey && path(secret).equals(path(OPERATOR, LEDGER_NAME))) {
      ledgerTouched = changes.size();
    }
    if (!byRekey && path(secret).equals(path(TEAM, TARGET))) {
      data(after).values().forEach(it -> putByPeople.put(decode(it), changes.size()));
    }
    changed(path(secret));
    return after;
  }

  private void changed(String path) {
    if (!cacheStands) {
      catchUp();
    }
    changes.add(new Change(clock.instant(), path, Optional.ofNullable(stored.get(path))));
    if (path.equals(path(TEAM, TARGET))) {
      var value = valueNow();
      if (shown.isEmpty() || !shown.getLast().value().equals(value)) {
        shown.add(new Shown(clock.instant(), value));
      }
    }
  }

  /** What everybody in this world has read of ledgers. */
  LedgerReader reader() {
    return reader;
  }

  // the watch

  /** The cache shows nothing new from now on. */
  void stopCache() {
    cacheStands = true;
  }

  /** What the cache shows now. */
  Map<String, Secret> cache() {
    return Map.copyOf(cached);
  }

  /** The cache shows this and nothing new from now on. */
  void stopCacheAt(Map<String, Secret> earlier) {
    cacheStands = true;
    cached.clear();
    cached.putAll(earlier);
  }

  /** The cache shows everything again. */
  void resumeCache() {
    cacheStands = false;
    catchUp();
  }

  private void catchUp() {
    cached.clear();
    cached.putAll(stored);
  }

  /** Everything that watches could have told so far, oldest first. */
  List<Change> changes() {
    return Collections.unmodifiableList(changes);
  }

  Watched<Secret> watchedBy(String label) {
    return new Watched<>() {
      @Override
      public Optional<Secret> get(String namespace, String name) {
        return Optional.ofNullable(cached.get(path(namespace, name))).filter(this::isLabelled);
      }

      @Override
      public List<Secret> all() {
        return cached.values().stream().filter(this::isLabelled).toList();
      }

      private boolean isLabelled(Secret secret) {
        var labels = secret.getMetadata().getLabels();
        return labels != null && labels.containsKey(label);
      }
    };
  }

  // what people do

  /** Somebody puts this Secret there, or another in its place. */
  void put(Secret secret) {
    store(secret, "kubectl");
  }

  /** Somebody edits the Secret. */
  void edit(String namespace, String name, UnaryOperator<SecretBuilder> change) {
    put(change.apply(new SecretBuilder(get(namespace, name).orElseThrow())).build());
  }

  /** Somebody writes this value into the target Secret and leaves everything else as it is. */
  void editValue(String value) {
    edit(TEAM, TARGET, it -> it.addToData(DATA_KEY, encode(value)));
  }

  /** Somebody makes the target Secret by hand, with this value. */
  void putByHand(String value) {
    put(
        new SecretBuilder()
            .withNewMetadata()
            .withNamespace(TEAM)
            .withName(TARGET)
            .endMetadata()
            .withType("Opaque")
            .addToData(DATA_KEY, encode(value))
            .build());
  }

  /** Somebody deletes the Secret. */
  void delete(String namespace, String name) {
    version++;
    if (namespace.equals(OPERATOR)) {
      ledgerTouched = changes.size();
    } else {
      lastByRekey = false;
    }
    stored.remove(path(namespace, name));
    changed(path(namespace, name));
  }

  // what a test looks at

  /** How many Secrets were read so far, by Rekey or by a check. */
  int reads() {
    return reads;
  }

  /** The Secret as it is stored. */
  Secret target() {
    return get(TEAM, TARGET).orElseThrow();
  }

  /** What the target Secret holds now. */
  Optional<String> value() {
    return shown.isEmpty() ? Optional.empty() : shown.getLast().value();
  }

  private Optional<String> valueNow() {
    return Optional.ofNullable(stored.get(path(TEAM, TARGET)))
        .flatMap(it -> Optional.ofNullable(data(it).get(DATA_KEY)))
        .map(SimulatedSecrets::decode);
  }

  /** Whether the target Secret holds {@code value} under any data key. */
  boolean holdsAnywhere(String value) {
    return Optional.ofNullable(stored.get(path(TEAM, TARGET))).stream()
        .flatMap(it -> data(it).values().stream())
        .anyMatch(it -> decode(it).contains(value));
  }

  /**
   * Whether somebody other than Rekey has put {@code value} into the target Secret since there were
   * so many changes.
   */
  boolean putByPeopleSince(String value, int changesBefore) {
    return putByPeople.getOrDefault(value, -1) >= changesBefore;
  }

  /** Whether people have ever put this value into the Secret. */
  boolean wasPutByPeople(String value) {
    return putByPeople.containsKey(value);
  }

  /** The publication that the target Secret says of itself. */
  Optional<Stamp> shownStamp() {
    return Optional.ofNullable(stored.get(path(TEAM, TARGET)))
        .flatMap(it -> Optional.ofNullable(it.getMetadata().getAnnotations()))
        .flatMap(it -> Optional.ofNullable(it.get(Names.PUBLICATION)))
        .flatMap(Stamp::parse);
  }

  /** The key before the one that it shows, as the target Secret says of itself. */
  Optional<String> shownPreviousKey() {
    return Optional.ofNullable(stored.get(path(TEAM, TARGET)))
        .flatMap(it -> Optional.ofNullable(it.getMetadata().getAnnotations()))
        .flatMap(it -> Optional.ofNullable(it.get(Names.PREVIOUS_KEY_ID)));
  }

  /** How long the text of the ledger is. */
  int storedLedgerSize() {
    return storedLedger().map(it -> String.valueOf(data(it).get("ledger.json")).length()).orElse(0);
  }

  /** Whether whoever wrote the target Secret last was Rekey. */
  boolean lastWrittenByRekey() {
    return lastByRekey;
  }

  /** Whether somebody other than Rekey has touched the ledger since there were so many changes. */
  boolean ledgerTouchedSince(int changesBefore) {
    return ledgerTouched >= changesBefore;
  }

  private static Map<String, String> data(Secret secret) {
    return Optional.ofNullable(secret.getData()).orElseGet(Map::of);
  }

  private static String decode(String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
  }

  /** Every value that the target Secret has shown so far. */
  List<String> valuesShown() {
    return shown.stream().flatMap(it -> it.value().stream()).distinct().toList();
  }

  /** What the target Secret held at {@code instant}. */
  Optional<String> valueAt(Instant instant) {
    return shown.reversed().stream()
        .filter(it -> !it.since().isAfter(instant))
        .findFirst()
        .flatMap(Shown::value);
  }

  /** How long ago the target Secret got the value that it holds. */
  Duration standsFor() {
    return shown.isEmpty()
        ? Duration.ZERO
        : Duration.between(shown.getLast().since(), clock.instant());
  }

  /** The ledger of the target Secret as it is stored. */
  Optional<Rotation> ledger() {
    return Optional.ofNullable(stored.get(path(OPERATOR, ledgerName()))).flatMap(this::readable);
  }

  /** The lineage of this ledger. */
  Optional<String> lineageOf(Secret ledger) {
    return readable(ledger).map(Rotation::lineage);
  }

  /** The ledger Secret itself. */
  Optional<Secret> storedLedger() {
    return Optional.ofNullable(stored.get(path(OPERATOR, ledgerName())));
  }

  /** The name of the ledger of the target Secret. */
  static String ledgerName() {
    return LEDGER_NAME;
  }

  /** Puts a ledger there, as a restore from a backup does. */
  void putLedger(Secret ledger) {
    put(ledger);
  }

  private Rotation read(Secret ledger) {
    var known =
        readable(ledger)
            .orElseThrow(() -> new AssertionError("Rekey writes a ledger that it cannot read"));
    // who wrote it knows what it says without reading it; who comes next does not
    if (++ledgersRead % READ_AGAIN == 0
        && !read(ledger, new LedgerReader()).equals(Optional.of(known))) {
      throw new AssertionError("a ledger says something else than what was written");
    }
    return known;
  }

  /** Each text is read once: a check after every effect would read the same one many times. */
  private Optional<Rotation> readable(Secret ledger) {
    var text = String.valueOf(data(ledger).get("ledger.json"));
    return Optional.ofNullable(
        parsed.computeIfAbsent(text, any -> read(ledger, reader).orElse(null)));
  }

  private Optional<Rotation> read(Secret ledger, LedgerReader with) {
    var store = new LedgerStore(only(ledger), watchedBy(Names.LEDGER_LABEL), OPERATOR, with);
    return store.live(TEAM, TARGET) instanceof LedgerStore.Found.Ledger(var it)
        ? Optional.of(it.rotation())
        : Optional.empty();
  }

  private static Secrets only(Secret one) {
    return new Secrets() {
      @Override
      public Optional<Secret> get(String namespace, String name) {
        return Optional.of(one);
      }

      @Override
      public List<Secret> list(String namespace, String label) {
        return List.of(one);
      }

      @Override
      public Secret create(Secret secret) {
        throw new UnsupportedOperationException();
      }

      @Override
      public Secret replace(Secret secret) {
        throw new UnsupportedOperationException();
      }
    };
  }

  static String encode(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String path(Secret secret) {
    return path(secret.getMetadata().getNamespace(), secret.getMetadata().getName());
  }

  static String path(String namespace, String name) {
    return namespace + "/" + name;
  }
}
