package dev.rekey.simulated;

import dev.rekey.api.v1alpha1.IssuerRef;
import dev.rekey.issuer.Issuer;
import dev.rekey.issuer.IssuerDirectory;
import dev.rekey.rotation.IssuerBinding;
import dev.rekey.rotation.Observation.IssuerView;
import dev.rekey.rotation.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/** The KeyIssuers of the namespace, each with an account behind it, and what becomes of them. */
final class SimulatedIssuers implements Accounts {
  private final SimulatedClock clock;
  private final List<State> history = new ArrayList<>();
  private int uids;

  /** All issuers from an instant on. */
  private record State(Instant since, Map<String, Entry> entries) {}

  /** One KeyIssuer. */
  record Entry(IssuerBinding binding, Account account, boolean usable) {}

  SimulatedIssuers(SimulatedClock clock) {
    this.clock = clock;
    history.add(new State(Instant.MIN, Map.of()));
  }

  /** Somebody creates a KeyIssuer, or makes it anew. */
  void create(String name, Account account) {
    put(
        name,
        new Entry(
            new IssuerBinding(
                "KeyIssuer",
                SimulatedSecrets.TEAM,
                name,
                "issuer-" + ++uids,
                "account-" + account.name()),
            account,
            true));
  }

  /** Somebody breaks its definition, or mends it. */
  void usable(String name, boolean usable) {
    var entry = of(name);
    put(name, new Entry(entry.binding(), entry.account(), usable));
  }

  private void put(String name, Entry entry) {
    var entries = new TreeMap<>(now().entries());
    entries.put(name, entry);
    history.add(new State(clock.instant(), entries));
  }

  private State now() {
    return history.getLast();
  }

  private State at(Instant instant) {
    return history.reversed().stream()
        .filter(it -> !it.since().isAfter(instant))
        .findFirst()
        .orElseThrow();
  }

  /** The KeyIssuer of this name. */
  Entry of(String name) {
    return Objects.requireNonNull(now().entries().get(name));
  }

  /** The account of this binding. */
  Optional<Account> account(IssuerBinding binding) {
    return accounts().filter(it -> binding.account().equals("account-" + it.name())).findFirst();
  }

  Stream<Account> accounts() {
    return now().entries().values().stream().map(Entry::account).distinct();
  }

  /** What a process sees of them, {@code requests} being around each account. */
  IssuerDirectory seenThrough(Lag lag, Function<Account, Issuer> requests) {
    return new IssuerDirectory() {
      @Override
      public IssuerView view(String namespace, IssuerRef ref) {
        return view(Optional.ofNullable(at(lag.visible()).entries().get(ref.name())));
      }

      @Override
      public IssuerView view(IssuerBinding binding) {
        return view(find(binding));
      }

      @Override
      public Optional<Issuer> open(IssuerBinding binding) {
        return find(binding).filter(Entry::usable).map(it -> requests.apply(it.account()));
      }

      private Optional<Entry> find(IssuerBinding binding) {
        return at(lag.visible()).entries().values().stream()
            .filter(it -> it.binding().isSameAccountAs(binding))
            .findFirst();
      }

      private IssuerView view(Optional<Entry> entry) {
        return entry
            .map(it ->
                it.usable()
                    ? new IssuerView.Usable(it.binding(), it.account().capabilities())
                    : new IssuerView.Unusable(Reason.IssuerInvalid, "The issuer is broken."))
            .orElseGet(
                () -> new IssuerView.Unusable(Reason.IssuerChanged, "The issuer is another one."));
      }
    };
  }

  // what is true

  private Optional<Account.TrueKey> key(String value) {
    return accounts().flatMap(it -> it.of(value).stream()).findFirst();
  }

  @Override
  public List<Account.TrueKey> alive() {
    return accounts().flatMap(it -> it.alive().stream()).toList();
  }

  /** Every key that an issuer still has, whether or not it works. */
  List<Account.TrueKey> there() {
    return accounts().flatMap(it -> it.there().stream()).toList();
  }

  @Override
  public Optional<Instant> deleteAsked(String value) {
    return key(value).flatMap(Account.TrueKey::deleteAsked);
  }

  @Override
  public Optional<Instant> lastAccepted(String value) {
    return key(value).flatMap(Account.TrueKey::acceptedAt);
  }

  @Override
  public int acceptedInARow(String value) {
    return key(value).map(Account.TrueKey::inARow).orElse(0);
  }

  /** Somebody deletes a key by hand. */
  void deleteByHand(Account.TrueKey key) {
    accounts().filter(it -> it.of(key.value()).isPresent()).forEach(it -> it.deleteByHand(key));
  }

  /** Whether the issuer of this key can verify. */
  boolean verifies(String value) {
    return accounts()
        .filter(it -> it.of(value).isPresent())
        .anyMatch(it -> it.capabilities().verifies());
  }

  /** When a key stops working by its issuer's rules, where they say so. */
  Optional<Instant> expiryOf(String value) {
    return key(value)
        .flatMap(key ->
            accounts()
                .filter(it -> it.name().equals(key.account()))
                .findFirst()
                .flatMap(it -> it.capabilities().maxAge())
                .map(key.issuedAt()::plus));
  }

  /** The key of this value, alive or not. */
  Optional<Account.TrueKey> keyOf(String value) {
    return key(value);
  }
}
