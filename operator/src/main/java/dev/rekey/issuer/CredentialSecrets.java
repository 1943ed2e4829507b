package dev.rekey.issuer;

import dev.rekey.cluster.Secrets;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The Secrets with issuers' credentials, read once for all requests of a rotation. Whoever is
 * refused with one reads it again.
 */
public final class CredentialSecrets {
  /** As long as a rotation with an ordinary soak takes. */
  private static final Duration LATELY = Duration.ofMinutes(15);

  private final Secrets secrets;
  private final InstantSource clock;
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  private record Known(Secret secret, Instant readAt) {}

  /** Over {@code secrets}. */
  public CredentialSecrets(Secrets secrets, InstantSource clock) {
    this.secrets = secrets;
    this.clock = clock;
  }

  /** As the API server has it. */
  Optional<Secret> now(String namespace, String name) {
    var readAt = clock.instant();
    var found = secrets.get(namespace, name);
    forgetOld();
    found.ifPresentOrElse(
        it -> known.put(path(namespace, name), new Known(it, readAt)),
        () -> known.remove(path(namespace, name)));
    return found;
  }

  /** As it was read lately; one that was not there is looked for again. */
  Optional<Secret> lately(String namespace, String name) {
    return Optional.ofNullable(known.get(path(namespace, name)))
        .filter(it -> !isOld(it))
        .map(Known::secret)
        .or(() -> now(namespace, name));
  }

  /** What was not read lately is in memory no more. */
  public void forgetOld() {
    known.values().removeIf(this::isOld);
  }

  private boolean isOld(Known it) {
    return it.readAt().plus(LATELY).isBefore(clock.instant());
  }

  private static String path(String namespace, String name) {
    return namespace + "/" + name;
  }
}
