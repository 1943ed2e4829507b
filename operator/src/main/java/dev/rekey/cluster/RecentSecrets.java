package dev.rekey.cluster;

import io.fabric8.kubernetes.api.model.Secret;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Secrets that no watch shows, and that are not read again where they were read lately. */
public final class RecentSecrets {
  private final Secrets secrets;
  private final InstantSource clock;
  private final Duration lately;
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  private record Known(Secret secret, Instant readAt) {}

  /**
   * Over {@code secrets}.
   *
   * @param lately how long what was read serves
   */
  public RecentSecrets(Secrets secrets, InstantSource clock, Duration lately) {
    this.secrets = secrets;
    this.clock = clock;
    this.lately = lately;
  }

  /** As the API server has it. */
  public Optional<Secret> now(String namespace, String name) {
    var readAt = clock.instant();
    var found = secrets.get(namespace, name);
    forgetOld();
    found.ifPresentOrElse(
        it -> known.put(path(namespace, name), new Known(it, readAt)),
        () -> known.remove(path(namespace, name)));
    return found;
  }

  /** As it was read lately; one that was not there is looked for again. */
  public Optional<Secret> lately(String namespace, String name) {
    forgetOld();
    return Optional.ofNullable(known.get(path(namespace, name)))
        .map(Known::secret)
        .or(() -> now(namespace, name));
  }

  /** What was not read lately is in memory no more. */
  public void forgetOld() {
    known.values().removeIf(this::isOld);
  }

  private boolean isOld(Known it) {
    return it.readAt().plus(lately).isBefore(clock.instant());
  }

  private static String path(String namespace, String name) {
    return namespace + "/" + name;
  }
}
