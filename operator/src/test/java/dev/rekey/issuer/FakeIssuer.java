package dev.rekey.issuer;

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
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An issuer in memory that does as it is told, the same every time: ids and values are counted,
 * time is the clock's, and each {@link Trick} is played on one request. Keys live for 180 days.
 */
public final class FakeIssuer implements Issuer {
  private static final Duration LIFE = Duration.ofDays(180);

  private final InstantSource clock;
  private final List<FakeKey> keys = new ArrayList<>();
  private final List<String> calls = new ArrayList<>();
  private final Map<String, FakeKey> answered = new HashMap<>();
  private final Deque<Trick> tricks = new ArrayDeque<>();
  private Capabilities capabilities =
      Capabilities.labelled(true, Optional.of(LIFE), OptionalInt.empty(), Duration.ofSeconds(10));
  private Duration listLag = Duration.ZERO;
  private boolean listComplete = true;

  /** A key as the issuer knows it. */
  public static final class FakeKey {
    private final String id;
    private final String label;
    private final SecretText value;
    private final Instant issuedAt;
    private @Nullable Instant deletedAt;

    private FakeKey(String id, String label, SecretText value, Instant issuedAt) {
      this.id = id;
      this.label = label;
      this.value = value;
      this.issuedAt = issuedAt;
    }

    /** The issuer's id. */
    public String id() {
      return id;
    }

    /** The label it was made with. */
    public String label() {
      return label;
    }

    /** The value. */
    public SecretText value() {
      return value;
    }

    /** When it was made. */
    public Instant issuedAt() {
      return issuedAt;
    }

    /** When it stops working. */
    public Instant expiresAt() {
      return issuedAt.plus(LIFE);
    }

    private boolean existsAt(Instant instant) {
      return !issuedAt.isAfter(instant) && (deletedAt == null || deletedAt.isAfter(instant));
    }

    @Override
    public String toString() {
      return "key " + id + " (" + label + ")";
    }
  }

  /** An issuer without keys. */
  public FakeIssuer(InstantSource clock) {
    this.clock = clock;
  }

  /** The next request that the trick is about goes that way; several are played in this order. */
  public synchronized void next(Trick... more) {
    tricks.addAll(List.of(more));
  }

  /** What the issuer says of itself from now on. */
  public synchronized void can(Capabilities other) {
    capabilities = other;
  }

  /** Lists show the keys as they were this long ago. */
  public synchronized void listLag(Duration lag) {
    listLag = lag;
  }

  /** Whether lists say of themselves that they are complete. */
  public synchronized void listComplete(boolean complete) {
    listComplete = complete;
  }

  /** A key that somebody made by hand. */
  public synchronized FakeKey seed(String label, Instant issuedAt) {
    return add(label, issuedAt);
  }

  /** Somebody deletes a key by hand. */
  public synchronized void deleteByHand(String id) {
    find(id).ifPresent(it -> it.deletedAt = clock.instant());
  }

  /** The keys that work now. */
  public synchronized List<FakeKey> liveKeys() {
    return keys.stream().filter(this::works).toList();
  }

  /** Every request so far, as {@code delete 2}. */
  public synchronized List<String> calls() {
    return List.copyOf(calls);
  }

  @Override
  public synchronized Capabilities capabilities() {
    return capabilities;
  }

  @Override
  public synchronized MintResult mint(MintRequest request) {
    calls.add("mint " + request.label());
    return switch (play(
        Trick.MINT_REFUSED,
        Trick.MINT_THROTTLED,
        Trick.MINT_UNCLEAR,
        Trick.MINT_ANSWER_LOST,
        Trick.MINT_NOT_LET_IN)) {
      case MINT_NOT_LET_IN -> new MintResult.Refused(notLetIn());
      case MINT_REFUSED ->
          new MintResult.Refused(Fault.of(Reason.RequestRefused, "The fake issuer refuses."));
      case MINT_THROTTLED ->
          new MintResult.Refused(
              new Fault(
                  Reason.IssuerThrottled,
                  "The fake issuer is busy.",
                  Optional.of(Duration.ofSeconds(30))));
      case MINT_UNCLEAR ->
          new MintResult.Unclear(Fault.of(Reason.IssuerFailed, "The fake issuer failed."));
      case MINT_ANSWER_LOST -> {
        asked(request);
        yield new MintResult.Unclear(lost());
      }
      case null, default -> {
        FakeKey key = asked(request);
        yield new MintResult.Minted(
            key.id(),
            Map.of("value", key.value()),
            Optional.of(key.issuedAt()),
            Optional.of(key.expiresAt()));
      }
    };
  }

  @Override
  public synchronized Verdict verify(Key key) {
    calls.add("verify " + key.id().orElse("?"));
    return switch (play(Trick.VERIFY_REJECTED, Trick.VERIFY_UNKNOWN)) {
      case VERIFY_REJECTED -> new Verdict.Rejected();
      case VERIFY_UNKNOWN ->
          new Verdict.Unknown(Fault.of(Reason.IssuerFailed, "The fake issuer failed."));
      case null, default ->
          keys.stream().filter(this::works).anyMatch(it -> key.fields().containsValue(it.value()))
              ? new Verdict.Accepted()
              : new Verdict.Rejected();
    };
  }

  @Override
  public synchronized Listing list() {
    calls.add("list");
    Trick trick = play(Trick.LIST_FAILS, Trick.LIST_NOT_LET_IN);
    if (trick != null) {
      return trick == Trick.LIST_NOT_LET_IN
          ? new Listing.Failed(notLetIn())
          : new Listing.Failed(Fault.of(Reason.IssuerFailed, "The fake issuer failed."));
    }
    Instant asOf = clock.instant().minus(listLag);
    return new Listing.Listed(
        keys.stream()
            .filter(it -> it.existsAt(asOf))
            .map(it ->
                new Listing.ListedKey(
                    it.id(),
                    capabilities.tracing() == Tracing.LABELLED ? it.label() : "",
                    Optional.of(it.issuedAt()),
                    Optional.of(it.expiresAt())))
            .toList(),
        listComplete);
  }

  @Override
  public synchronized DeleteResult delete(Key key) {
    String id = key.id().orElse("?");
    calls.add("delete " + id);
    return switch (play(Trick.DELETE_FAILS, Trick.DELETE_IGNORED, Trick.DELETE_ANSWER_LOST)) {
      case DELETE_FAILS ->
          new DeleteResult.Failed(Fault.of(Reason.IssuerFailed, "The fake issuer failed."));
      case DELETE_IGNORED -> new DeleteResult.Deleted();
      case DELETE_ANSWER_LOST -> {
        deleteByHand(id);
        yield new DeleteResult.Failed(lost());
      }
      case null, default -> {
        if (find(id).isEmpty()) {
          yield new DeleteResult.Gone();
        }
        deleteByHand(id);
        yield new DeleteResult.Deleted();
      }
    };
  }

  /** One that is idempotent answers a request that it knows with the same key. */
  private FakeKey asked(MintRequest request) {
    return capabilities.tracing() == Tracing.IDEMPOTENT
        ? answered.computeIfAbsent(
            request.idempotencyKey(), any -> add(request.label(), clock.instant()))
        : add(request.label(), clock.instant());
  }

  private FakeKey add(String label, Instant issuedAt) {
    int number = keys.size() + 1;
    FakeKey key =
        new FakeKey(
            freeId().orElseGet(() -> Integer.toString(number)),
            label,
            SecretText.of("fake-secret-value-%05d".formatted(number)),
            issuedAt);
    keys.add(key);
    return key;
  }

  /** The id that was given back last, where ids are given again. */
  private Optional<String> freeId() {
    return capabilities.reusesIds()
        ? keys.reversed().stream().map(FakeKey::id).filter(id -> find(id).isEmpty()).findFirst()
        : Optional.empty();
  }

  private Optional<FakeKey> find(String id) {
    return keys.stream()
        .filter(it -> it.id().equals(id) && it.existsAt(clock.instant()))
        .findFirst();
  }

  private boolean works(FakeKey key) {
    Instant now = clock.instant();
    return key.existsAt(now) && now.isBefore(key.expiresAt());
  }

  private @Nullable Trick play(Trick... fitting) {
    Trick first = tricks.peek();
    return first != null && Set.of(fitting).contains(first) ? tricks.poll() : null;
  }

  private static Fault notLetIn() {
    return Fault.of(Reason.CredentialRefused, "The fake issuer does not know who asks.");
  }

  private static Fault lost() {
    return Fault.of(Reason.IssuerUnreachable, "The fake issuer's answer was lost.");
  }
}
