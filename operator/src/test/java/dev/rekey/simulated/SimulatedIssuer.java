package dev.rekey.simulated;

import dev.rekey.api.v1alpha1.IssuerRef;
import dev.rekey.issuer.FakeIssuer;
import dev.rekey.issuer.Issuer;
import dev.rekey.issuer.IssuerDirectory;
import dev.rekey.issuer.MintRequest;
import dev.rekey.rotation.Capabilities;
import dev.rekey.rotation.DeleteResult;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.IssuerBinding;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Listing;
import dev.rekey.rotation.MintResult;
import dev.rekey.rotation.Observation.IssuerView;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.SecretText;
import dev.rekey.rotation.Tracing;
import dev.rekey.rotation.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;

/** The one issuer there is. Each request to it is an effect. */
final class SimulatedIssuer implements Issuer, IssuerDirectory {
  static final IssuerBinding BINDING =
      new IssuerBinding("KeyIssuer", SimulatedSecrets.TEAM, "messaging", "issuer-1", "account-1");

  private static final Duration LIFE = Duration.ofDays(180);

  private final FakeIssuer fake;
  private final Effects effects;
  private final Set<String> deleteAsked = new HashSet<>();
  private final Map<String, List<Instant>> accepted = new HashMap<>();
  private final SimulatedClock clock;
  private final List<String> known = new ArrayList<>();
  private Optional<IssuerView.Unusable> unusable = Optional.empty();
  private boolean rejectsAll;
  private boolean keepsAll;

  SimulatedIssuer(SimulatedClock clock, Effects effects) {
    this.fake = new FakeIssuer(clock);
    this.effects = effects;
    this.clock = clock;
  }

  /** What it can be told to do. */
  FakeIssuer fake() {
    return fake;
  }

  /** It cannot be used, as when somebody breaks its definition; empty: it can again. */
  void unusable(Optional<IssuerView.Unusable> why) {
    unusable = why;
  }

  /** It holds no more keys than this. */
  void quota(int keys) {
    fake.can(
        Capabilities.labelled(
            true, Optional.of(LIFE), OptionalInt.of(keys), Duration.ofSeconds(10)));
  }

  /** It can do this, and nothing else. */
  void can(Tracing tracing, boolean lists, boolean verifies, boolean reusesIds) {
    fake.can(
        new Capabilities(
            tracing,
            lists,
            verifies,
            reusesIds,
            Optional.of(LIFE),
            OptionalInt.empty(),
            Duration.ofSeconds(10)));
  }

  /** It cannot verify. */
  void cannotVerify() {
    fake.can(
        Capabilities.labelled(
            false, Optional.of(LIFE), OptionalInt.empty(), Duration.ofSeconds(10)));
  }

  /** One request to it may take this long. */
  void requestTimeout(Duration timeout) {
    fake.can(Capabilities.labelled(true, Optional.of(LIFE), OptionalInt.empty(), timeout));
  }

  /** It accepts no key at all, until it is told otherwise. */
  void rejectsAll(boolean rejects) {
    rejectsAll = rejects;
  }

  /** It fails to delete any key, until it is told otherwise. */
  void keepsAll(boolean keeps) {
    keepsAll = keeps;
  }

  /** The values of the keys whose deletion was asked for, whatever came of it. */
  Set<String> deleteAsked() {
    return Set.copyOf(deleteAsked);
  }

  /** When the key of this value was accepted, each time. */
  List<Instant> accepted(String value) {
    return List.copyOf(accepted.getOrDefault(value, List.of()));
  }

  /** The values of all keys that ever were. */
  List<String> values() {
    liveValues().stream().filter(it -> !known.contains(it)).forEach(known::add);
    return known;
  }

  /** The values of all keys that work. */
  List<String> liveValues() {
    return fake.liveKeys().stream().map(it -> it.value().reveal()).toList();
  }

  @Override
  public IssuerView view(String namespace, IssuerRef ref) {
    return unusable
        .<IssuerView>map(it -> it)
        .orElseGet(() -> new IssuerView.Usable(BINDING, fake.capabilities()));
  }

  @Override
  public IssuerView view(IssuerBinding binding) {
    return binding.isSameAccountAs(BINDING)
        ? unusable
            .<IssuerView>map(it -> it)
            .orElseGet(() -> new IssuerView.Usable(BINDING, fake.capabilities()))
        : new IssuerView.Unusable(Reason.IssuerChanged, "another issuer");
  }

  @Override
  public Optional<Issuer> open(IssuerBinding binding) {
    return binding.uid().equals(BINDING.uid()) && unusable.isEmpty()
        ? Optional.of(this)
        : Optional.empty();
  }

  @Override
  public Capabilities capabilities() {
    return fake.capabilities();
  }

  @Override
  public MintResult mint(MintRequest request) {
    return request(
        new Effect(Effect.Kind.MINT, request.label(), "issuer: mint"),
        () -> fake.capabilities().byHand() ? asking(request) : fake.mint(request),
        () -> new MintResult.Unclear(lost()));
  }

  @Override
  public Verdict verify(Key key) {
    return request(
        new Effect(Effect.Kind.VERIFY, id(key), "issuer: verify " + id(key)),
        () -> {
          Verdict verdict = rejectsAll ? new Verdict.Rejected() : fake.verify(key);
          if (verdict instanceof Verdict.Accepted) {
            value(key)
                .ifPresent(it ->
                    accepted.computeIfAbsent(it, any -> new ArrayList<>()).add(clock.instant()));
          }
          return verdict;
        },
        () -> new Verdict.Unknown(lost()));
  }

  @Override
  public Listing list() {
    return request(
        new Effect(Effect.Kind.LIST, "", "issuer: list"),
        fake::list,
        () -> new Listing.Failed(lost()));
  }

  @Override
  public DeleteResult delete(Key key) {
    return request(
        new Effect(Effect.Kind.DELETE, id(key), "issuer: delete " + id(key)),
        () -> {
          fake.liveKeys().stream()
              .filter(it -> it.id().equals(id(key)))
              .forEach(it -> deleteAsked.add(it.value().reveal()));
          return keepsAll
              ? new DeleteResult.Failed(Fault.of(Reason.IssuerFailed, "The issuer failed."))
              : fake.capabilities().byHand() ? askingToDelete(key) : fake.delete(key);
        },
        () -> new DeleteResult.Failed(lost()));
  }

  /** As an issuer that is a person at a dashboard does it. */
  private MintResult asking(MintRequest request) {
    return new MintResult.Awaiting(
        "Make one with the label " + request.label() + ".",
        clock.instant().plus(Duration.ofDays(14)));
  }

  private DeleteResult askingToDelete(Key key) {
    return fake.capabilities().verifies() && fake.verify(key) instanceof Verdict.Rejected
        ? new DeleteResult.Gone()
        : new DeleteResult.Failed(
            Fault.of(Reason.AwaitingDeletion, "Delete " + key.display() + " by hand."));
  }

  private <R> R request(Effect effect, Supplier<R> request, Supplier<R> unclear) {
    return effects.perform(
        effect,
        new Effects.Doing<R>() {
          @Override
          public R act() {
            return request.get();
          }

          @Override
          public R unclear() {
            return unclear.get();
          }
        });
  }

  private static String id(Key key) {
    return key.id().orElse("?");
  }

  private static Optional<String> value(Key key) {
    return Optional.ofNullable(key.fields().get("value")).map(SecretText::reveal);
  }

  private static Fault lost() {
    return Fault.of(Reason.IssuerTimedOut, "The issuer did not answer in time.");
  }
}
