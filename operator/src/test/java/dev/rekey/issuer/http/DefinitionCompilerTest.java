package dev.rekey.issuer.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rekey.api.v1alpha1.CreateRequest;
import dev.rekey.api.v1alpha1.DeleteRequest;
import dev.rekey.api.v1alpha1.HttpIssuer;
import dev.rekey.api.v1alpha1.KeyBearer;
import dev.rekey.api.v1alpha1.KeyIssuerSpec;
import dev.rekey.api.v1alpha1.ListRequest;
import dev.rekey.api.v1alpha1.ListedKey;
import dev.rekey.api.v1alpha1.MintedKey;
import dev.rekey.api.v1alpha1.VerifyAuth;
import dev.rekey.api.v1alpha1.VerifyRequest;
import dev.rekey.config.IssuerAddresses;
import dev.rekey.config.IssuerProxy;
import dev.rekey.issuer.IssuerProblem;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Tracing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DefinitionCompilerTest {
  private static final String URL = "https://api.example.com";

  @Test
  void whatFitsCompilesAndHasStandards() {
    HttpDefinition definition =
        compile(spec(URL, null, Definitions.CREATE, Definitions.DELETE_PATH));

    assertThat(definition.capabilities().requestTimeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(definition.capabilities().verifies()).isTrue();
  }

  @Test
  void everythingWrongIsSaidAtOnceWithItsField() {
    KeyIssuerSpec broken =
        new KeyIssuerSpec(
            "180",
            1,
            Definitions.spec(
                    "ftp://api.example.com",
                    "1h",
                    new CreateRequest(
                        "keys",
                        Map.of("a", List.of("ok", Map.of("b", "${request.lable}"))),
                        new MintedKey("body.id +", "bdy.token", "status > 'a'", "body.map(x, x)")),
                    new ListRequest(
                        "/keys/${key.id}",
                        "items",
                        new ListedKey("body.id", "item.", "", "status"),
                        true),
                    new DeleteRequest("/keys/${key.id"),
                    new VerifyRequest(
                        "/me/../admin",
                        new VerifyAuth(new KeyBearer("constant")),
                        "status",
                        "key.id == 'x'"))
                .http());

    IssuerProblem problem = catchThrowableOfType(IssuerProblem.class, () -> compile(broken));

    assertThat(problem.details())
        .extracting(IssuerProblem.Detail::path)
        .containsExactly(
            "spec.maxAge",
            "spec.quota",
            "spec.http.requestTimeout",
            "spec.http.url",
            "spec.http.create.post",
            "spec.http.create.body.a[1].b",
            "spec.http.create.key.id",
            "spec.http.create.key.value",
            "spec.http.create.key.issuedAt",
            "spec.http.create.key.expiresAt",
            "spec.http.list.get",
            "spec.http.list.items",
            "spec.http.list.item.id",
            "spec.http.list.item.label",
            "spec.http.list.item.issuedAt",
            "spec.http.list.item.expiresAt",
            "spec.http.delete.delete",
            "spec.http.verify.get",
            "spec.http.verify.auth.bearer.value",
            "spec.http.verify.accepted",
            "spec.http.verify.rejected");
    assertThat(problem.reason()).isEqualTo(Reason.IssuerInvalid);
    assertThat(problem)
        .hasMessageContaining(
            "spec.http.create.body.a[1].b: `request.lable` uses the unknown name request; known are"
                + " credential.value, request.attempt, request.label, rotation.name,"
                + " rotation.namespace")
        .hasMessageContaining("spec.http.delete.delete: ${ at character 7 has no } that ends it")
        .hasMessageContaining(
            "spec.http.list.get: `key.id` uses the unknown name key; no name is known here")
        .hasMessageContaining("spec.http.verify.accepted: `status` gives int; expected true or");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "~~                         | is not an http address with a host",
        "api.example.com            | is not an http address with a host",
        "https://                   | is not an address",
        "https:///keys              | is not an http address with a host",
        "https://api example.com    | is not an address",
        "file:///etc/passwd         | is not an http address with a host",
        "https://a:b@example.com    | holds a user, a query or a fragment",
        "https://example.com?a=b    | holds a user, a query or a fragment",
        "https://example.com#a      | holds a user, a query or a fragment",
        "https://example.com:99999  | has a port beyond 65535",
        "https://${x}.example.com   | is not an address",
      })
  void urlIsAnAddress(String url, String message) {
    assertThat(onlyProblem(spec(url, null, Definitions.CREATE, Definitions.DELETE_PATH)))
        .isEqualTo(
            new IssuerProblem.Detail(
                Reason.IssuerInvalid,
                "spec.http.url",
                message
                    + "; write the address that all paths are below, as https://api.example.com"));
  }

  @ParameterizedTest
  @CsvSource({
    "http://api.example.com, is not encrypted",
    "https://127.0.0.1, is at a loopback address",
    "https://2130706433, is at a loopback address",
    "https://[fd00::1], is at a private address",
  })
  void forbiddenAddressHasItsOwnReason(String url, String message) {
    IssuerProblem.Detail detail =
        onlyProblem(spec(url, null, Definitions.CREATE, Definitions.DELETE_PATH));

    assertThat(detail.reason()).isEqualTo(Reason.AddressForbidden);
    assertThat(detail.path()).isEqualTo("spec.http.url");
    assertThat(detail.message()).contains(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "keys/${key.id}     | does not begin with /; write the path below spec.http.url",
        "/keys/../${key.id} | has a segment . or .., which leads to another path",
        "/keys/${key.id}#a  | holds a #, which no request carries",
        "/keys /${key.id}   | is not a valid path; percent-encode",
        "/keys/%zz${key.id} | is not a valid path; percent-encode",
        "/keys/${key.value} | `key.value` uses the unknown name key; known are key.id, key.label",
      })
  void pathIsAPath(String path, String message) {
    IssuerProblem.Detail detail = onlyProblem(spec(URL, null, Definitions.CREATE, path));

    assertThat(detail.path()).isEqualTo("spec.http.delete.delete");
    assertThat(detail.message()).startsWith(message);
  }

  @ParameterizedTest
  @CsvSource({"soon, is not a length of time", "99ms, is not between 100ms and 2m", "3m, 2m"})
  void timeoutIsBounded(String timeout, String message) {
    IssuerProblem.Detail detail =
        onlyProblem(spec(URL, timeout, Definitions.CREATE, Definitions.DELETE_PATH));

    assertThat(detail.path()).isEqualTo("spec.http.requestTimeout");
    assertThat(detail.message()).contains(message);
  }

  @Test
  void secretIsNoId() {
    CreateRequest create =
        new CreateRequest("/keys", null, new MintedKey("body.token", " body.token", null, null));

    assertThat(onlyProblem(spec(URL, null, create, Definitions.DELETE_PATH)).message())
        .contains("ids are shown");
  }

  @Test
  void whatTheIssuerCanDoDecidesHowALostKeyIsTraced() {
    var unlabelled = new ListedKey("item.id", null, null, null);
    var all = new ListRequest("/keys", "body", unlabelled, true);
    var part = new ListRequest("/keys", "body", unlabelled, false);
    var labelledPart = new ListRequest("/keys", "body", new ListedKey("item.id", "item.n"), false);
    var repeatable = new CreateRequest("/keys", null, Definitions.CREATE.key(), "Idempotency-Key");
    var plain = new CreateRequest("/keys", null, Definitions.CREATE.key());

    assertThat(tracing(Definitions.CREATE, Definitions.LIST, false)).isEqualTo(Tracing.LABELLED);
    assertThat(tracing(Definitions.CREATE, labelledPart, false)).isEqualTo(Tracing.LABELLED);
    assertThat(tracing(repeatable, null, false)).isEqualTo(Tracing.IDEMPOTENT);
    assertThat(tracing(repeatable, all, true)).isEqualTo(Tracing.IDEMPOTENT);
    assertThat(tracing(plain, all, true)).isEqualTo(Tracing.COUNTABLE);
    assertThat(tracing(plain, all, false)).isEqualTo(Tracing.BLIND);
    assertThat(tracing(plain, part, false)).isEqualTo(Tracing.BLIND);
    assertThat(tracing(Definitions.CREATE, null, false)).isEqualTo(Tracing.BLIND);
  }

  @Test
  void anIssuerWithoutAListSaysSoAndOneThatReusesIdsAsWell() {
    var can = compile(issuer(Definitions.CREATE, null, null, true)).capabilities();

    assertThat(can.lists()).isFalse();
    assertThat(can.reusesIds()).isTrue();
    assertThat(compile(issuer(Definitions.CREATE, Definitions.LIST, null, null)).capabilities())
        .satisfies(it -> assertThat(it.lists()).isTrue())
        .satisfies(it -> assertThat(it.reusesIds()).isFalse());
  }

  /** An author who believes that keys are found by their label is told that they are not. */
  @Test
  void aLabelThatIsListedMustBeSent() {
    var unlabelled =
        new CreateRequest(
            "/keys?about=x${request.label}",
            Map.of("name", "key of ${request.label}"),
            Definitions.CREATE.key());

    var detail = onlyProblem(issuer(unlabelled, Definitions.LIST, null, null));

    assertThat(detail.reason()).isEqualTo(Reason.IssuerInvalid);
    assertThat(detail.path()).isEqualTo("spec.http.create.body");
    assertThat(detail.message()).contains("list.item.label", "${request.label} alone");
  }

  @Test
  void keysAreOnlyCountedInACompleteList() {
    var part = new ListRequest("/keys", "body", new ListedKey("item.id", null), false);

    for (var list : new ArrayList<@Nullable ListRequest>(Arrays.asList(part, null))) {
      var detail = onlyProblem(issuer(Definitions.CREATE, list, true, null));
      assertThat(detail.path()).isEqualTo("spec.http.exclusive");
      assertThat(detail.message()).contains("complete: true");
    }
  }

  @Test
  void theIdempotencyHeaderIsTheNameOfOne() {
    var broken = new CreateRequest("/keys", null, Definitions.CREATE.key(), "Idempotency Key");

    assertThat(onlyProblem(issuer(broken, null, null, null)).path())
        .isEqualTo("spec.http.create.idempotencyHeader");
  }

  private static Tracing tracing(
      CreateRequest create, @Nullable ListRequest list, boolean exclusive) {
    return compile(issuer(create, list, exclusive, null)).capabilities().tracing();
  }

  private static KeyIssuerSpec issuer(
      CreateRequest create,
      @Nullable ListRequest list,
      @Nullable Boolean exclusive,
      @Nullable Boolean reusesIds) {
    var like =
        Objects.requireNonNull(
            Definitions.spec(URL, null, create, Definitions.LIST, Definitions.DELETE, null).http());
    return new KeyIssuerSpec(
        "180d",
        10,
        new HttpIssuer(
            like.url(),
            null,
            like.auth(),
            create,
            list,
            like.delete(),
            Definitions.VERIFY,
            exclusive,
            reusesIds));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/keys/${request.label}",
        "/keys?name=${ request.label }&size=1",
        "/k/${request.label}/x"
      })
  void labelMayBeInThePath(String path) {
    CreateRequest create =
        new CreateRequest(path, null, new MintedKey("body.id", "body.token", null, null));

    assertThat(compile(spec(URL, null, create, Definitions.DELETE_PATH))).isNotNull();
  }

  private static IssuerProblem.Detail onlyProblem(KeyIssuerSpec spec) {
    IssuerProblem problem = catchThrowableOfType(IssuerProblem.class, () -> compile(spec));
    assertThat(problem.details()).hasSize(1);
    return problem.details().getFirst();
  }

  private static KeyIssuerSpec spec(
      String url, @Nullable String timeout, CreateRequest create, String delete) {
    return Definitions.spec(
        url, timeout, create, Definitions.LIST, new DeleteRequest(delete), Definitions.VERIFY);
  }

  private static HttpDefinition compile(KeyIssuerSpec spec) {
    return new DefinitionCompiler(
            new AddressPolicy(IssuerAddresses.standard(), new IssuerProxy.None()))
        .compile(spec);
  }
}
