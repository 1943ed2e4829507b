package dev.rekey.issuer.http;

import dev.rekey.api.v1alpha1.KeyIssuerSpec;
import dev.rekey.issuer.CredentialSource;
import dev.rekey.issuer.Issuer;
import dev.rekey.issuer.IssuerContract;
import dev.rekey.issuer.Trick;
import dev.rekey.keyservice.Failure;
import dev.rekey.keyservice.KeyService;
import dev.rekey.keyservice.Verb;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.SecretText;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;

/** The contract for any definition of the key service. */
abstract class HttpIssuerContract extends IssuerContract {
  private final KeyService service = KeyService.start();
  private final Transports transports = new Transports();
  private final Issuer issuer;

  HttpIssuerContract(Function<URI, KeyIssuerSpec> definition) {
    String admin = service.adminToken("payments");
    // the service lets this one in as well as the admin, where it is the key that gets in
    Key inUse = inUse(SecretText.of(admin));
    issuer =
        HttpKeyIssuer.compile(
                definition.apply(service.url()),
                () ->
                    new CredentialSource.Credential.Found(
                        Map.of(
                            "",
                            SecretText.of(admin),
                            "user-name",
                            SecretText.of("rekey"),
                            "password",
                            SecretText.of(admin))),
                transports.transport())
            .askedWith(List.of(inUse));
  }

  @AfterEach
  void stop() {
    transports.close();
    service.close();
  }

  @Override
  protected Issuer issuer() {
    return issuer;
  }

  @Override
  protected void next(Trick trick) {
    switch (trick) {
      case MINT_ANSWER_LOST -> fail(Verb.MINT, new Failure.CutAfterCommit());
      case MINT_REFUSED -> fail(Verb.MINT, new Failure.Status(422));
      case MINT_THROTTLED -> fail(Verb.MINT, new Failure.TooManyRequests(Duration.ofSeconds(30)));
      case MINT_UNCLEAR -> fail(Verb.MINT, new Failure.Status(500));
      case MINT_NOT_LET_IN -> fail(Verb.MINT, new Failure.Unauthorized());
      case LIST_NOT_LET_IN -> fail(Verb.LIST, new Failure.Unauthorized());
      case VERIFY_REJECTED -> fail(Verb.ME, new Failure.Status(401));
      case VERIFY_UNKNOWN -> fail(Verb.ME, new Failure.Status(503));
      case DELETE_IGNORED -> fail(Verb.DELETE, new Failure.DeleteIgnored(true));
      case DELETE_ANSWER_LOST -> fail(Verb.DELETE, new Failure.CutAfterCommit());
      case DELETE_FAILS -> fail(Verb.DELETE, new Failure.Status(500));
      case LIST_FAILS -> fail(Verb.LIST, new Failure.Status(500));
    }
  }

  private void fail(Verb verb, Failure failure) {
    service.failures().next(1, verb, failure);
  }
}
