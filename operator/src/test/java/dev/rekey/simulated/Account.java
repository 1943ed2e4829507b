package dev.rekey.simulated;

import dev.rekey.issuer.Issuer;
import dev.rekey.issuer.MintRequest;
import dev.rekey.rotation.Capabilities;
import dev.rekey.rotation.DeleteResult;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Listing;
import dev.rekey.rotation.MintResult;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.SecretText;
import dev.rekey.rotation.Tracing;
import dev.rekey.rotation.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * One account at an issuer, with the weaknesses that were drawn for it: slow lists and deletes, ids
 * that are used again, a quota, and, while faults are about, answers of every unpleasant kind.
 */
final class Account implements Issuer {
  /** What every value begins with: wherever it is told, somebody has told a secret. */
  static final String VALUE = "sk-simulated-";

  private final String name;
  private final SimulatedClock clock;
  private final Capabilities capabilities;
  private final Weaknesses weak;
  private final Faults faults;
  private final List<TrueKey> keys = new ArrayList<>();
  private final Map<String, TrueKey> byLabel = new HashMap<>();
  private final TreeSet<Integer> freed = new TreeSet<>();
  private int ids;
  private int values;

  /**
   * What an issuer is slow or careless about.
   *
   * @param listLag lists show the keys as they were this long ago
   * @param deleteLag a deleted key works on for this long
   * @param acceptLag a new key is rejected for this long
   * @param dates whether lists say when a key was issued
   */
  record Weaknesses(Duration listLag, Duration deleteLag, Duration acceptLag, boolean dates) {}

  /** A key as the account knows it. */
  final class TrueKey implements Accounts.TrueKey {
    private final String id;
    private final String label;
    private final String asked;
    private final String value;
    private final boolean ours;
    private Instant issuedAt;
    private Optional<Instant> deletedAt = Optional.empty();
    private Optional<Instant> deleteAsked = Optional.empty();
    private Optional<Instant> acceptedAt = Optional.empty();
    private int inARow;
    private boolean dud;

    private TrueKey(
        String id, String label, String asked, String value, boolean ours, Instant issuedAt) {
      this.id = id;
      this.label = label;
      this.asked = asked;
      this.value = value;
      this.ours = ours;
      this.issuedAt = issuedAt;
    }

    @Override
    public String id() {
      return id;
    }

    @Override
    public String label() {
      return label;
    }

    @Override
    public String value() {
      return value;
    }

    @Override
    public boolean ours() {
      return ours;
    }

    @Override
    public String account() {
      return name;
    }

    @Override
    public String toString() {
      return "key " + id + " of " + name + ", asked for as " + asked + " at " + issuedAt;
    }

    /** The label that it was asked for with, whether or not the account shows it. */
    String asked() {
      return asked;
    }

    Instant issuedAt() {
      return issuedAt;
    }

    Optional<Instant> deleteAsked() {
      return deleteAsked;
    }

    Optional<Instant> acceptedAt() {
      return acceptedAt;
    }

    int inARow() {
      return inARow;
    }

    private Optional<Instant> expiresAt() {
      return capabilities.maxAge().map(issuedAt::plus);
    }

    private boolean isThere(Instant at) {
      return !issuedAt.isAfter(at) && deletedAt.map(it -> it.isAfter(at)).orElse(true);
    }

    private boolean works(Instant now) {
      return !issuedAt.isAfter(now)
          && deletedAt.map(it -> it.plus(weak.deleteLag()).isAfter(now)).orElse(true)
          && expiresAt().map(it -> it.isAfter(now)).orElse(true);
    }
  }

  Account(
      String name,
      SimulatedClock clock,
      Capabilities capabilities,
      Weaknesses weak,
      Faults faults) {
    this.name = name;
    this.clock = clock;
    this.capabilities = capabilities;
    this.weak = weak;
    this.faults = faults;
  }

  String name() {
    return name;
  }

  @Override
  public Capabilities capabilities() {
    return capabilities;
  }

  @Override
  public MintResult mint(MintRequest request) {
    var again =
        capabilities.tracing() == Tracing.IDEMPOTENT
            ? Optional.ofNullable(byLabel.get(request.label()))
            : Optional.<TrueKey>empty();
    // a request that is repeated overtakes the one that is still on its way
    again
        .filter(it -> it.issuedAt.isAfter(clock.instant()))
        .ifPresent(it -> it.issuedAt = clock.instant());
    var answer = faults.answer(Effect.Kind.MINT);
    switch (answer) {
      case THROTTLED, REFUSED -> {
        return new MintResult.Refused(faults.fault(answer));
      }
      case FAILED -> {
        return new MintResult.Unclear(faults.fault(answer));
      }
      case TIMED_OUT -> {
        // the request arrives all the same, a little later
        make(request.label(), clock.instant().plusSeconds(faults.late()), again);
        return new MintResult.Unclear(faults.fault(answer));
      }
      case DUPLICATED -> {
        make(request.label(), clock.instant(), again);
        if (capabilities.tracing() != Tracing.IDEMPOTENT) {
          make(request.label(), clock.instant(), again);
        }
        return new MintResult.Unclear(faults.fault(answer));
      }
      case FINE -> {}
    }
    if (again.isEmpty() && isFull()) {
      return new MintResult.Refused(
          Fault.of(Reason.QuotaReached, "The account has no room for one more key."));
    }
    var key = make(request.label(), clock.instant(), again);
    key.dud |= again.isEmpty() && capabilities.verifies() && faults.dud();
    return new MintResult.Minted(
        key.id,
        Map.of("value", SecretText.of(key.value)),
        Optional.of(key.issuedAt),
        key.expiresAt());
  }

  private boolean isFull() {
    return capabilities.quota().isPresent()
        && there(clock.instant()).size() >= capabilities.quota().getAsInt();
  }

  private TrueKey make(String label, Instant at, Optional<TrueKey> again) {
    if (again.isPresent()) {
      return again.get();
    }
    var key = add(label, true, at);
    byLabel.put(label, key);
    return key;
  }

  private TrueKey add(String label, boolean ours, Instant at) {
    int id;
    if (capabilities.reusesIds() && !freed.isEmpty()) {
      id = freed.removeFirst();
    } else {
      id = ++ids;
    }
    var shown = ours && capabilities.tracing() == Tracing.COUNTABLE ? "" : label;
    var key =
        new TrueKey(
            Integer.toString(id),
            shown,
            label,
            VALUE + name + "-%05d".formatted(++values),
            ours,
            at);
    keys.add(key);
    return key;
  }

  @Override
  public Verdict verify(Key key) {
    var answer = faults.answer(Effect.Kind.VERIFY);
    if (answer != Faults.Answer.FINE) {
      return new Verdict.Unknown(faults.fault(answer));
    }
    var now = clock.instant();
    var value = Optional.ofNullable(key.fields().get("value")).map(SecretText::reveal);
    var found = keys.stream().filter(it -> value.equals(Optional.of(it.value))).findFirst();
    boolean accepted =
        found
            .map(it -> it.works(now) && !it.dud && !it.issuedAt.plus(weak.acceptLag()).isAfter(now))
            .orElse(false);
    found.ifPresent(it -> {
      it.inARow = accepted ? it.inARow + 1 : 0;
      it.acceptedAt = accepted ? Optional.of(now) : it.acceptedAt;
    });
    return accepted ? new Verdict.Accepted() : new Verdict.Rejected();
  }

  @Override
  public Listing list() {
    var answer = faults.answer(Effect.Kind.LIST);
    boolean cut = answer == Faults.Answer.DUPLICATED;
    if ((answer != Faults.Answer.FINE && !cut) || !capabilities.lists()) {
      return new Listing.Failed(faults.fault(answer));
    }
    var all = there(clock.instant().minus(weak.listLag()));
    var newest = cut ? newest(all) : Optional.<TrueKey>empty();
    return new Listing.Listed(
        all.stream()
            .filter(it -> !newest.equals(Optional.of(it)))
            .map(it ->
                new Listing.ListedKey(
                    it.id,
                    it.label,
                    Optional.of(it.issuedAt).filter(at -> weak.dates()),
                    it.expiresAt()))
            .toList(),
        !cut);
  }

  /**
   * What a list that ends too early does not show: the newest key, which is the one that is
   * searched for. One that was asked to be deleted is shown: if the answer to that was a lie,
   * nobody could ever find out.
   */
  private static Optional<TrueKey> newest(List<TrueKey> all) {
    return all.stream()
        .filter(it -> it.deleteAsked.isEmpty())
        .max(Comparator.comparing(TrueKey::issuedAt));
  }

  @Override
  public DeleteResult delete(Key key) {
    var now = clock.instant();
    var found = there(now).stream().filter(it -> key.id().equals(Optional.of(it.id))).findFirst();
    // asked is asked, whatever is answered
    found.ifPresent(it -> it.deleteAsked = it.deleteAsked.or(() -> Optional.of(now)));
    var answer = faults.answer(Effect.Kind.DELETE);
    return switch (answer) {
      case THROTTLED, REFUSED, FAILED -> new DeleteResult.Failed(faults.fault(answer));
      case TIMED_OUT -> {
        found.ifPresent(it -> remove(it, now));
        yield new DeleteResult.Failed(faults.fault(answer));
      }
      // answered as if done; where nobody can verify, nobody could ever find out
      case DUPLICATED, FINE -> {
        boolean known =
            found.map(it -> it.issuedAt.plus(weak.acceptLag()).isBefore(now)).orElse(false);
        if (answer == Faults.Answer.DUPLICATED
            && capabilities.verifies()
            && known
            && !found.get().dud) {
          yield new DeleteResult.Deleted();
        }
        found.ifPresent(it -> remove(it, now));
        yield found.isPresent() ? new DeleteResult.Deleted() : new DeleteResult.Gone();
      }
    };
  }

  private void remove(TrueKey key, Instant now) {
    key.deletedAt = Optional.of(now);
    freed.add(Integer.parseInt(key.id));
  }

  // what people and other teams do

  /** Somebody makes a key by hand. */
  TrueKey makeByHand(String label) {
    return add(label, false, clock.instant());
  }

  /** Somebody deletes a key by hand. */
  void deleteByHand(TrueKey key) {
    remove(key, clock.instant());
  }

  // what is true

  /** Whether its lists say when a key was issued. */
  boolean dates() {
    return weak.dates();
  }

  /** The keys that an id could mean now. */
  List<TrueKey> there(Instant at) {
    return keys.stream().filter(it -> it.isThere(at)).toList();
  }

  /** The keys that are there now. */
  List<TrueKey> there() {
    return there(clock.instant());
  }

  /** The keys that work now. */
  List<TrueKey> alive() {
    var now = clock.instant();
    return keys.stream().filter(it -> it.works(now) && it.deletedAt.isEmpty()).toList();
  }

  /** The key of this value, alive or not. */
  Optional<TrueKey> of(String value) {
    return keys.stream().filter(it -> it.value.equals(value)).findFirst();
  }

  /** Every key there ever was. */
  List<TrueKey> all() {
    return List.copyOf(keys);
  }
}
