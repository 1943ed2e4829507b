package dev.rekey.ledger;

import dev.rekey.cluster.ClusterException;
import dev.rekey.cluster.Secrets;
import dev.rekey.cluster.Watched;
import dev.rekey.rotation.Binding;
import dev.rekey.rotation.Fingerprint;
import dev.rekey.rotation.IssuerBinding;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Rotation;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The ledgers of a cluster: one Secret in the operator's namespace for each target Secret. Every
 * write is a compare-and-set on the resourceVersion that was read.
 */
public final class LedgerStore {
  private static final String DATA_KEY = "ledger.json";
  private static final int READABLE = 40;

  /** How often a cache may be found behind before the API server is asked instead. */
  private static final int PATIENCE = 20;

  private final Secrets secrets;
  private final Watched<Secret> cache;
  private final String namespace;
  private final LedgerReader reader;
  private final Map<String, String> newestWritten = new ConcurrentHashMap<>();
  private final Map<String, Integer> behind = new ConcurrentHashMap<>();

  /**
   * Ledgers in {@code namespace}.
   *
   * @param cache the Secrets of that namespace that carry the ledger's label
   */
  public LedgerStore(Secrets secrets, Watched<Secret> cache, String namespace) {
    this(secrets, cache, namespace, new LedgerReader());
  }

  /** The same, which shares what it has read with others. */
  public LedgerStore(
      Secrets secrets, Watched<Secret> cache, String namespace, LedgerReader reader) {
    this.reader = reader;
    this.secrets = secrets;
    this.cache = cache;
    this.namespace = namespace;
  }

  /** What looking for a ledger gives. */
  public sealed interface Found {
    /** There is none. */
    record Nothing() implements Found {}

    /** It is there. */
    record Ledger(Stored stored) implements Found {}

    /** It is there and cannot be read. */
    record Unreadable(Reason reason, String message) implements Found {}

    /** The cache has not seen the newest write of this process yet. */
    record Stale() implements Found {}
  }

  /** A ledger as it was read or written, with what a compare-and-set compares. */
  public record Stored(Rotation rotation, String version) {}

  /**
   * The ledgers of several Secrets, mostly of all others than one.
   *
   * @param rotations those that can be read
   * @param all whether every one can be read
   */
  public record Others(List<Rotation> rotations, boolean all) {

    /** Whether one of them answers for this key of the account. */
    public boolean hold(IssuerBinding issuer, String keyId) {
      return rotations.stream()
          .flatMap(it -> it.keys().stream())
          .anyMatch(
              it -> it.issuer().isSameAccountAs(issuer) && it.id().equals(Optional.of(keyId)));
    }

    /** Whether one of them may be about to get a key of the account, or to have lost one. */
    public boolean mayMintAt(IssuerBinding issuer) {
      return !all
          || rotations.stream()
              .flatMap(it -> it.attempts().stream())
              .anyMatch(it -> it.issuer().isSameAccountAs(issuer));
    }

    /** Until when a delete that one of them has sent to the account may still be on its way. */
    public Optional<Instant> deletingUntil(IssuerBinding issuer) {
      return rotations.stream()
          .flatMap(it -> it.keys().stream())
          .filter(it -> it.issuer().isSameAccountAs(issuer))
          .flatMap(it -> it.checks().deleteNotAfter().stream())
          .max(Comparator.naturalOrder());
    }
  }

  /** The ledger of a target Secret, as the cache has it. */
  public Found cached(String targetNamespace, String target) {
    String name = name(targetNamespace, target);
    var found = cache.get(namespace, name);
    var written = newestWritten.get(name);
    if (written == null) {
      return found.map(this::read).orElse(new Found.Nothing());
    }
    if (found.isEmpty()) {
      // Not seen yet, or deleted by somebody: the cache cannot tell.
      return live(targetNamespace, target);
    }
    if (!isOlder(found.get().getMetadata().getResourceVersion(), written)) {
      behind.remove(name);
      return read(found.get());
    }
    // A cache catches up in a moment. One whose watch has gone silent does not, and is not waited
    // for.
    return behind.merge(name, 1, Integer::sum) > PATIENCE
        ? live(targetNamespace, target)
        : new Found.Stale();
  }

  /**
   * The ledger of a target Secret, where the cache has what this process was the last to write, and
   * nothing newer. While it leads, nobody else writes.
   */
  public Optional<Stored> own(String targetNamespace, String target) {
    String name = name(targetNamespace, target);
    return cache
        .get(namespace, name)
        .filter(it -> it.getMetadata().getResourceVersion().equals(newestWritten.get(name)))
        .map(this::read)
        .flatMap(
            it -> it instanceof Found.Ledger(var stored) ? Optional.of(stored) : Optional.empty());
  }

  /** The ledger of a target Secret, as the API server has it now. */
  public Found live(String targetNamespace, String target) {
    return secrets
        .get(namespace, name(targetNamespace, target))
        .map(this::read)
        .orElse(new Found.Nothing());
  }

  /**
   * The ledgers of all other Secrets, as the API server has them now. Two rotations may share an
   * account; what one of them has just asked for is not to be taken for an orphan of the other.
   */
  public Others others(Binding self) {
    return others(
        secrets.list(namespace, Names.LEDGER_LABEL).stream()
            .filter(
                it -> !it.getMetadata().getName().equals(name(self.namespace(), self.secret()))));
  }

  private Others others(Stream<Secret> ledgers) {
    var found = ledgers.map(this::read).toList();
    return new Others(
        found.stream()
            .flatMap(it ->
                it instanceof Found.Ledger(var stored)
                    ? Stream.of(stored.rotation())
                    : Stream.empty())
            .toList(),
        found.stream().noneMatch(Found.Unreadable.class::isInstance));
  }

  /** Every ledger, as the cache has it. */
  public Others cached() {
    return others(cache.all().stream());
  }

  /** Every ledger, as the API server has it now. */
  public Others live() {
    return others(secrets.list(namespace, Names.LEDGER_LABEL).stream());
  }

  /** Whether another Secret's ledger, as the cache has it, answers for this key of the account. */
  public boolean isHeldElsewhere(IssuerBinding issuer, String keyId, Binding self) {
    return cache.all().stream()
        .map(this::read)
        .flatMap(it -> it instanceof Found.Ledger(var stored) ? Stream.of(stored) : Stream.empty())
        .map(Stored::rotation)
        .filter(it ->
            !it.binding().namespace().equals(self.namespace())
                || !it.binding().secret().equals(self.secret()))
        .flatMap(it -> it.keys().stream())
        .anyMatch(it ->
            it.issuer().account().equals(issuer.account()) && it.id().equals(Optional.of(keyId)));
  }

  /**
   * Makes a ledger.
   *
   * @throws ClusterException.Conflict when there is one
   */
  public Stored create(Rotation rotation) {
    return remember(secrets.create(secret(rotation).build()), rotation);
  }

  /**
   * Writes a ledger, if nobody has written it since {@code before} was read.
   *
   * @throws ClusterException.Conflict when somebody has
   */
  public Stored replace(Stored before, Rotation rotation) {
    if (before.rotation().equals(rotation)) {
      return before;
    }
    var secret =
        secret(rotation).editMetadata().withResourceVersion(before.version()).endMetadata().build();
    return remember(secrets.replace(secret), rotation);
  }

  /** The name of the ledger of a target Secret: readable as far as it goes, and unmistakable. */
  public static String name(String targetNamespace, String target) {
    String readable = "rekey-" + targetNamespace + "-" + target;
    String cut = readable.length() > READABLE ? readable.substring(0, READABLE) : readable;
    return cut.replaceAll("[^a-z0-9]+$", "") + "-" + Fingerprint.of(targetNamespace + "/" + target);
  }

  private Stored remember(Secret written, Rotation rotation) {
    String version = written.getMetadata().getResourceVersion();
    newestWritten.put(written.getMetadata().getName(), version);
    return new Stored(rotation, version);
  }

  private SecretBuilder secret(Rotation rotation) {
    var binding = rotation.binding();
    var text = encode(LedgerFormat.write(rotation));
    reader.written(text, rotation);
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(name(binding.namespace(), binding.secret()))
        .addToLabels(Names.LEDGER_LABEL, "true")
        .addToLabels("app.kubernetes.io/managed-by", "rekey")
        .addToAnnotations(Names.LEDGER_TARGET, binding.namespace() + "/" + binding.secret())
        .endMetadata()
        .withType(Names.LEDGER_TYPE)
        .addToData(DATA_KEY, text);
  }

  private Found read(Secret secret) {
    var data = Optional.ofNullable(secret.getData()).map(it -> it.get(DATA_KEY));
    if (data.isEmpty()) {
      return new Found.Unreadable(
          Reason.LedgerUnreadable,
          "the ledger " + secret.getMetadata().getName() + " is empty. Restore it, or delete it.");
    }
    return switch (reader.read(data.get())) {
      case LedgerFormat.Parsed.Understood(var rotation) ->
          new Found.Ledger(new Stored(rotation, secret.getMetadata().getResourceVersion()));
      case LedgerFormat.Parsed.NotUnderstood(var reason, var message) ->
          new Found.Unreadable(
              reason,
              "the ledger " + secret.getMetadata().getName() + " is not usable: " + message);
    };
  }

  private static String encode(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Resource versions of one kind can be compared as numbers. */
  private static boolean isOlder(String seen, String written) {
    return seen.length() != written.length()
        ? seen.length() < written.length()
        : seen.compareTo(written) < 0;
  }
}
