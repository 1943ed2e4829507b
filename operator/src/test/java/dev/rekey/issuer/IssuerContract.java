package dev.rekey.issuer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.rekey.rotation.Checks;
import dev.rekey.rotation.DeleteResult;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.IssuerBinding;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Listing;
import dev.rekey.rotation.MintResult;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.SecretText;
import dev.rekey.rotation.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What every type of issuer has to do, whatever it talks to. */
public abstract class IssuerContract {
  private static final IssuerBinding BINDING =
      new IssuerBinding("KeyIssuer", "payments", "till", "u-1", "a-1");

  /** The issuer, on an account without keys. */
  protected abstract Issuer issuer();

  /** Has the service play this trick on the next request that it is about. */
  protected abstract void next(Trick trick);

  @Test
  void mintedKeyIsNewLabelledAndDated() {
    MintResult.Minted first = mint("rk-1");
    MintResult.Minted second = mint("rk-2");

    assertThat(first.id()).isNotEmpty().isNotEqualTo(second.id());
    assertThat(value(first)).isNotEqualTo(value(second));
    assertThat(first.issuedAt()).isPresent();
    assertThat(first.expiresAt()).isPresent();
    assertThat(Duration.between(first.issuedAt().get(), first.expiresAt().get()))
        .isEqualTo(Duration.ofDays(180));
  }

  @Test
  void listShowsEveryKeyWithItsLabelAndDates() {
    assertThat(list().keys()).isEmpty();
    MintResult.Minted first = mint("rk-1");
    mint("rk-2");

    assertThat(list().complete()).isTrue();
    assertThat(list().keys()).extracting(Listing.ListedKey::label).containsExactly("rk-1", "rk-2");
    assertThat(list().keys().getFirst())
        .isEqualTo(new Listing.ListedKey(first.id(), "rk-1", first.issuedAt(), first.expiresAt()));
  }

  @Test
  void keyIsAcceptedUntilItIsDeleted() {
    Key key = key(mint("rk-1"));

    assertThat(issuer().verify(key)).isInstanceOf(Verdict.Accepted.class);
    assertThat(issuer().delete(key)).isInstanceOf(DeleteResult.Deleted.class);
    assertThat(issuer().verify(key)).isInstanceOf(Verdict.Rejected.class);
    assertThat(list().keys()).isEmpty();
  }

  @Test
  void deleteMayBeRepeated() {
    Key key = key(mint("rk-1"));
    mint("rk-2");

    assertThat(issuer().delete(key)).isInstanceOf(DeleteResult.Deleted.class);
    assertThat(issuer().delete(key)).isInstanceOf(DeleteResult.Gone.class);
    assertThat(list().keys()).extracting(Listing.ListedKey::label).containsExactly("rk-2");
  }

  @Test
  void keyThatNobodyMintedIsRejectedAndGone() {
    mint("rk-1");
    Key stranger = key("no/such?key", SecretText.of("a-value-that-nobody-minted"), "rk-9");

    assertThat(issuer().verify(stranger)).isInstanceOf(Verdict.Rejected.class);
    assertThat(issuer().delete(stranger)).isInstanceOf(DeleteResult.Gone.class);
    assertThat(list().keys()).hasSize(1);
  }

  @Test
  void lostAnswerIsUnclearAndTheKeyIsFoundByItsLabel() {
    next(Trick.MINT_ANSWER_LOST);

    MintResult result = issuer().mint(request("rk-1"));

    assertThat(fault(result).reason()).isEqualTo(Reason.IssuerUnreachable);
    assertThat(result).isInstanceOf(MintResult.Unclear.class);
    assertThat(list().keys()).extracting(Listing.ListedKey::label).containsExactly("rk-1");
  }

  @Test
  void refusalIsDefinite() {
    next(Trick.MINT_REFUSED);

    MintResult result = issuer().mint(request("rk-1"));

    assertThat(result).isInstanceOf(MintResult.Refused.class);
    assertThat(fault(result).reason()).isEqualTo(Reason.RequestRefused);
    assertThat(list().keys()).isEmpty();
    assertThat(issuer().mint(request("rk-1"))).isInstanceOf(MintResult.Minted.class);
  }

  @Test
  void whoIsNotLetInHasAskedForNothingAndMayAskAgain() {
    next(Trick.MINT_NOT_LET_IN);

    MintResult result = issuer().mint(request("rk-1"));

    assertThat(result).isInstanceOf(MintResult.Refused.class);
    assertThat(fault(result).reason()).isIn(Reason.CredentialRefused, Reason.NoUsableKey);
    assertThat(list().keys()).isEmpty();
    assertThat(issuer().mint(request("rk-2"))).isInstanceOf(MintResult.Minted.class);
  }

  @Test
  void listThatIsRefusedOnceIsThereTheNextTime() {
    mint("rk-1");
    next(Trick.LIST_NOT_LET_IN);

    if (issuer().list() instanceof Listing.Failed(Fault fault)) {
      assertThat(fault.reason()).isIn(Reason.CredentialRefused, Reason.NoUsableKey);
    }
    assertThat(list().keys()).hasSize(1);
  }

  @Test
  void throttlingIsDefiniteAndSaysHowLong() {
    next(Trick.MINT_THROTTLED);

    MintResult result = issuer().mint(request("rk-1"));

    assertThat(result).isInstanceOf(MintResult.Refused.class);
    assertThat(fault(result).reason()).isEqualTo(Reason.IssuerThrottled);
    assertThat(fault(result).retryAfter()).contains(Duration.ofSeconds(30));
    assertThat(list().keys()).isEmpty();
  }

  @Test
  void failedMintIsUnclear() {
    next(Trick.MINT_UNCLEAR);

    MintResult result = issuer().mint(request("rk-1"));

    assertThat(result).isInstanceOf(MintResult.Unclear.class);
    assertThat(fault(result).reason()).isEqualTo(Reason.IssuerFailed);
  }

  @Test
  void verdictIsWhatTheIssuerSays() {
    Key key = key(mint("rk-1"));

    next(Trick.VERIFY_REJECTED);
    assertThat(issuer().verify(key)).isInstanceOf(Verdict.Rejected.class);
    next(Trick.VERIFY_UNKNOWN);
    assertThat(issuer().verify(key))
        .asInstanceOf(type(Verdict.Unknown.class))
        .satisfies(it -> assertThat(it.fault().reason()).isEqualTo(Reason.IssuerFailed));
    assertThat(issuer().verify(key)).isInstanceOf(Verdict.Accepted.class);
  }

  @Test
  void ignoredDeleteShows() {
    Key key = key(mint("rk-1"));
    next(Trick.DELETE_IGNORED);

    assertThat(issuer().delete(key)).isInstanceOf(DeleteResult.Deleted.class);
    assertThat(issuer().verify(key)).isInstanceOf(Verdict.Accepted.class);
    assertThat(list().keys()).hasSize(1);
  }

  @Test
  void deleteWithoutAnswerMayBeRepeated() {
    Key key = key(mint("rk-1"));

    next(Trick.DELETE_FAILS);
    assertThat(issuer().delete(key)).isInstanceOf(DeleteResult.Failed.class);
    assertThat(issuer().verify(key)).isInstanceOf(Verdict.Accepted.class);
    next(Trick.DELETE_ANSWER_LOST);
    assertThat(issuer().delete(key)).isInstanceOf(DeleteResult.Failed.class);
    assertThat(issuer().delete(key)).isInstanceOf(DeleteResult.Gone.class);
  }

  @Test
  void listThatFailsIsNoList() {
    mint("rk-1");
    next(Trick.LIST_FAILS);

    assertThat(issuer().list())
        .asInstanceOf(type(Listing.Failed.class))
        .satisfies(it -> assertThat(it.fault().reason()).isEqualTo(Reason.IssuerFailed));
    assertThat(list().keys()).hasSize(1);
  }

  @Test
  void nothingPrintsAValue() {
    MintResult.Minted minted = mint("rk-1");
    Key key = key(minted);
    List<Object> results = List.of(minted, key, issuer().verify(key), list(), issuer());

    assertThat(results.toString()).doesNotContain(value(minted).reveal());
  }

  /** A request for a key of this label. */
  protected static MintRequest request(String label) {
    return new MintRequest("attempt-of-" + label, label, "payments", "till");
  }

  /** The key as a ledger would hold it. */
  protected static Key key(MintResult.Minted minted) {
    return key(minted.id(), value(minted), "rk-1");
  }

  /** A key that is in use, of which the service tells nobody. */
  protected static Key inUse(SecretText value) {
    return new Key(
        "in-use",
        Optional.of("in-use"),
        Role.CURRENT,
        Map.of("value", value),
        value.hint(),
        Instant.parse("2026-03-01T12:00:00Z"),
        Optional.empty(),
        Optional.empty(),
        BINDING,
        OptionalInt.of(1),
        Checks.NONE);
  }

  /** A key as a ledger would hold it. */
  protected static Key key(@Nullable String id, SecretText value, String label) {
    return new Key(
        "attempt-1",
        Optional.ofNullable(id),
        Role.CONDEMNED,
        Map.of("value", value),
        value.hint(),
        Instant.parse("2026-03-01T12:00:00Z"),
        Optional.empty(),
        Optional.of(label),
        BINDING,
        OptionalInt.empty(),
        Checks.NONE);
  }

  /** The value of a key that is there. */
  protected static SecretText value(MintResult.Minted minted) {
    return Objects.requireNonNull(minted.fields().get("value"));
  }

  /** The fault of a mint that did not succeed. */
  protected static Fault fault(MintResult result) {
    return switch (result) {
      case MintResult.Refused(Fault fault) -> fault;
      case MintResult.Unclear(Fault fault) -> fault;
      case MintResult.Minted minted -> throw new AssertionError("minted " + minted);
      case MintResult.Awaiting asked -> throw new AssertionError("asked for " + asked);
    };
  }

  private MintResult.Minted mint(String label) {
    MintResult result = issuer().mint(request(label));
    assertThat(result).isInstanceOf(MintResult.Minted.class);
    return (MintResult.Minted) result;
  }

  private Listing.Listed list() {
    Listing listing = issuer().list();
    assertThat(listing).isInstanceOf(Listing.Listed.class);
    return (Listing.Listed) listing;
  }
}
