package dev.rekey.issuer.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.config.IssuerAddresses;
import dev.rekey.config.IssuerProxy;
import dev.rekey.config.Settings;
import dev.rekey.issuer.CredentialSource;
import dev.rekey.issuer.Issuer;
import dev.rekey.issuer.IssuerProblem;
import dev.rekey.issuer.MintRequest;
import dev.rekey.keyservice.Failure;
import dev.rekey.keyservice.KeyService;
import dev.rekey.keyservice.LogEntry.What;
import dev.rekey.keyservice.Verb;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.Listing;
import dev.rekey.rotation.MintResult;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.SecretText;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A session is asked for once, used until shortly before its end, and never shown. */
class SessionTest {
  private static final String OAUTH2 =
      "{oauth2: {tokenUrl: URL/oauth/token, clientId: rekey, secretRef: {name: a, key: token}}}";
  private static final String LOGIN =
      "{login: {post: /session, secretRef: {name: a}, body: {password: \"${credential.password}\"},"
          + " token: body.token, sendAs: {bearer: true}}}";

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-03-01T12:00:00Z"));
  private final KeyService service = KeyService.start(now::get);
  private final ScriptedServer scripted = new ScriptedServer();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpTransport transport =
      new HttpTransport(
          new AddressPolicy(Transports.LOOPBACK, new IssuerProxy.None()),
          threads,
          now::get,
          Settings.standard());
  private final AtomicReference<String> inSecret =
      new AtomicReference<>(service.adminToken("payments"));
  private final AtomicReference<String> lately = new AtomicReference<>(inSecret.get());
  private final AtomicInteger reads = new AtomicInteger();

  @AfterEach
  void stop() {
    transport.close();
    threads.shutdownNow();
    service.close();
    scripted.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {OAUTH2, LOGIN})
  void sessionIsAskedForOnceForMany(String auth) throws Exception {
    Issuer issuer = issuer(auth);

    List<Future<Listing>> lists =
        IntStream.range(0, 20).mapToObj(i -> threads.submit(issuer::list)).toList();

    for (Future<Listing> each : lists) {
      assertThat(each.get()).isInstanceOf(Listing.Listed.class);
    }
    assertThat(service.log(What.SESSION_OPENED)).hasSize(1);
  }

  @Test
  void tokenIsUsedUntilShortlyBeforeItExpires() {
    Issuer issuer = issuer(OAUTH2);
    issuer.list();
    pass(Duration.ofMinutes(58));
    issuer.list();
    assertThat(service.log(What.SESSION_OPENED)).hasSize(1);

    pass(Duration.ofMinutes(1));
    issuer.list();

    assertThat(service.log(What.SESSION_OPENED)).hasSize(2);
    assertThat(service.log(What.ADMIN_REFUSED)).isEmpty();
  }

  @Test
  void sessionWhoseEndNobodySaysIsUsedForFiveMinutes() {
    Issuer issuer = issuer(LOGIN);
    issuer.list();
    pass(Duration.ofMinutes(4));
    issuer.list();
    assertThat(service.log(What.SESSION_OPENED)).hasSize(1);

    pass(Duration.ofMinutes(1));
    issuer.list();

    assertThat(service.log(What.SESSION_OPENED)).hasSize(2);
  }

  @Test
  void endThatTheLoginSaysCounts() {
    scripted.answers(200, "{\"token\": \"s-1\", \"seconds\": 3600, \"keys\": []}");
    Issuer issuer = scriptedLogin("token: body.token, expiresIn: body.seconds");
    issuer.list();
    pass(Duration.ofMinutes(58));
    issuer.list();

    assertThat(scripted.asked()).filteredOn(it -> it.target().equals("/session")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {OAUTH2, LOGIN})
  void listIsRepeatedOnceWithANewSessionWhenTheOldOneIsRefused(String auth) {
    Issuer issuer = issuer(auth);
    issuer.list();
    service.endSessions();

    assertThat(issuer.list()).isInstanceOf(Listing.Listed.class);

    assertThat(service.log(What.SESSION_OPENED)).hasSize(2);
    assertThat(service.log(What.ADMIN_REFUSED)).hasSize(1);
  }

  @Test
  void listIsRepeatedNoMoreThanOnce() {
    service.failures().every(Verb.LIST, new Failure.Unauthorized());

    assertThat(issuer(OAUTH2).list()).isInstanceOf(Listing.Failed.class);

    assertThat(service.log(What.FAILED)).hasSize(2);
    assertThat(service.log(What.SESSION_OPENED)).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {OAUTH2, LOGIN})
  void mintIsNeverRepeatedAndTheNextOneHasANewSession(String auth) {
    Issuer issuer = issuer(auth);
    issuer.list();
    service.endSessions();

    MintResult refused = issuer.mint(request());

    assertThat(refused).isInstanceOf(MintResult.Refused.class);
    assertThat(service.log(What.ADMIN_REFUSED)).hasSize(1);
    assertThat(service.liveKeys()).isEmpty();
    assertThat(issuer.mint(request())).isInstanceOf(MintResult.Minted.class);
    assertThat(service.liveKeys()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {OAUTH2, LOGIN})
  void changedCredentialIsPickedUpAtOnceWhenTheOldOneIsRefused(String auth) {
    Issuer issuer = issuer(auth);
    issuer.list();
    service.revokeAdminTokens("payments");
    service.endSessions();
    inSecret.set(service.adminToken("payments"));

    assertThat(issuer.list()).isInstanceOf(Listing.Listed.class);
    assertThat(issuer.mint(request())).isInstanceOf(MintResult.Minted.class);
  }

  @Test
  void sessionOfAnOldCredentialIsNotUsedWithANewOne() {
    Issuer issuer = issuer(OAUTH2);
    issuer.list();
    lately.set(service.adminToken("payments"));

    issuer.list();

    assertThat(service.log(What.SESSION_OPENED)).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {OAUTH2, LOGIN})
  void refusedCredentialIsSaidAndNothingIsAskedFor(String auth) {
    Issuer issuer = issuer(auth);
    service.revokeAdminTokens("payments");

    MintResult result = issuer.mint(request());

    assertThat(result).isInstanceOf(MintResult.Refused.class);
    Fault fault = ((MintResult.Refused) result).fault();
    assertThat(fault.reason()).isEqualTo(Reason.CredentialRefused);
    assertThat(fault.message()).contains("secretRef").doesNotContain(inSecret.get());
    assertThat(service.log()).extracting(it -> it.what()).containsOnly(What.ADMIN_REFUSED);
  }

  @Test
  void throttledTokenEndpointIsLeftAloneAsLongAsItSays() {
    service.failures().next(1, Verb.TOKEN, new Failure.TooManyRequests(Duration.ofSeconds(40)));

    Listing listing = issuer(OAUTH2).list();

    assertThat(listing).isInstanceOf(Listing.Failed.class);
    Fault fault = ((Listing.Failed) listing).fault();
    assertThat(fault.reason()).isEqualTo(Reason.IssuerThrottled);
    assertThat(fault.retryAfter()).contains(Duration.ofSeconds(40));
  }

  @Test
  void answerWithoutATokenIsNotUnderstood() {
    for (String body :
        List.of(
            "{}",
            "[]",
            "no",
            "{\"access_token\": 7}",
            "{\"access_token\":\" \"}",
            "{\"access_token\":\"a\\nb\"}",
            "{\"access_token\":\"a\",\"token_type\":\"mac\"}")) {
      scripted.answers(200, body);
      Listing listing = scriptedToken().list();
      assertThat(((Listing.Failed) listing).fault().reason())
          .as(body)
          .isEqualTo(Reason.AnswerNotUnderstood);
    }
  }

  @Test
  void refusedScopeIsTheDefinitionsFault() {
    scripted.answers(
        400, "{\"error\": \"invalid_scope\", \"error_description\": \"SEKR token-of-others\"}");

    Fault fault = ((Listing.Failed) scriptedToken().list()).fault();

    assertThat(fault.reason()).isEqualTo(Reason.RequestRefused);
    assertThat(fault.message()).contains("invalid_scope").doesNotContain("SEKR");
  }

  @Test
  void tokenEndpointThatRedirectsGetsNoFurther() {
    scripted.answers(302, "", "Location", "http://127.0.0.1:1/elsewhere");

    assertThat(scriptedToken().list()).isInstanceOf(Listing.Failed.class);
    assertThat(scripted.asked()).hasSize(1);
  }

  @Test
  void tokenEndpointObeysTheAddressPolicy() {
    IssuerAddresses none = new IssuerAddresses(false, false, false);
    IssuerProblem problem =
        Assertions.catchThrowableOfType(
            IssuerProblem.class,
            () ->
                HttpKeyIssuer.compile(
                    Definitions.authenticated(
                        Definitions.keyService("https://api.example.com", "5s"),
                        WrittenIssuers.auth(OAUTH2, "http://169.254.169.254"),
                        WrittenIssuers.BY_BEARER),
                    Transports.credential("a"),
                    new HttpTransport(
                        new AddressPolicy(none, new IssuerProxy.None()),
                        threads,
                        now::get,
                        Settings.standard())));

    assertThat(problem.details())
        .extracting(IssuerProblem.Detail::path)
        .contains("spec.http.auth.oauth2.tokenUrl");
    assertThat(problem.reason()).isEqualTo(Reason.AddressForbidden);
  }

  @Test
  void loginThatAnswersTwoHundredAndRefusesIsARefusal() {
    scripted.answers(200, "{\"ok\": false}");

    Fault fault =
        ((Listing.Failed) scriptedLogin("token: body.token, success: body.ok").list()).fault();

    assertThat(fault.reason()).isEqualTo(Reason.CredentialRefused);
  }

  @Test
  void sessionWithALineBreakIsNotSent() {
    for (String as : List.of("bearer: true", "header: {name: X-S}", "cookie: {name: sid}")) {
      scripted.answers(200, "{\"token\": \"a\\r\\nX-Evil: 1\", \"keys\": []}");
      assertThat(scriptedLogin("token: body.token", as).list()).isInstanceOf(Listing.Failed.class);
    }
    scripted.answers(200, "{\"token\": \"a; other=b\", \"keys\": []}");
    assertThat(scriptedLogin("token: body.token", "cookie: {name: sid}").list())
        .isInstanceOf(Listing.Failed.class);
    assertThat(scripted.asked()).extracting(it -> it.target()).containsOnly("/session");
  }

  @Test
  void credentialInThePathOfALoginIsRefused() {
    IssuerProblem problem =
        Assertions.catchThrowableOfType(
            IssuerProblem.class,
            () -> scriptedLogin("post: \"/s?p=${credential.password}\", token: body.token"));

    assertThat(problem).hasMessageContaining("credential in its path");
  }

  @Test
  void missingDataKeyOfALoginIsNamedAndNothingIsSent() {
    Issuer issuer = issuer(LOGIN.replace("credential.password", "credential.passphrase"));

    Fault fault = ((Listing.Failed) issuer.list()).fault();

    assertThat(fault.reason()).isEqualTo(Reason.CredentialMissing);
    assertThat(fault.message()).contains("passphrase").doesNotContain(inSecret.get());
    assertThat(service.log()).isEmpty();
  }

  @Test
  void mintIsNotSentWhereGettingInHasTakenItsTime() {
    scripted.plays(exchange -> {
      pass(Duration.ofSeconds(6));
      byte[] bytes =
          "{\"access_token\": \"t-1\", \"expires_in\": 3600}".getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    });

    MintResult result = scriptedToken().mint(request());

    assertThat(result).isInstanceOf(MintResult.Refused.class);
    assertThat(((MintResult.Refused) result).fault().reason()).isEqualTo(Reason.IssuerTimedOut);
    assertThat(scripted.asked()).extracting(it -> it.target()).containsExactly("/oauth/token");
  }

  @Test
  void whoeverMayNotAskIsAskedOnceMoreAfterASessionIsThere() {
    issuer(OAUTH2).list();

    assertThat(reads).hasValue(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {OAUTH2, LOGIN})
  void nothingPrintsASession(String auth) {
    SessionRequest.Asked asked =
        new SessionRequest.Asked.Opened(
            Authentication.bearer("session_SEKR").orElseThrow(), Optional.empty());
    Issuer issuer = issuer(auth);

    assertThat(List.of(asked, issuer.list(), issuer).toString())
        .doesNotContain("SEKR")
        .doesNotContain("session_")
        .doesNotContain(inSecret.get());
  }

  private static MintRequest request() {
    return new MintRequest("a-1", "rk-1", "payments", "till");
  }

  private void pass(Duration time) {
    now.updateAndGet(it -> it.plus(time));
  }

  private Issuer issuer(String auth) {
    return HttpKeyIssuer.compile(
        WrittenIssuers.onKeyService(service.url(), auth), credential(), transport);
  }

  private Issuer scriptedToken() {
    return HttpKeyIssuer.compile(
        WrittenIssuers.onKeyService(URI.create(scripted.url()), OAUTH2), credential(), transport);
  }

  private Issuer scriptedLogin(String more) {
    return scriptedLogin(more, "bearer: true");
  }

  private Issuer scriptedLogin(String more, String as) {
    String post = more.contains("post:") ? "" : "post: /session, ";
    return HttpKeyIssuer.compile(
        WrittenIssuers.onKeyService(
            URI.create(scripted.url()),
            "{login: {" + post + "secretRef: {name: a}, " + more + ", sendAs: {" + as + "}}}"),
        credential(),
        transport);
  }

  private CredentialSource credential() {
    return new CredentialSource() {
      @Override
      public Credential read() {
        reads.incrementAndGet();
        return found(lately.get());
      }

      @Override
      public Credential readAgain() {
        lately.set(inSecret.get());
        return found(lately.get());
      }

      private Credential found(String text) {
        return new Credential.Found(
            Map.of("", SecretText.of(text), "password", SecretText.of(text)));
      }
    };
  }
}
