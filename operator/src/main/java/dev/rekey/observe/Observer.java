package dev.rekey.observe;

import dev.rekey.api.v1alpha1.ApiKeyRotation;
import dev.rekey.api.v1alpha1.ApiKeyRotationSpec;
import dev.rekey.cluster.RecentSecrets;
import dev.rekey.cluster.Resources;
import dev.rekey.cluster.Secrets;
import dev.rekey.cluster.Watched;
import dev.rekey.consumers.Roster;
import dev.rekey.consumers.Waves;
import dev.rekey.issuer.IssuerDirectory;
import dev.rekey.issuer.manual.InboxEntry;
import dev.rekey.ledger.LedgerStore;
import dev.rekey.ledger.LedgerStore.Found;
import dev.rekey.ledger.LedgerStore.Stored;
import dev.rekey.plan.Basis;
import dev.rekey.plan.Needs;
import dev.rekey.plan.Step;
import dev.rekey.plan.Warnings;
import dev.rekey.rotation.Attempt;
import dev.rekey.rotation.Binding;
import dev.rekey.rotation.Consumers;
import dev.rekey.rotation.Consumers.WorkloadRef;
import dev.rekey.rotation.IssuerBinding;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Mask;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.IssuerView;
import dev.rekey.rotation.Observation.Ledger;
import dev.rekey.rotation.Observation.Owner;
import dev.rekey.rotation.Observation.Read;
import dev.rekey.rotation.Observation.Resource;
import dev.rekey.rotation.Observation.Target;
import dev.rekey.rotation.Restarts;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.Stamp;
import dev.rekey.rotation.Terms;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Gathers what one decision may use. Never writes. */
public final class Observer {
  /** So long what was read live counts as read live within one pass. */
  private static final Duration RECENT = Duration.ofSeconds(1);

  /** So long a Secret that nobody has put a label on is not read again for a first look. */
  private static final Duration UNLABELLED = Duration.ofSeconds(5);

  private final InstantSource clock;
  private final String cluster;
  private final Resources resources;
  private final Secrets secrets;
  private final RecentSecrets unlabelled;
  private final Watched<Secret> targets;
  private final Watched<Secret> inboxes;
  private final LedgerStore ledgers;
  private final IssuerDirectory issuers;
  private final Roster roster;

  private final Turns turns;
  private final Waves waves;

  /**
   * A pass looks at the same spec many times, and to compile its templates costs more than all the
   * rest of a look. Weak, so that it is forgotten with the resource.
   */
  private final Map<ApiKeyRotationSpec, Read<Terms>> terms =
      Collections.synchronizedMap(new WeakHashMap<>());

  /**
   * An observer.
   *
   * @param cluster UID of the namespace {@code kube-system}
   * @param targets the target Secrets, by their label
   * @param inboxes the Secrets in which people bring keys, by their label
   * @param turns who may begin, where only so many rollouts run at once
   * @param waves what other rotations of this process are about to do
   */
  public Observer(
      InstantSource clock,
      String cluster,
      Resources resources,
      Secrets secrets,
      Watched<Secret> targets,
      Watched<Secret> inboxes,
      LedgerStore ledgers,
      IssuerDirectory issuers,
      Roster roster,
      Turns turns,
      Waves waves) {
    this.clock = clock;
    this.cluster = cluster;
    this.resources = resources;
    this.secrets = secrets;
    this.unlabelled = new RecentSecrets(secrets, clock, UNLABELLED);
    this.targets = targets;
    this.inboxes = inboxes;
    this.ledgers = ledgers;
    this.issuers = issuers;
    this.roster = roster;
    this.turns = turns;
    this.waves = waves;
  }

  /**
   * An observation, with the ledger that a step may start its compare-and-set from.
   *
   * @param restarts how consumers were looked at, where they were
   * @param readAt when Secret and consumers were read, or had been
   * @param basis how much of it was read from the API server
   */
  public record Seen(
      ApiKeyRotation resource,
      Observation observation,
      Optional<Stored> ledger,
      Restarts restarts,
      Instant readAt,
      Basis basis) {

    /** The same, where this workload was given these stamps since. */
    public Seen stamped(WorkloadRef workload, Stamp stamp, Map<String, Stamp> beside) {
      return observation.consumers() instanceof Consumers.Seen consumers
          ? new Seen(
              resource,
              observation.withConsumers(consumers.stamped(workload, stamp, beside)),
              ledger,
              restarts,
              readAt,
              basis)
          : this;
    }

    /** The same, where this Rollout was told to restart since. */
    public Seen restarted(WorkloadRef rollout, Instant at) {
      return observation.consumers() instanceof Consumers.Seen consumers
          ? new Seen(
              resource,
              observation.withConsumers(consumers.restarted(rollout, at)),
              ledger,
              restarts,
              readAt,
              basis)
          : this;
    }
  }

  /**
   * A ledger that this pass has written, or read from the API server.
   *
   * @param at when
   */
  public record Known(Stored ledger, Instant at) {}

  /** This ledger was written just now. */
  public Known written(Stored ledger) {
    return new Known(ledger, clock.instant());
  }

  /**
   * What caches and, for a rollout, the API server say.
   *
   * @param known the ledger that a step before has written, which no cache may have yet
   */
  public Seen observe(ApiKeyRotation resource, Optional<Known> known) {
    var target = resource.getSpec().secret().name();
    var namespace = resource.getMetadata().getNamespace();
    var found =
        known
            .map(Known::ledger)
            .<Found>map(Found.Ledger::new)
            .orElseGet(() -> ledgers.cached(namespace, target));
    // A Secret that is not in the cache may only have lost its label: it is looked at before it is
    // called missing.
    var secret = targets.get(namespace, target).or(() -> unlabelled.lately(namespace, target));
    return seen(resource, found, Facts.of(secret, clock.instant()), Basis.CACHES);
  }

  /**
   * What is to be decided by is read again, as far as the step asks for.
   *
   * @param before what was seen a moment ago, on which the step was planned
   * @param known the ledger that this pass has written or read last
   */
  public Seen observeFor(Step step, ApiKeyRotation resource, Seen before, Optional<Known> known) {
    return switch (step.basis()) {
      case CACHES -> before;
      case COMPARED -> seen(resource, found(before), still(before), Basis.COMPARED);
      case OWN_LEDGER ->
          seen(resource, ledgerAsWritten(resource, known), still(before), Basis.OWN_LEDGER);
      case LEDGER -> seen(resource, ledgerNow(resource, known), still(before), Basis.LEDGER);
      case EVERYTHING -> observeLive(resource, known);
    };
  }

  /** The same, whatever the step: everything as the API server has it now. */
  public Seen observeLive(ApiKeyRotation resource, Optional<Known> known) {
    return seen(resource, ledgerNow(resource, known), secretNow(resource), Basis.EVERYTHING);
  }

  /**
   * What was seen a moment ago, where nothing but the ledger was written since: that nobody else
   * has written the ledger is what its compare-and-set has shown. Empty: it is too long ago.
   */
  public Optional<Seen> stillSeen(Seen before, ApiKeyRotation resource, Stored written) {
    return isRecent(before.readAt())
        ? Optional.of(seen(resource, new Found.Ledger(written), still(before), before.basis()))
        : Optional.empty();
  }

  /** A resource that nothing is left of to look after. */
  public void gone(ApiKeyRotation resource) {
    var namespace = resource.getMetadata().getNamespace();
    var secret = resource.getSpec().secret().name();
    roster.letGo(namespace, secret);
    turns.gone(namespace, secret, clock.instant());
  }

  private boolean isRecent(Instant time) {
    return clock.instant().isBefore(time.plus(RECENT));
  }

  private Found ledgerNow(ApiKeyRotation resource, Optional<Known> known) {
    return known
        .filter(it -> isRecent(it.at()))
        .<Found>map(it -> new Found.Ledger(it.ledger()))
        .orElseGet(() ->
            ledgers.live(
                resource.getMetadata().getNamespace(), resource.getSpec().secret().name()));
  }

  private Found ledgerAsWritten(ApiKeyRotation resource, Optional<Known> known) {
    return ledgers
        .own(resource.getMetadata().getNamespace(), resource.getSpec().secret().name())
        .<Found>map(Found.Ledger::new)
        .orElseGet(() -> ledgerNow(resource, known));
  }

  /** The ledger as it was seen. */
  private static Found found(Seen before) {
    return before.ledger().<Found>map(Found.Ledger::new).orElseGet(Found.Nothing::new);
  }

  private static Facts still(Seen before) {
    return new Facts(before.observation().secret(), before.readAt(), Optional.of(before));
  }

  private Facts secretNow(ApiKeyRotation resource) {
    // before it is read: what is called recent must not be older than it says
    var now = clock.instant();
    return Facts.of(
        secrets.get(resource.getMetadata().getNamespace(), resource.getSpec().secret().name()),
        now);
  }

  /**
   * What was read beside the ledger.
   *
   * @param looked who has looked at consumers, if anybody has
   */
  private record Facts(Target secret, Instant readAt, Optional<Seen> looked) {
    static Facts of(Optional<Secret> secret, Instant readAt) {
      return new Facts(
          secret.<Target>map(TargetReader::read).orElseGet(Target.Missing::new),
          readAt,
          Optional.empty());
    }

    Optional<Consumers> consumers(Restarts restarts) {
      return looked
          .filter(it -> it.restarts().equals(restarts))
          .map(it -> it.observation().consumers())
          .filter(Consumers.Seen.class::isInstance);
    }
  }

  private Seen seen(ApiKeyRotation resource, Found found, Facts read, Basis basis) {
    var meta = resource.getMetadata();
    var now = clock.instant();
    var facts =
        new Resource(
            meta.getNamespace(),
            meta.getName(),
            meta.getUid(),
            meta.getGeneration() == null ? 0 : meta.getGeneration(),
            cluster,
            terms.computeIfAbsent(resource.getSpec(), TermsReader::read),
            WishesReader.read(meta.getAnnotations()),
            Optional.ofNullable(meta.getDeletionTimestamp()).map(Instant::parse),
            meta.getFinalizers() != null && meta.getFinalizers().contains(Names.FINALIZER),
            Boolean.TRUE.equals(resource.getSpec().suspend()));
    var stored =
        found instanceof Found.Ledger it ? Optional.of(it.stored()) : Optional.<Stored>empty();
    var ledger = ledger(found, facts);
    var restarts = stored.map(it -> Needs.restarts(it.rotation(), facts)).orElse(Restarts.ALL);
    var consumers =
        stored
            .filter(_ ->
                ledger instanceof Ledger.Held held
                    && held.owner() == Owner.THIS_RESOURCE
                    && Needs.consumers(held.rotation(), facts, read.secret(), now, basis.isLive()))
            .map(it ->
                read.consumers(restarts)
                    .orElseGet(() -> look(it.rotation(), facts, read, restarts, now, basis)))
            .orElseGet(Consumers.NotLookedAt::new);
    boolean known = found instanceof Found.Ledger || found instanceof Found.Nothing;
    if (known
        && consumers instanceof Consumers.NotLookedAt
        && stored.map(it -> movesNobody(it.rotation())).orElse(true)) {
      roster.letGo(meta.getNamespace(), resource.getSpec().secret().name());
    }
    var observation =
        new Observation(
            // after everything was read: nothing that is decided may rest on a time before the
            // facts
            clock.instant(),
            basis.isLive(),
            facts,
            ledger,
            read.secret(),
            issuers.view(meta.getNamespace(), resource.getSpec().issuerRef()),
            stored.map(it -> issuersOf(it.rotation())).orElseGet(Map::of),
            consumers,
            new Observation.Turn.Granted(),
            consumers instanceof Consumers.Seen
                ? waves.beside(meta.getNamespace(), meta.getUid())
                : List.of(),
            inboxes
                .get(meta.getNamespace(), Names.inbox(resource.getSpec().secret().name()))
                .filter(InboxEntry::isInbox)
                .map(InboxEntry::seen));
    return new Seen(
        resource,
        observation.withTurn(turns.of(observation)),
        stored,
        restarts,
        read.readAt(),
        basis);
  }

  /** Nothing rotates, or a person is waited for, who may take days. */
  private static boolean movesNobody(Rotation ledger) {
    return ledger.run().isEmpty() || ledger.attempts().stream().anyMatch(Attempt::awaitsPerson);
  }

  private Consumers look(
      Rotation ledger, Resource resource, Facts read, Restarts restarts, Instant now, Basis basis) {
    var question =
        new Roster.Question(
            resource.namespace(),
            ledger.binding().secret(),
            restarts,
            Mask.of(ledger, read.secret()),
            now);
    if (basis != Basis.EVERYTHING) {
      return roster.held(question, Warnings.areSought(ledger));
    }
    return Needs.goesWithItsKeys(resource) ? roster.anew(question) : roster.now(question);
  }

  /** Every issuer that something in the ledger belongs to, and so may be asked about it. */
  private Map<IssuerBinding, IssuerView> issuersOf(Rotation rotation) {
    return Stream.of(
            rotation.keys().stream().map(Key::issuer),
            rotation.attempts().stream().map(Attempt::issuer),
            rotation.run().map(Run::issuer).stream())
        .flatMap(it -> it)
        .distinct()
        .collect(Collectors.toMap(it -> it, issuers::view));
  }

  private Ledger ledger(Found found, Resource resource) {
    return switch (found) {
      case Found.Nothing() -> new Ledger.Missing();
      case Found.Stale() -> new Ledger.Stale();
      case Found.Unreadable(var reason, var message) -> new Ledger.Unreadable(reason, message);
      case Found.Ledger(var stored) ->
          new Ledger.Held(
              stored.rotation(), stored.version(), owner(stored.rotation().binding(), resource));
    };
  }

  private Owner owner(Binding binding, Resource resource) {
    if (!binding.cluster().equals(cluster)) {
      return Owner.OTHER_CLUSTER;
    }
    if (binding.resourceUid().equals(resource.uid())) {
      return Owner.THIS_RESOURCE;
    }
    boolean otherIsThere =
        resources
            .get(binding.namespace(), binding.resource())
            .map(it -> it.getMetadata().getUid().equals(binding.resourceUid()))
            .orElse(false);
    return otherIsThere ? Owner.OTHER_RESOURCE : Owner.RESOURCE_GONE;
  }
}
