package dev.rekey.issuer.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rekey.api.v1alpha1.BasicCredential;
import dev.rekey.api.v1alpha1.BearerCredential;
import dev.rekey.api.v1alpha1.HeaderCredential;
import dev.rekey.api.v1alpha1.HttpAuth;
import dev.rekey.api.v1alpha1.KeyBasic;
import dev.rekey.api.v1alpha1.KeyBearer;
import dev.rekey.api.v1alpha1.KeyHeader;
import dev.rekey.api.v1alpha1.KeyIssuerSpec;
import dev.rekey.api.v1alpha1.KeyQuery;
import dev.rekey.api.v1alpha1.QueryCredential;
import dev.rekey.api.v1alpha1.VerifyAuth;
import dev.rekey.issuer.Issuer;
import dev.rekey.issuer.IssuerProblem;
import dev.rekey.issuer.MintRequest;
import dev.rekey.rotation.Checks;
import dev.rekey.rotation.IssuerBinding;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Listing;
import dev.rekey.rotation.MintResult;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.SecretText;
import dev.rekey.rotation.Verdict;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AuthenticationTest {
  private static final String ADMIN = "SEKR+et & token/1";
  private static final String VALUE = "SEKR-key?value=9x2f";
  private static final VerifyAuth BY_BEARER = new VerifyAuth(new KeyBearer("${key.value}"));
  private static final HttpAuth BEARER = new HttpAuth(new BearerCredential(Definitions.ADMIN));
  private static final HttpAuth QUERY =
      new HttpAuth(null, null, null, new QueryCredential("api_key", Definitions.ADMIN));

  private final ScriptedServer server = new ScriptedServer();
  private final Transports transports = new Transports();

  @AfterEach
  void stop() {
    transports.close();
    server.close();
  }

  @Test
  void accountIsNamedByUserAndPassword() {
    server.answers(200, "{\"keys\": []}");

    issuer(new HttpAuth(null, new BasicCredential("rekey", Definitions.ADMIN), null, null)).list();

    assertThat(asked().authorization()).isEqualTo("Basic " + base64("rekey:" + ADMIN));
  }

  @Test
  void accountIsNamedByAnyHeaderWithTextBeforeTheSecret() {
    server.answers(200, "{\"keys\": []}");

    issuer(
            new HttpAuth(
                null, null, new HeaderCredential("X-Auth", Definitions.ADMIN, "Token "), null))
        .list();

    assertThat(asked().headers().get("X-Auth")).containsExactly("Token " + ADMIN);
    assertThat(asked().authorization()).isEmpty();
  }

  @Test
  void accountIsNamedByAParameterOfTheQuery() {
    server.answers(200, "{\"keys\": []}");

    issuer(QUERY).list();

    assertThat(asked().target()).isEqualTo("/api/keys?api_key=SEKR%2Bet%20%26%20token%2F1");
    assertThat(asked().authorization()).isEmpty();
  }

  @Test
  void parameterJoinsTheQueryThatIsThereAndReplacesItsOwnName() {
    SecretText secret = SecretText.of("s");

    assertThat(Address.with(URI.create("https://a/b?c=d&api_key=old"), "api_key", secret))
        .isEqualTo(URI.create("https://a/b?c=d&api_key=s"));
    assertThat(Address.with(URI.create("https://a/b?"), "api_key", secret))
        .isEqualTo(URI.create("https://a/b?api_key=s"));
  }

  @Test
  void keyIsVerifiedAsTheServiceWantsIt() {
    server.answers(200, "{}");

    verify(new VerifyAuth(null, new KeyBasic("${key.id}", "${key.value}"), null, null));
    verify(new VerifyAuth(null, null, new KeyHeader("Authorization", "Key ${key.value}"), null));
    verify(new VerifyAuth(null, null, null, new KeyQuery("k", "${key.value}")));

    List<ScriptedServer.Asked> asked = server.asked();
    assertThat(asked.get(0).authorization()).isEqualTo("Basic " + base64("41:" + VALUE));
    assertThat(asked.get(1).authorization()).isEqualTo("Key " + VALUE);
    assertThat(asked.get(2).target()).isEqualTo("/api/me?k=SEKR-key%3Fvalue%3D9x2f");
    assertThat(asked.get(2).authorization()).isEmpty();
  }

  @Test
  void credentialInAQueryIsNeverShown() {
    server.answers(500, "no");
    Listing failed = issuer(QUERY).list();
    server.answers(302, "", "Location", "/elsewhere?api_key=" + ADMIN);
    MintResult redirected = issuer(QUERY).mint(new MintRequest("a-1", "rk-1", "payments", "till"));
    server.plays(exchange -> {});
    Listing cut = issuer(QUERY).list();
    server.close();
    Listing refused = issuer(QUERY).list();

    assertThat(List.of(failed, redirected, cut, refused))
        .allSatisfy(it -> assertThat(it.toString()).contains("Fault").doesNotContain("SEKR"));
    assertThat(Authentication.query("api_key", ADMIN).orElseThrow().toString())
        .isEqualTo("Query[name=api_key, value=***]");
    assertThat(Authentication.bearer("abc").orElseThrow().toString()).doesNotContain("abc");
  }

  @Test
  void whatCannotBeCarriedIsNotSent() {
    assertThat(Authentication.bearer(" ")).isEmpty();
    assertThat(Authentication.bearer("a b")).isEmpty();
    assertThat(Authentication.basic("rekey", "")).isEmpty();
    assertThat(Authentication.basic("re:key", "x")).isEmpty();
    assertThat(Authentication.header("X", "", "a\r\nHost: b")).isEmpty();
    assertThat(Authentication.header("X", "", "ä")).isEmpty();
    assertThat(Authentication.query("q", "\n")).isEmpty();
  }

  @Test
  void wrongOnesAreSaidWithTheirField() {
    HttpAuth two =
        new HttpAuth(BEARER.bearer(), new BasicCredential("rekey", Definitions.ADMIN), null, null);
    HttpAuth ours =
        new HttpAuth(null, null, new HeaderCredential("Host", Definitions.ADMIN, null), null);

    assertThat(problems(two, BY_BEARER))
        .containsExactly(
            "spec.http.auth: must hold exactly one of bearer, basic, header, query, oauth2, login"
                + " and key");
    assertThat(problems(BEARER, new VerifyAuth(null, null, null, null)))
        .containsExactly(
            "spec.http.verify.auth: must hold exactly one of bearer, basic, header and query");
    assertThat(
            problems(ours, new VerifyAuth(null, null, new KeyHeader("a b", "${key.valeu}"), null)))
        .containsExactly(
            "spec.http.auth.header.name: is a header that Rekey sets itself; write another one, as"
                + " X-Api-Key",
            "spec.http.verify.auth.header.name: is not the name of a header; write letters, digits,"
                + " dashes and underscores, as X-Api-Key",
            "spec.http.verify.auth.header.value: `key.valeu` uses the unknown name key; known are"
                + " key.id, key.label, key.value");
    assertThat(problems(BEARER, new VerifyAuth(null, new KeyBasic("a", "b"), null, null)))
        .containsExactly(
            "spec.http.verify.auth.basic.password: does not use the key; write ${key.value}");
    assertThat(problems(BEARER, new VerifyAuth(null, null, null, new KeyQuery("k", "b"))))
        .containsExactly(
            "spec.http.verify.auth.query.value: does not use the key; write ${key.value}");
  }

  private List<String> problems(HttpAuth auth, VerifyAuth verify) {
    return catchThrowableOfType(IssuerProblem.class, () -> issuer(auth, verify)).details().stream()
        .map(IssuerProblem.Detail::toString)
        .toList();
  }

  private Issuer issuer(HttpAuth auth) {
    return issuer(auth, BY_BEARER);
  }

  private Issuer issuer(HttpAuth auth, VerifyAuth verify) {
    KeyIssuerSpec spec =
        Definitions.authenticated(Definitions.keyService(server.url(), "5s"), auth, verify);
    return HttpKeyIssuer.compile(spec, Transports.credential(ADMIN), transports.transport());
  }

  private void verify(VerifyAuth auth) {
    assertThat(issuer(BEARER, auth).verify(key())).isInstanceOf(Verdict.Accepted.class);
  }

  private ScriptedServer.Asked asked() {
    return server.asked().getLast();
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Key key() {
    return new Key(
        "attempt-1",
        Optional.of("41"),
        Role.NEXT,
        Map.of("value", SecretText.of(VALUE)),
        "…",
        Transports.NOON,
        Optional.empty(),
        Optional.empty(),
        new IssuerBinding("KeyIssuer", "payments", "till", "u-1", "a-1"),
        OptionalInt.empty(),
        Checks.NONE);
  }
}
