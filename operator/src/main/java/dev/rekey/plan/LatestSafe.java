package dev.rekey.plan;

import dev.rekey.config.Settings;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.IssuerView;
import dev.rekey.rotation.Observation.Read;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Terms;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Until when a rotation must have begun to be over before the key in use expires, though all of it
 * goes slowly.
 */
final class LatestSafe {
  private static final Duration MARGIN = Duration.ofHours(72);
  private static final int SLOW = 3;

  private LatestSafe() {}

  /** That moment; empty where nothing says that the key expires. */
  static Optional<Instant> moment(Observation seen, Rotation ledger, Settings settings) {
    var current = ledger.key(Role.CURRENT);
    var needed = needed(seen, ledger, settings);
    if (current.isEmpty() || needed.isEmpty()) {
      return Optional.empty();
    }
    var key = current.get();
    var expiry =
        seen.issuerOf(key.issuer()) instanceof IssuerView.Usable issuer
            ? Due.expiry(key, issuer.capabilities())
            : key.expiresAt();
    return expiry.map(
        it -> it.minus(needed.get()).minus(margin(Duration.between(key.issuedAt(), it))));
  }

  /** What was frozen when the rotation began, or what the next one will be like. */
  private static Optional<Duration> needed(Observation seen, Rotation ledger, Settings settings) {
    return ledger
        .run()
        .map(it ->
            sum(it.settle(), it.progressTimeout(), longer(it.soak(), it.minOverlap()), settings))
        .or(() ->
            seen.resource().terms() instanceof Read.Valid<Terms>(var terms)
                ? Optional.of(
                    sum(
                        terms.settle(),
                        terms.progressTimeout(),
                        longer(terms.soak(), terms.minOverlap()),
                        settings))
                : Optional.empty());
  }

  private static Duration sum(
      Duration settle, Duration progressTimeout, Duration soak, Settings settings) {
    return settle
        .plus(progressTimeout.multipliedBy(SLOW))
        .plus(soak)
        .plus(settings.verifyDeadline());
  }

  /** What is kept before the end of a key that lives for so long, for what nobody foresees. */
  static Duration margin(Duration life) {
    var tenth = life.dividedBy(10);
    return tenth.compareTo(MARGIN) > 0 ? MARGIN : tenth;
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }
}
