package dev.rekey.issuer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.cluster.RecentSecrets;
import dev.rekey.cluster.Secrets;
import dev.rekey.issuer.CredentialSource.Credential;
import dev.rekey.rotation.SecretText;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A credential is read once for a rotation, and again as soon as that may not be it any more. */
class SecretCredentialTest {
  private final Stored stored = new Stored();
  private Instant now = Instant.parse("2026-03-01T10:00:00Z");
  private final RecentSecrets secrets = new RecentSecrets(stored, () -> now, CachedIssuers.LATELY);
  private final CredentialSource credential =
      new SecretCredential(secrets, "payments", "messaging-admin", Optional.of("token"));

  @Test
  void isReadOnceForARotation() {
    stored.put("token", "one");
    assertThat(credential.read()).isEqualTo(found("one"));
    stored.put("token", "two");
    now = now.plus(Duration.ofMinutes(10));

    assertThat(credential.read()).isEqualTo(found("one"));
    assertThat(stored.reads).isEqualTo(1);
  }

  @Test
  void isReadAgainForTheNextOne() {
    stored.put("token", "one");
    credential.read();
    stored.put("token", "two");
    now = now.plus(Duration.ofHours(1));

    assertThat(credential.read()).isEqualTo(found("two"));
  }

  @Test
  void isReadAgainWhenItIsRefused() {
    stored.put("token", "one");
    credential.read();
    stored.put("token", "two");

    assertThat(credential.readAgain()).isEqualTo(found("two"));
    assertThat(credential.read()).isEqualTo(found("two"));
  }

  @Test
  void whatIsMissingIsLookedForEachTime() {
    assertThat(credential.read()).isInstanceOf(Credential.Missing.class);
    stored.put("password", "one");
    assertThat(credential.read()).isInstanceOf(Credential.Missing.class);
    stored.put("token", "one");

    assertThat(credential.read()).isEqualTo(found("one"));
  }

  private static Credential found(String text) {
    return new Credential.Found(SecretText.of(text));
  }

  private static final class Stored implements Secrets {
    private Optional<Secret> secret = Optional.empty();
    private int reads;

    private void put(String key, String text) {
      var value = Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
      secret = Optional.of(new SecretBuilder().withData(Map.of(key, value)).build());
    }

    @Override
    public Optional<Secret> get(String namespace, String name) {
      reads++;
      return secret;
    }

    @Override
    public List<Secret> list(String namespace, String label) {
      throw new AssertionError("nothing is listed here");
    }

    @Override
    public Secret create(Secret made) {
      throw new AssertionError("nothing is made here");
    }

    @Override
    public Secret replace(Secret made) {
      throw new AssertionError("nothing is replaced here");
    }
  }
}
