package dev.rekey.issuer.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rekey.api.v1alpha1.CreateRequest;
import dev.rekey.api.v1alpha1.DeleteRequest;
import dev.rekey.api.v1alpha1.KeyIssuerSpec;
import dev.rekey.api.v1alpha1.ListRequest;
import dev.rekey.api.v1alpha1.MintedKey;
import dev.rekey.api.v1alpha1.VerifyRequest;
import dev.rekey.issuer.CredentialSource;
import dev.rekey.issuer.Issuer;
import dev.rekey.issuer.MintRequest;
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
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpKeyIssuerTest {
  private static final String ADMIN = "admin-token-6fQ";
  private static final String SECRET = "SEKRET-value-of-a-key-9x2f";
  private static final String MINTED = "{\"id\": 41, \"plain_text_key\": \"" + SECRET + "\"}";

  private final ScriptedServer server = new ScriptedServer();
  private final Transports transports = new Transports();

  @AfterEach
  void stop() {
    transports.close();
    server.close();
  }

  @Test
  void mintSendsTheBodyOnceAsRekey() throws Exception {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("label", "${request.label}");
    body.put("who", Map.of("of", List.of("${rotation.namespace}/${rotation.name}", 7, true)));
    body.put("literal", "$${x}");
    body.put("size", "${size(request.label)}");
    body.put("attempt", "${request.attempt}");
    server.answers(201, MINTED);

    MintResult result = mint(creating("/api/${rotation.namespace}/keys", body));

    assertThat(result)
        .isEqualTo(
            new MintResult.Minted(
                "41", Map.of("value", SecretText.of(SECRET)), Optional.empty(), Optional.empty()));
    ScriptedServer.Asked asked = onlyAsked();
    assertThat(asked.method()).isEqualTo("POST");
    assertThat(asked.target()).isEqualTo("/api/payments/keys");
    assertThat(asked.authorization()).isEqualTo("Bearer " + ADMIN);
    assertThat(new ObjectMapper().readTree(asked.body()))
        .isEqualTo(
            new ObjectMapper()
                .readTree(
                    """
                    {"label": "rk-1", "who": {"of": ["payments/till", 7, true]},
                     "literal": "${x}", "size": 4, "attempt": "a-1"}
                    """));
  }

  @Test
  void mintWithoutBodySendsNone() {
    server.answers(201, MINTED);

    mint(creating("/keys?name=${request.label}", null));

    assertThat(onlyAsked().target()).isEqualTo("/keys?name=rk-1");
    assertThat(onlyAsked().body()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "400, true, RequestRefused",
    "401, true, CredentialRefused",
    "403, true, CredentialRefused",
    "404, true, RequestRefused",
    "405, true, RequestRefused",
    "408, false, IssuerTimedOut",
    "409, false, RequestRefused",
    "422, true, RequestRefused",
    "429, true, IssuerThrottled",
    "301, true, RequestRefused",
    "303, false, RequestRefused",
    "308, true, RequestRefused",
    "500, false, IssuerFailed",
    "503, false, IssuerFailed",
  })
  void statusTellsWhetherThereMayBeAKey(int status, boolean refused, Reason reason) {
    server.answers(status, "{\"error\": \"" + SECRET + "\"}", "Location", "http://127.0.0.1:1/x");

    MintResult result = mint(keyService());

    assertThat(result).isInstanceOf(refused ? MintResult.Refused.class : MintResult.Unclear.class);
    assertThat(fault(result).reason()).isEqualTo(reason);
    assertThat(fault(result).message())
        .contains("create a key", Integer.toString(status))
        .doesNotContain(SECRET)
        .endsWith(".");
    assertThat(server.asked()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "30, PT30S",
    "0, PT0S",
    "999999999, PT24H",
    "'Sun, 01 Mar 2026 12:01:30 GMT', PT1M30S",
    "'Sun, 01 Mar 2026 11:00:00 GMT', PT0S",
    "soon, ",
  })
  void pauseThatIsAskedForIsHandedOn(String header, @Nullable Duration expected) {
    server.answers(429, "", "Retry-After", header);
    assertThat(fault(mint(keyService())).retryAfter()).isEqualTo(Optional.ofNullable(expected));
    server.answers(503, "", "Retry-After", header);
    assertThat(fault(mint(keyService())).retryAfter()).isEqualTo(Optional.ofNullable(expected));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "~~                                              | it is no JSON",
        "<html>SEKRET</html>                             | it is no JSON",
        "{\"id\": 41, \"plain_text_key\": \"SEKR         | it is no JSON",
        "{\"id\": 41} trailing                           | it is no JSON",
        "{\"id\": 41}              | spec.http.create.key.value: `body.plain_text_key` reads a"
            + " field",
        "{\"plain_text_key\": \"SEKRET\"}   | spec.http.create.key.id: `body.id` reads a field"
            + " that",
        "{\"id\": null, \"plain_text_key\": \"SEKRET\"}  | `body.id` gives null; expected text",
        "{\"id\": \"\", \"plain_text_key\": \"SEKRET\"}  | spec.http.create.key.id gives empty"
            + " text",
        "{\"id\": 1, \"plain_text_key\": \"\"}       | spec.http.create.key.value gives empty text",
        "{\"id\": [\"SEKRET\"], \"plain_text_key\": \"S\"} | `body.id` gives a list; expected text",
        "{\"id\": \"SEKRET\", \"plain_text_key\": \"SEKRET\"} | key.id gives the secret itself",
        "[\"SEKRET\"]                                    | `body.id` reads a field that is not",
        "{\"id\":1,\"plain_text_key\":\"SEKRET\",\"valid_until\":\"SEKRET\"} | expiresAt gives no"
            + " date",
        "{\"id\":1,\"plain_text_key\":\"SEKRET\",\"issued_at\":{}}   | issuedAt gives no date",
      })
  void answerThatIsNotUnderstoodMayStillMeanAKey(String body, String message) {
    server.answers(201, body);

    MintResult result = mint(keyService());

    assertThat(result).isInstanceOf(MintResult.Unclear.class);
    assertThat(fault(result).reason()).isEqualTo(Reason.AnswerNotUnderstood);
    assertThat(fault(result).message()).contains("(status 201)", message).doesNotContain("SEKR");
  }

  @Test
  void hugeAnswersAreNotRead() {
    server.answers(201, "[" + " ".repeat(1024 * 1024) + "]");
    MintResult result = mint(keyService());

    assertThat(fault(result).reason()).isEqualTo(Reason.AnswerNotUnderstood);
    assertThat(fault(result).message()).contains("larger than 1 MiB");
    server.answers(201, " ".repeat(1024 * 1024 - MINTED.length()) + MINTED);
    assertThat(mint(keyService())).isInstanceOf(MintResult.Minted.class);
  }

  @Test
  void absentDatesAreAbsent() {
    server.answers(
        201, "{\"id\": 1, \"plain_text_key\": \"k\", \"issued_at\": null, \"valid_until\": \"\"}");

    assertThat(mint(keyService()))
        .isEqualTo(
            new MintResult.Minted(
                "1", Map.of("value", SecretText.of("k")), Optional.empty(), Optional.empty()));
  }

  @Test
  void deadlineIsForTheWholeAnswer() {
    server.trickles();

    MintResult result = mint(Definitions.keyService(server.url(), "300ms"));

    assertThat(result).isInstanceOf(MintResult.Unclear.class);
    assertThat(fault(result).reason()).isEqualTo(Reason.IssuerTimedOut);
    assertThat(fault(result).message()).contains("did not answer within 300ms");
  }

  @Test
  void silenceIsUnclear() {
    server.plays(exchange -> Thread.sleep(Duration.ofMinutes(1)));

    MintResult result = mint(Definitions.keyService(server.url(), "300ms"));

    assertThat(result).isInstanceOf(MintResult.Unclear.class);
    assertThat(fault(result).reason()).isEqualTo(Reason.IssuerTimedOut);
  }

  @Test
  void connectionThatIsCutIsUnclearAndNotTriedAgain() {
    server.plays(exchange -> {});

    MintResult result = mint(keyService());

    assertThat(result).isInstanceOf(MintResult.Unclear.class);
    assertThat(fault(result).reason()).isEqualTo(Reason.IssuerUnreachable);
    assertThat(server.asked()).hasSize(1);
  }

  @Test
  void connectionThatWasUsedBeforeIsNotTriedAgainEither() {
    Issuer issuer = issuer(keyService());
    server.answers(201, MINTED);
    issuer.mint(request());
    server.plays(exchange -> {});

    assertThat(issuer.mint(request())).isInstanceOf(MintResult.Unclear.class);
    assertThat(issuer.delete(key("41"))).isInstanceOf(DeleteResult.Failed.class);
    assertThat(server.asked()).hasSize(3);
  }

  @Test
  void deleteIsNotTriedAgainEither() {
    server.plays(exchange -> {});

    assertThat(issuer(keyService()).delete(key("41"))).isInstanceOf(DeleteResult.Failed.class);
    assertThat(server.asked()).hasSize(1);
  }

  @Test
  void refusedConnectionIsDefinite() throws IOException {
    String closed;
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      closed = "http://127.0.0.1:" + socket.getLocalPort();
    }

    MintResult result = mint(Definitions.keyService(closed, "5s"));

    assertThat(result).isInstanceOf(MintResult.Refused.class);
    assertThat(fault(result).reason()).isEqualTo(Reason.IssuerUnreachable);
    assertThat(fault(result).message()).contains("127.0.0.1", "the connection was refused");
  }

  @Test
  void tlsThatFailsIsDefinite() throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      Thread.ofVirtual().start(() -> hangUp(socket));

      MintResult result =
          mint(Definitions.keyService("https://127.0.0.1:" + socket.getLocalPort(), "5s"));

      assertThat(result).isInstanceOf(MintResult.Refused.class);
      assertThat(fault(result).reason()).isEqualTo(Reason.IssuerUnreachable);
      assertThat(fault(result).message()).contains("no TLS connection came about");
    }
  }

  @Test
  void missingCredentialMeansNoRequest() {
    Issuer issuer =
        HttpKeyIssuer.compile(
            keyService(),
            () -> new CredentialSource.Credential.Missing("Secret till-admin does not exist."),
            transports.transport());
    Fault expected = Fault.of(Reason.CredentialMissing, "Secret till-admin does not exist.");

    assertThat(issuer.mint(request())).isEqualTo(new MintResult.Refused(expected));
    assertThat(issuer.list()).isEqualTo(new Listing.Failed(expected));
    assertThat(issuer.delete(key("41"))).isEqualTo(new DeleteResult.Failed(expected));
    assertThat(server.asked()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \n", "SEKRET\nX-Evil: 1", "SEKRET two", "SEKRÉT"})
  void credentialThatNoHeaderCanCarryMeansNoRequest(String token) {
    Issuer issuer =
        HttpKeyIssuer.compile(keyService(), Transports.credential(token), transports.transport());

    MintResult result = issuer.mint(request());

    assertThat(result).isInstanceOf(MintResult.Refused.class);
    assertThat(fault(result).reason()).isEqualTo(Reason.CredentialRefused);
    assertThat(fault(result).message()).doesNotContain("SEKR");
    assertThat(server.asked()).isEmpty();
  }

  @Test
  void aRefusedCredentialIsReadAgainButNothingIsChangedTwice() {
    server.answers(401, "{}");

    renewable().list();
    renewable().mint(request());
    renewable().delete(key("41"));

    assertThat(server.asked())
        .extracting(ScriptedServer.Asked::authorization)
        .containsExactly("Bearer old", "Bearer new", "Bearer old", "Bearer old");
  }

  private Issuer renewable() {
    return HttpKeyIssuer.compile(
        keyService(),
        new CredentialSource() {
          @Override
          public Credential read() {
            return new Credential.Found(SecretText.of("old"));
          }

          @Override
          public Credential readAgain() {
            return new Credential.Found(SecretText.of("new"));
          }
        },
        transports.transport());
  }

  @Test
  void credentialIsReadAnewAndItsLineBreakLeftOut() {
    List<String> tokens = new ArrayList<>(List.of("one\n", "two"));
    Issuer issuer =
        HttpKeyIssuer.compile(
            keyService(),
            () -> new CredentialSource.Credential.Found(SecretText.of(tokens.removeFirst())),
            transports.transport());
    issuer.list();
    issuer.list();

    assertThat(server.asked())
        .extracting(ScriptedServer.Asked::authorization)
        .containsExactly("Bearer one", "Bearer two");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "41                | /api/keys/41",
        "a/b               | /api/keys/a%2Fb",
        "../../admin?x=1#y | /api/keys/..%2F..%2Fadmin%3Fx%3D1%23y",
        "a b+c%41          | /api/keys/a%20b%2Bc%2541",
        "schlüssel         | /api/keys/schl%C3%BCssel",
      })
  void idIsOneSegmentOfThePath(String id, String target) {
    issuer(keyService()).delete(key(id));

    assertThat(onlyAsked().method()).isEqualTo("DELETE");
    assertThat(onlyAsked().target()).isEqualTo(target);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", ".."})
  void idThatIsAnotherPathMeansNoRequest(String id) {
    assertThat(issuer(keyService()).delete(key(id)))
        .asInstanceOf(type(DeleteResult.Failed.class))
        .satisfies(it -> assertThat(it.fault().reason()).isEqualTo(Reason.IssuerInvalid));
    assertThat(server.asked()).isEmpty();
  }

  @Test
  void keyWithoutIdIsDeletedByHand() {
    assertThat(issuer(keyService()).delete(key(null)))
        .asInstanceOf(type(DeleteResult.Failed.class))
        .satisfies(it -> assertThat(it.fault().reason()).isEqualTo(Reason.DeleteByHand));
    assertThat(server.asked()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"404, Gone", "410, Gone", "200, Deleted", "202, Deleted", "204, Deleted"})
  void deleteIsBelievedByItsStatus(int status, String expected) {
    server.answers(status, "");

    assertThat(issuer(keyService()).delete(key("41")).getClass().getSimpleName())
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"401, CredentialRefused", "409, RequestRefused", "302, RequestRefused"})
  void deleteThatFailsSaysWhy(int status, Reason reason) {
    server.answers(status, SECRET);

    assertThat(issuer(keyService()).delete(key("41")))
        .asInstanceOf(type(DeleteResult.Failed.class))
        .satisfies(it -> assertThat(it.fault().reason()).isEqualTo(reason))
        .satisfies(it -> assertThat(it.fault().message()).doesNotContain(SECRET));
  }

  @Test
  void verifyCarriesTheKeyAndNotTheCredential() {
    assertThat(issuer(keyService()).verify(key("41"))).isInstanceOf(Verdict.Accepted.class);

    ScriptedServer.Asked asked = onlyAsked();
    assertThat(asked.method() + " " + asked.target()).isEqualTo("GET /api/me");
    assertThat(asked.authorization()).isEqualTo("Bearer " + SECRET);
    assertThat(asked.body()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "200 | -                 | -               | Accepted | -",
        "204 | -                 | -               | Accepted | -",
        "401 | -                 | -               | Rejected | -",
        "403 | -                 | -               | Unknown  | AnswerNotUnderstood",
        "302 | -                 | -               | Unknown  | AnswerNotUnderstood",
        "500 | -                 | -               | Unknown  | IssuerFailed",
        "429 | -                 | -               | Unknown  | IssuerThrottled",
        "403 | -                 | status == 403   | Rejected | -",
        "200 | true              | status == 200   | Rejected | -",
        "200 | body.ok           | -               | Accepted | -",
        "200 | body.no           | -               | Unknown  | AnswerNotUnderstood",
        "200 | !body.ok          | -               | Unknown  | AnswerNotUnderstood",
        "200 | body.token == '1' | -               | Unknown  | AnswerNotUnderstood",
        "200 | true              | body.no         | Unknown  | AnswerNotUnderstood",
        "500 | true              | body.no         | Unknown  | IssuerFailed",
        "500 | -                 | status == 500   | Unknown  | IssuerFailed",
        "200 | headers['x-ok'] == 'yes' | -        | Accepted | -",
      })
  void verdictIsRejectedBeforeAccepted(
      int status,
      @Nullable String accepted,
      @Nullable String rejected,
      String verdict,
      @Nullable Reason reason) {
    server.answers(status, "{\"ok\": true, \"token\": \"" + SECRET + "\"}", "X-Ok", "yes");

    Verdict given = issuer(verifying(Definitions.verify(accepted, rejected))).verify(key("41"));

    assertThat(given.getClass().getSimpleName()).isEqualTo(verdict);
    if (given instanceof Verdict.Unknown(Fault fault)) {
      assertThat(fault.reason()).isEqualTo(reason);
      assertThat(fault.message()).doesNotContain(SECRET);
    }
  }

  @Test
  void withoutVerifyNothingIsAsked() {
    Issuer issuer = issuer(verifying(null));

    assertThat(issuer.capabilities().verifies()).isFalse();
    assertThat(issuer.verify(key("41"))).isInstanceOf(Verdict.Unknown.class);
    assertThat(server.asked()).isEmpty();
    assertThat(issuer(keyService()).capabilities())
        .satisfies(it -> assertThat(it.verifies()).isTrue())
        .satisfies(it -> assertThat(it.maxAge()).contains(Duration.ofDays(180)))
        .satisfies(it -> assertThat(it.quota()).hasValue(10))
        .satisfies(it -> assertThat(it.requestTimeout()).isEqualTo(Duration.ofSeconds(5)));
  }

  @Test
  void listToleratesWhatItDoesNotNeed() {
    server.answers(
        200,
        """
        {"keys": [
          {"id": 41, "label": "rk-1", "issued_at": "2026-03-01", "valid_until": 1772366400},
          {"id": 12345678901234567890},
          {"id": "b", "label": null, "issued_at": "yesterday", "secret": "SEKRET"},
          {"id": "c", "label": 7}
        ]}
        """);

    assertThat(issuer(keyService()).list())
        .isEqualTo(
            new Listing.Listed(
                List.of(
                    new Listing.ListedKey(
                        "41",
                        "rk-1",
                        Optional.of(Instant.parse("2026-03-01T00:00:00Z")),
                        Optional.of(Instant.parse("2026-03-01T12:00:00Z"))),
                    listed("12345678901234567890", ""),
                    listed("b", ""),
                    listed("c", "7")),
                true));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{}                                | spec.http.list.items: `body.keys` reads a field that",
        "{\"keys\": {\"a\": \"SEKRET\"}}   | spec.http.list.items does not give a list",
        "{\"keys\": null}                  | spec.http.list.items does not give a list",
        "{\"keys\": [{\"id\": 1}, {\"key\": \"SEKRET\"}]} | item.id: `item.id` reads a field that",
        "{\"keys\": [\"SEKRET\"]}          | spec.http.list.item.id: `item.id` reads a field that",
        "{\"keys\": [{\"id\": \"SEKRET\"}  | it is no JSON",
      })
  void listIsWholeOrNone(String body, String message) {
    server.answers(200, body);

    assertThat(issuer(keyService()).list())
        .asInstanceOf(type(Listing.Failed.class))
        .satisfies(it -> assertThat(it.fault().reason()).isEqualTo(Reason.AnswerNotUnderstood))
        .satisfies(it -> assertThat(it.fault().message()).contains(message).doesNotContain("SEKR"));
  }

  @Test
  void listOfAThousandKeysIsRead() {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      keys.add("{\"id\": " + i + ", \"label\": \"label-" + i + "\"}");
    }
    server.answers(200, "{\"keys\": " + keys + "}");

    assertThat(issuer(keyService()).list())
        .asInstanceOf(type(Listing.Listed.class))
        .satisfies(it -> assertThat(it.keys()).hasSize(1000));
  }

  private static void hangUp(ServerSocket socket) {
    try {
      while (true) {
        socket.accept().close();
      }
    } catch (IOException closed) {
      // the test is over
    }
  }

  private static Listing.ListedKey listed(String id, String label) {
    return new Listing.ListedKey(id, label, Optional.empty(), Optional.empty());
  }

  private KeyIssuerSpec keyService() {
    return Definitions.keyService(server.url(), "5s");
  }

  private KeyIssuerSpec creating(String post, @Nullable Map<String, Object> body) {
    return spec(
        new CreateRequest(post, body, new MintedKey("body.id", "body.plain_text_key", null, null)),
        Definitions.LIST,
        Definitions.VERIFY);
  }

  private KeyIssuerSpec verifying(@Nullable VerifyRequest verify) {
    return spec(Definitions.CREATE, Definitions.LIST, verify);
  }

  private KeyIssuerSpec spec(
      CreateRequest create, ListRequest list, @Nullable VerifyRequest verify) {
    return Definitions.spec(
        server.url(), "5s", create, list, new DeleteRequest("/api/keys/${key.id}"), verify);
  }

  private Issuer issuer(KeyIssuerSpec spec) {
    return HttpKeyIssuer.compile(spec, Transports.credential(ADMIN), transports.transport());
  }

  private MintResult mint(KeyIssuerSpec spec) {
    return issuer(spec).mint(request());
  }

  private static MintRequest request() {
    return new MintRequest("a-1", "rk-1", "payments", "till");
  }

  private ScriptedServer.Asked onlyAsked() {
    assertThat(server.asked()).hasSize(1);
    return server.asked().getFirst();
  }

  private static Key key(@Nullable String id) {
    SecretText value = SecretText.of(SECRET);
    return new Key(
        "attempt-1",
        Optional.ofNullable(id),
        Role.CONDEMNED,
        Map.of("value", value),
        value.hint(),
        Transports.NOON,
        Optional.empty(),
        Optional.empty(),
        new IssuerBinding("KeyIssuer", "payments", "till", "u-1", "a-1"),
        OptionalInt.empty(),
        Checks.NONE);
  }

  private static Fault fault(MintResult result) {
    return switch (result) {
      case MintResult.Refused(Fault fault) -> fault;
      case MintResult.Unclear(Fault fault) -> fault;
      case MintResult.Minted minted -> throw new AssertionError("minted " + minted);
      case MintResult.Awaiting asked -> throw new AssertionError("asked for " + asked);
    };
  }
}
