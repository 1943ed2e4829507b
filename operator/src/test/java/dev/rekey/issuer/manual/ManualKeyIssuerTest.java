package dev.rekey.issuer.manual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rekey.api.v1alpha1.KeyBearer;
import dev.rekey.api.v1alpha1.KeyIssuerSpec;
import dev.rekey.api.v1alpha1.ManualIssuer;
import dev.rekey.api.v1alpha1.VerifyAuth;
import dev.rekey.api.v1alpha1.VerifyRequest;
import dev.rekey.config.IssuerAddresses;
import dev.rekey.config.IssuerProxy;
import dev.rekey.config.Settings;
import dev.rekey.issuer.IssuerProblem;
import dev.rekey.issuer.MintRequest;
import dev.rekey.issuer.http.AddressPolicy;
import dev.rekey.issuer.http.HttpTransport;
import dev.rekey.keyservice.KeyService;
import dev.rekey.plan.Given;
import dev.rekey.rotation.DeleteResult;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.MintResult;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.SecretText;
import dev.rekey.rotation.Tracing;
import dev.rekey.rotation.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ManualKeyIssuerTest {
  private static final Instant NOW = Given.NOW;
  private static final MintRequest REQUEST =
      new MintRequest("attempt-1", "rk-abcdef-attempt-1", "payments", "postman");

  private final KeyService service = KeyService.start();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpTransport transport =
      new HttpTransport(
          new AddressPolicy(new IssuerAddresses(true, true, false), new IssuerProxy.None()),
          threads,
          InstantSource.fixed(NOW),
          Settings.standard());

  @AfterEach
  void stop() {
    transport.close();
    threads.shutdownNow();
    service.close();
  }

  @Test
  void toMintIsToAskAPersonWithAllThatIsToBeFilledIn() {
    var issuer =
        issuer("Name it ${request.label} for ${rotation.namespace}/${rotation.name}", null);

    assertThat(issuer.mint(REQUEST))
        .isEqualTo(
            new MintResult.Awaiting(
                "Make one at https://dashboard.example.com with the label rk-abcdef-attempt-1 and"
                    + " the contacts a@agency.example, b@agency.example. Name it"
                    + " rk-abcdef-attempt-1 for payments/postman.",
                NOW.plus(Duration.ofDays(7))));
    assertThat(issuer.capabilities().tracing()).isEqualTo(Tracing.PERSON);
    assertThat(issuer.capabilities().verifies()).isFalse();
    assertThat(issuer.capabilities().maxAge()).contains(Duration.ofDays(180));
  }

  @Test
  void aKeyIsAskedToBeDeletedUntilItIsRejected() {
    var made = service.seed("payments", "made by hand", List.of(), Instant.now());
    var issuer = issuer("Go there", service.url().toString());
    var key = key(made.key().id(), made.plainText());

    assertThat(issuer.verify(key)).isInstanceOf(Verdict.Accepted.class);
    assertThat(issuer.delete(key))
        .isInstanceOfSatisfying(
            DeleteResult.Failed.class,
            it -> {
              assertThat(it.fault().reason()).isEqualTo(Reason.AwaitingDeletion);
              assertThat(it.fault().message())
                  .contains("key " + made.key().id(), made.key().lastFive(), "labelled rk-")
                  .contains("https://dashboard.example.com")
                  .doesNotContain(made.plainText());
            });
    service.revoke(made.key().id());
    assertThat(issuer.delete(key)).isInstanceOf(DeleteResult.Gone.class);
  }

  @Test
  void whereNothingTellsThatAPersonIsAskedToSayIt() {
    assertThat(issuer("Go there", null).delete(key("41", "a-value-that-nobody-checks")))
        .isInstanceOfSatisfying(
            DeleteResult.Failed.class,
            it -> assertThat(it.fault().message()).contains("rekey.dev/deleted: \"41\""));
  }

  @Test
  void everythingWrongIsSaidAtOnceWithItsField() {
    var problem =
        catchThrowableOfType(
            IssuerProblem.class, () -> issuer("${request.lable}", "https://api.example.com/"));

    assertThat(problem.details())
        .extracting(IssuerProblem.Detail::path)
        .contains("spec.manual.instructions");
    assertThat(
            catchThrowableOfType(
                    IssuerProblem.class, () -> issuer("Go there", "ftp://api.example.com"))
                .details())
        .extracting(IssuerProblem.Detail::path)
        .containsExactly("spec.manual.url");
  }

  private ManualKeyIssuer issuer(String instructions, @Nullable String url) {
    var manual =
        new ManualIssuer(
            "https://dashboard.example.com",
            instructions,
            List.of("a@agency.example", "b@agency.example"),
            "7d",
            url,
            "2s",
            url == null
                ? null
                : new VerifyRequest(
                    "/api/me", new VerifyAuth(new KeyBearer("${key.value}")), null, null));
    return ManualKeyIssuer.compile(
        new KeyIssuerSpec("180d", null, null, null, manual),
        manual,
        transport,
        InstantSource.fixed(NOW));
  }

  private static Key key(String id, String value) {
    var key = Given.key(id, Role.CONDEMNED, NOW);
    return new Key(
        key.name(),
        key.id(),
        key.role(),
        Map.of("value", SecretText.of(value)),
        SecretText.of(value).hint(),
        key.issuedAt(),
        key.expiresAt(),
        key.label(),
        key.issuer(),
        key.lastPublication(),
        key.checks());
  }
}
