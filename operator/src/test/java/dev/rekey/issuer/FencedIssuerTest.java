package dev.rekey.issuer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekey.cluster.ClusterException;
import dev.rekey.cluster.Fence;
import dev.rekey.issuer.CredentialSource.Credential;
import dev.rekey.rotation.Checks;
import dev.rekey.rotation.IssuerBinding;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Listing;
import dev.rekey.rotation.MintResult;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.SecretText;
import dev.rekey.rotation.Verdict;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Whoever has lost the lease asks no issuer to mint or to delete. */
class FencedIssuerTest {
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

  private final AtomicBoolean leads = new AtomicBoolean(true);
  private final Fence fence = new Fence(leads::get);
  private final FakeIssuer fake = new FakeIssuer(InstantSource.system());
  private final Issuer issuer = new FencedIssuer(fake, fence);
  private final MintRequest request = new MintRequest("a-1", "rk-a-1", "payments", "till");

  @Test
  void nothingIsMintedOrDeletedOnceTheLeaseIsLost() {
    var key = key((MintResult.Minted) issuer.mint(request));
    leads.set(false);

    assertThatThrownBy(() -> issuer.mint(request)).isInstanceOf(ClusterException.LeaseLost.class);
    assertThatThrownBy(() -> issuer.delete(key)).isInstanceOf(ClusterException.LeaseLost.class);

    assertThat(issuer.list())
        .isInstanceOfSatisfying(
            Listing.Listed.class, it -> assertThat(it.keys()).as("keys there").hasSize(1));
    assertThat(issuer.verify(key)).isInstanceOf(Verdict.Accepted.class);
  }

  @Test
  void aCredentialThatTookTooLongToReadGoesNowhere() {
    CredentialSource slow =
        () -> {
          leads.set(false); // held up while it was read
          return new Credential.Found(SecretText.of("admin"));
        };

    assertThatThrownBy(new FencedCredential(slow, fence)::read)
        .isInstanceOf(ClusterException.LeaseLost.class)
        .hasMessageNotContaining("admin");
  }

  private static Key key(MintResult.Minted minted) {
    return new Key(
        "a-1",
        Optional.of(minted.id()),
        Role.CONDEMNED,
        minted.fields(),
        "a hint",
        NOW,
        Optional.empty(),
        Optional.of("rk-a-1"),
        new IssuerBinding("KeyIssuer", "payments", "messaging", "uid", "account"),
        OptionalInt.empty(),
        Checks.NONE);
  }
}
