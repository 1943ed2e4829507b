package dev.rekey.reconcile;

import dev.rekey.api.v1alpha1.ApiKeyRotation;
import dev.rekey.api.v1alpha1.ClusterKeyIssuer;
import dev.rekey.api.v1alpha1.DeletionPolicy;
import dev.rekey.api.v1alpha1.KeyIssuer;
import dev.rekey.cluster.ClusterException;
import dev.rekey.cluster.Events;
import dev.rekey.cluster.Watched;
import dev.rekey.config.Settings;
import dev.rekey.issuer.HeldIssuers;
import dev.rekey.issuer.HeldIssuers.Holder;
import dev.rekey.ledger.LedgerStore;
import dev.rekey.plan.IssuerNeeds;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Rotation;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks from time to time whether the issuers that are needed are held, and lets those go that are
 * not. It looks at caches; the API server is asked before something changes.
 */
public final class IssuerKeeping {
  private static final Logger log = LoggerFactory.getLogger(IssuerKeeping.class);

  private final Watched<KeyIssuer> keyIssuers;
  private final Watched<ClusterKeyIssuer> clusterKeyIssuers;
  private final Supplier<List<ApiKeyRotation>> resources;
  private final LedgerStore ledgers;
  private final HeldIssuers held;
  private final Events events;
  private final Settings settings;
  private final InstantSource clock;
  private final BooleanSupplier ready;

  /** When the credentials of an issuer that is held for long were looked at. */
  private final Map<String, Instant> credentialsSeen = new HashMap<>();

  /**
   * Over these caches.
   *
   * @param resources the resources as their cache has them
   * @param ready whether this replica surely leads, and all caches are filled
   */
  public IssuerKeeping(
      Watched<KeyIssuer> keyIssuers,
      Watched<ClusterKeyIssuer> clusterKeyIssuers,
      Supplier<List<ApiKeyRotation>> resources,
      LedgerStore ledgers,
      HeldIssuers held,
      Events events,
      Settings settings,
      InstantSource clock,
      BooleanSupplier ready) {
    this.keyIssuers = keyIssuers;
    this.clusterKeyIssuers = clusterKeyIssuers;
    this.resources = resources;
    this.ledgers = ledgers;
    this.held = held;
    this.events = events;
    this.settings = settings;
    this.clock = clock;
    this.ready = ready;
  }

  /** One look at all issuers. It never throws: a timer whose task throws would not run it again. */
  public synchronized void look() {
    try {
      if (!ready.getAsBoolean()) {
        return;
      }
      var seen = ledgers.cached();
      var all =
          Stream.concat(
                  keyIssuers.all().stream().map(Holder::of),
                  clusterKeyIssuers.all().stream().map(Holder::of))
              .toList();
      credentialsSeen
          .keySet()
          .retainAll(all.stream().map(it -> it.binding().uid()).collect(Collectors.toSet()));
      all.forEach(it -> keep(it, seen));
    } catch (RuntimeException fault) {
      log.warn("issuers were not looked at; they are at the next turn", fault);
    }
  }

  private void keep(Holder issuer, LedgerStore.Others seen) {
    try {
      if (isOverdue(issuer)) {
        releaseAnyway(issuer);
      } else if (isNeeded(issuer, seen)) {
        holdOn(issuer);
      } else if (issuer.isMarked()
          && held.release(issuer.binding(), () -> isNeeded(issuer, ledgers.live()))) {
        log.info("{} is not kept any more: nothing is unfinished there", display(issuer));
      }
    } catch (ClusterException problem) {
      log.warn("{}; {} is looked at again", problem.getMessage(), display(issuer));
    }
  }

  /** What was unfinished before it was held: keys that were adopted, or are to be revoked. */
  private void holdOn(Holder issuer) {
    if (!issuer.isHeld() && issuer.deletingSince().isEmpty()) {
      held.hold(issuer.binding())
          .ifPresent(it -> log.warn("{} is not kept: {}", display(issuer), it.message()));
      return;
    }
    // Nobody watches credentials, so those that people delete are looked for, but rarely.
    var now = clock.instant();
    var deadline = now.minus(settings.deletionDeadline());
    var before = credentialsSeen.putIfAbsent(issuer.binding().uid(), now);
    if (issuer.isMarked() && before != null && !before.isAfter(deadline)) {
      credentialsSeen.put(issuer.binding().uid(), now);
      held.releaseDeletedCredentials(issuer.binding(), deadline)
          .forEach(it ->
              warn(
                  issuer,
                  "Secret "
                      + it
                      + " with the credential of "
                      + display(issuer)
                      + " was being deleted for too long and is let go, though keys are unfinished"
                      + " there. Give the issuer another credential, or delete those keys there by"
                      + " hand."));
    }
  }

  private void releaseAnyway(Holder issuer) {
    if (!issuer.isMarked()) {
      return;
    }
    var needed = isNeeded(issuer, ledgers.live());
    if (held.release(issuer.binding(), () -> false) && needed) {
      warn(
          issuer,
          display(issuer)
              + " was being deleted for too long and is let go, though keys are unfinished there."
              + " Look at the rotations that use it, and delete those keys at the issuer by hand.");
    }
  }

  private void warn(Holder issuer, String message) {
    log.warn("{}", message);
    events.tellOperator(issuer.object(), Reason.Abandoned, message);
  }

  private boolean isOverdue(Holder issuer) {
    return issuer
        .deletingSince()
        .map(it -> !clock.instant().isBefore(it.plus(settings.deletionDeadline())))
        .orElse(false);
  }

  /** An unreadable ledger may be about any issuer. */
  private boolean isNeeded(Holder issuer, LedgerStore.Others seen) {
    var bySecret =
        resources.get().stream()
            .collect(
                Collectors.groupingBy(
                    it -> it.getMetadata().getNamespace() + "/" + it.getSpec().secret().name()));
    boolean givesKeys = givesKeys(issuer);
    return (issuer.isMarked() && !seen.all())
        || seen.rotations().stream()
            .anyMatch(it ->
                isNeeded(
                    issuer,
                    givesKeys,
                    it,
                    bySecret.getOrDefault(
                        it.binding().namespace() + "/" + it.binding().secret(), List.of())));
  }

  /** Where no resource is about a ledger any more, nobody finishes what it knows. */
  private static boolean isNeeded(
      Holder issuer, boolean givesKeys, Rotation ledger, List<ApiKeyRotation> owners) {
    return !owners.isEmpty()
        && IssuerNeeds.has(
            issuer.binding().uid(),
            givesKeys,
            ledger,
            owners.stream().anyMatch(it -> it.getSpec().deletionPolicy() == DeletionPolicy.Revoke));
  }

  /** A mint that has just looked at the issuer may still open its attempt, and send it. */
  private boolean givesKeys(Holder issuer) {
    return issuer
        .deletingSince()
        .map(it -> it.plus(settings.lateness()).plus(settings.clockDoubt()))
        .map(it -> clock.instant().isBefore(it))
        .orElse(true);
  }

  private static String display(Holder issuer) {
    return issuer.binding().display();
  }
}
