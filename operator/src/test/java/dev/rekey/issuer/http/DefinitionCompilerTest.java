package dev.rekey.issuer.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rekey.api.v1alpha1.CreateRequest;
import dev.rekey.api.v1alpha1.DeleteRequest;
import dev.rekey.api.v1alpha1.KeyBearer;
import dev.rekey.api.v1alpha1.KeyIssuerSpec;
import dev.rekey.api.v1alpha1.ListRequest;
import dev.rekey.api.v1alpha1.ListedKey;
import dev.rekey.api.v1alpha1.MintedKey;
import dev.rekey.api.v1alpha1.VerifyAuth;
import dev.rekey.api.v1alpha1.VerifyRequest;
import dev.rekey.config.IssuerAddresses;
import dev.rekey.issuer.IssuerProblem;
import dev.rekey.rotation.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
        compile(spec(URL, null, Definitions.CREATE, Definitions.DELETE.delete()));

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
            "spec.http.create.body.a[1].b: `request.lable` uses the unknown name request; known"
                + " are request.attempt, request.label, rotation.name, rotation.namespace")
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
    assertThat(onlyProblem(spec(url, null, Definitions.CREATE, Definitions.DELETE.delete())))
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
        onlyProblem(spec(url, null, Definitions.CREATE, Definitions.DELETE.delete()));

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
        onlyProblem(spec(URL, timeout, Definitions.CREATE, Definitions.DELETE.delete()));

    assertThat(detail.path()).isEqualTo("spec.http.requestTimeout");
    assertThat(detail.message()).contains(message);
  }

  @Test
  void secretIsNoId() {
    CreateRequest create =
        new CreateRequest("/keys", null, new MintedKey("body.token", " body.token", null, null));

    assertThat(onlyProblem(spec(URL, null, create, Definitions.DELETE.delete())).message())
        .contains("ids are shown");
  }

  /** A key whose answer was lost is found by its label alone. */
  @Test
  void keysMustBeFoundByTheirLabel() {
    CreateRequest unlabelled =
        new CreateRequest(
            "/keys?about=x${request.label}",
            Map.of("name", "key of ${request.label}"),
            new MintedKey("body.id", "body.token", null, null));
    ListRequest part =
        new ListRequest("/keys", "body", new ListedKey("item.id", null, null, null), false);
    KeyIssuerSpec blind =
        Definitions.spec(URL, null, unlabelled, part, Definitions.DELETE, Definitions.VERIFY);

    IssuerProblem problem = catchThrowableOfType(IssuerProblem.class, () -> compile(blind));

    assertThat(problem.reason()).isEqualTo(Reason.IssuerInvalid);
    assertThat(problem.details())
        .extracting(IssuerProblem.Detail::path)
        .containsExactly(
            "spec.http.create.body", "spec.http.list.item.label", "spec.http.list.complete");
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

    assertThat(compile(spec(URL, null, create, Definitions.DELETE.delete()))).isNotNull();
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
    return new DefinitionCompiler(new AddressPolicy(IssuerAddresses.standard())).compile(spec);
  }
}
