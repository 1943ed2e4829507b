package dev.rekey.plan;

import dev.rekey.rotation.Capabilities;
import dev.rekey.rotation.Cause;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.IssuerView;
import dev.rekey.rotation.Observation.Read;
import dev.rekey.rotation.Publication;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Terms;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * When the next rotation is due, and why.
 *
 * @param at when
 * @param cause why
 */
public record Due(Instant at, Cause cause) {
  private static final Duration RENEW_BEFORE = Duration.ofDays(30);

  /** An issuer whose keys expire at once, or before they were issued, is not asked for ever. */
  private static final Duration LEAST = Duration.ofHours(1);

  /** Whether it is due at the time of {@code seen}. */
  public boolean isNow(Observation seen) {
    return !at.isAfter(seen.now());
  }

  /** When the next rotation is due; empty where nothing says so. */
  public static Optional<Due> of(Observation seen, Rotation ledger) {
    if (!(seen.resource().terms() instanceof Read.Valid<Terms>(var terms))
        || !(seen.issuer() instanceof IssuerView.Usable issuer)) {
      return Optional.empty();
    }
    var current = ledger.key(Role.CURRENT);
    if (current.isEmpty()) {
      return Optional.of(
          new Due(
              seen.now(), ledger.publication().isPresent() ? Cause.GoneElsewhere : Cause.FirstKey));
    }
    if (Leaks.named(seen, ledger).filter(it -> it.means(current.get())).isPresent()) {
      return Optional.of(new Due(seen.now(), Cause.Leaked));
    }
    var token = seen.resource().wishes().rotate();
    if (token.isPresent() && !ledger.handledTokens().contains(token.get())) {
      return Optional.of(new Due(seen.now(), Cause.Requested));
    }
    if (!issuer.binding().isSameAccountAs(current.get().issuer())) {
      return Optional.of(new Due(seen.now(), Cause.IssuerChanged));
    }
    var byTime =
        unattended(current.get(), terms, issuer.capabilities())
            .map(due -> notTooSoon(due, ledger, current.get(), issuer.capabilities()));
    // a rotation that is due anyway takes the new mapping with it
    return dataChanged(ledger, current.get(), terms)
            && !byTime.map(it -> it.isNow(seen)).orElse(false)
        ? Optional.of(new Due(seen.now(), Cause.DataChanged))
        : byTime;
  }

  /** Whether the Secret shows this key in another form than the resource asks for now. */
  private static boolean dataChanged(Rotation ledger, Key current, Terms terms) {
    return !current.fields().isEmpty()
        && ledger
            .publication()
            .filter(it -> it.keyName().equals(current.name()))
            .map(Publication::templates)
            // a ledger that was written before templates were kept says nothing about them
            .filter(it -> !it.isEmpty())
            .map(it -> !it.equals(terms.data()))
            .orElse(false);
  }

  /** By age or by expiry, whichever comes first. */
  private static Optional<Due> unattended(Key current, Terms terms, Capabilities issuer) {
    var byAge =
        terms
            .interval()
            .or(() -> issuer.maxAge().map(it -> it.dividedBy(2)))
            .map(interval -> new Due(current.issuedAt().plus(interval), Cause.Interval));
    var byExpiry =
        expiry(current, issuer)
            .map(
                expiry -> new Due(expiry.minus(ahead(current, expiry, terms)), Cause.BeforeExpiry));
    if (byAge.isPresent() && byExpiry.isPresent()) {
      return byExpiry.get().at().isBefore(byAge.get().at()) ? byExpiry : byAge;
    }
    return byAge.or(() -> byExpiry);
  }

  /** Never more than a third of the key's life ahead, or a short-lived key would always be due. */
  private static Duration ahead(Key current, Instant expiry, Terms terms) {
    var asked = terms.renewBefore().orElse(RENEW_BEFORE);
    var third = Duration.between(current.issuedAt(), expiry).dividedBy(3);
    return asked.compareTo(third) > 0 ? third : asked;
  }

  /** When a key stops working: by the issuer's word, or by the issuer's limit. */
  static Optional<Instant> expiry(Key key, Capabilities issuer) {
    return key.expiresAt().or(() -> issuer.maxAge().map(key.issuedAt()::plus));
  }

  /**
   * Two rotations for the sake of expiry never begin closer than a quarter of the key's life,
   * whatever an issuer says of its keys. An interval is a person's wish and is followed.
   */
  private static Due notTooSoon(Due due, Rotation ledger, Key current, Capabilities issuer) {
    var last = ledger.history().stream().filter(it -> it.cause() != Cause.DataChanged).findFirst();
    if (last.isEmpty() || due.cause() != Cause.BeforeExpiry) {
      return due;
    }
    var earliest =
        expiry(current, issuer)
            .map(expiry -> Duration.between(current.issuedAt(), expiry).dividedBy(4))
            .map(quarter -> quarter.compareTo(LEAST) < 0 ? LEAST : quarter)
            .map(quarter -> last.get().startedAt().plus(quarter));
    return earliest.isPresent() && earliest.get().isAfter(due.at())
        ? new Due(earliest.get(), due.cause())
        : due;
  }
}
