package dev.rekey.issuer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.rotation.Listing;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class FakeIssuerTest extends IssuerContract {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private final AtomicReference<Instant> now = new AtomicReference<>(NOON);
  private final FakeIssuer fake = new FakeIssuer(now::get);

  @Override
  protected Issuer issuer() {
    return fake;
  }

  @Override
  protected void next(Trick trick) {
    fake.next(trick);
  }

  @Test
  void listCanLag() {
    fake.seed("old", NOON.minus(Duration.ofDays(90)));
    fake.listLag(Duration.ofSeconds(10));
    fake.mint(request("rk-1"));

    assertThat(labels()).containsExactly("old");
    now.set(NOON.plusSeconds(10));
    assertThat(labels()).containsExactly("old", "rk-1");
  }

  @Test
  void keysExpire() {
    FakeIssuer.FakeKey key = fake.seed("old", NOON.minus(Duration.ofDays(179)));

    assertThat(fake.liveKeys()).containsExactly(key);
    now.set(NOON.plus(Duration.ofDays(1)));
    assertThat(fake.liveKeys()).isEmpty();
  }

  @Test
  void tricksArePlayedInOrderAndCallsAreKept() {
    fake.next(Trick.MINT_REFUSED, Trick.MINT_ANSWER_LOST);
    fake.mint(request("rk-1"));
    fake.mint(request("rk-2"));
    fake.mint(request("rk-3"));

    assertThat(fake.liveKeys())
        .extracting(FakeIssuer.FakeKey::label)
        .containsExactly("rk-2", "rk-3");
    assertThat(fake.calls()).containsExactly("mint rk-1", "mint rk-2", "mint rk-3");
  }

  private Iterable<String> labels() {
    Listing listing = fake.list();
    assertThat(listing).isInstanceOf(Listing.Listed.class);
    return ((Listing.Listed) listing).keys().stream().map(Listing.ListedKey::label).toList();
  }
}
