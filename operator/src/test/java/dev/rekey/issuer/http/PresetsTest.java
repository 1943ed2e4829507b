package dev.rekey.issuer.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import dev.rekey.api.v1alpha1.KeyIssuer;
import dev.rekey.issuer.Issuer;
import dev.rekey.issuer.MintRequest;
import dev.rekey.rotation.Checks;
import dev.rekey.rotation.IssuerBinding;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Listing;
import dev.rekey.rotation.MintResult;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.SecretText;
import dev.rekey.rotation.Verdict;
import dev.rekey.testkube.Binaries;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each definition in {@code examples/issuers/} asks as its service's documentation says, and
 * understands the answers that stand there; they are in {@code resources/presets}.
 */
class PresetsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path ISSUERS = Binaries.repository().resolve("examples/issuers");

  private final ScriptedServer server = new ScriptedServer();
  private final Transports transports = new Transports();

  @AfterEach
  void stop() {
    transports.close();
    server.close();
  }

  static List<String> presets() throws IOException {
    try (Stream<Path> files = Files.list(ISSUERS)) {
      return files
          .map(it -> it.getFileName().toString())
          // a person is asked there, and the service of the key only whether it works
          .filter(it -> !it.startsWith("postman"))
          .sorted()
          .toList();
    }
  }

  @Test
  void thereAreSome() throws IOException {
    assertThat(presets()).hasSizeGreaterThanOrEqualTo(7);
  }

  @ParameterizedTest
  @MethodSource("presets")
  void itsKeyIsMinted(String preset) throws IOException {
    JsonNode recorded = recorded(preset);
    JsonNode create = recorded.path("create");
    answers(create.path("answer"));

    MintResult result = issuer(preset).mint(request());

    JsonNode minted = recorded.path("minted");
    assertThat(result)
        .isEqualTo(
            new MintResult.Minted(
                minted.path("id").asText(),
                Map.of("value", SecretText.of(minted.path("value").asText())),
                date(minted.path("issuedAt")),
                date(minted.path("expiresAt"))));
    wasAsked(create, recorded.path("credential"));
  }

  @ParameterizedTest
  @MethodSource("presets")
  void itsRefusalIsUnderstood(String preset) throws IOException {
    JsonNode refused = recorded(preset).path("refused");
    answers(refused.path("answer"));

    MintResult result = issuer(preset).mint(request());

    assertThat(result.getClass().getSimpleName()).isEqualTo(refused.path("means").asText());
  }

  @ParameterizedTest
  @MethodSource("presets")
  void itsKeysAreListedPageByPage(String preset) throws IOException {
    JsonNode recorded = recorded(preset);
    List<JsonNode> pages = all(recorded.path("list"));
    answers(pages.stream().map(it -> it.path("answer")).toArray(JsonNode[]::new));

    Listing listing = issuer(preset).list();

    var expected =
        all(recorded.path("listed")).stream()
            .map(it ->
                new Listing.ListedKey(
                    it.path("id").asText(),
                    it.path("label").asText(),
                    date(it.path("issuedAt")),
                    date(it.path("expiresAt"))))
            .toList();
    assertThat(listing).isEqualTo(new Listing.Listed(expected, true));
    assertThat(server.asked())
        .extracting(it -> it.method() + " " + it.target())
        .containsExactlyElementsOf(pages.stream().map(it -> it.path("asked").asText()).toList());
  }

  @ParameterizedTest
  @MethodSource("presets")
  void itsKeyIsDeletedOnceAndAgain(String preset) throws IOException {
    JsonNode recorded = recorded(preset);
    JsonNode again = recorded.path("again");
    answers(recorded.path("delete").path("answer"), again.path("answer"));
    Issuer issuer = issuer(preset);

    var first = issuer.delete(key(recorded));
    var second = issuer.delete(key(recorded));

    assertThat(first.getClass().getSimpleName()).isEqualTo("Deleted");
    assertThat(second.getClass().getSimpleName()).isEqualTo(again.path("means").asText());
    wasAsked(recorded.path("delete"), recorded.path("credential"));
  }

  @ParameterizedTest
  @MethodSource("presets")
  void itsKeyIsVerified(String preset) throws IOException {
    JsonNode recorded = recorded(preset);
    JsonNode verify = recorded.path("verify");
    Issuer issuer = issuer(preset);
    assertThat(issuer.capabilities().verifies()).isEqualTo(!verify.isMissingNode());

    for (String verdict : List.of("accepted", "rejected", "unknown")) {
      for (JsonNode answer : verify.path(verdict)) {
        answers(answer);

        Verdict found = issuer.verify(key(recorded));

        assertThat(found.getClass().getSimpleName())
            .as("%s", answer)
            .isEqualToIgnoringCase(verdict);
        wasAsked(verify, verify.path("carried"));
      }
    }
  }

  /** What the server was asked last fits this record. */
  private void wasAsked(JsonNode record, JsonNode headers) throws IOException {
    var asked =
        server.asked().stream()
            .filter(it -> (it.method() + " " + it.target()).equals(record.path("asked").asText()))
            .reduce((_, last) -> last);
    assertThat(asked).as("asked: %s", server.asked()).isPresent();
    headers
        .properties()
        .forEach(header ->
            assertThat(asked.orElseThrow().headers().getFirst(header.getKey()))
                .isEqualTo(header.getValue().asText()));
    String body = asked.orElseThrow().body();
    assertThat(body.isEmpty() ? JSON.missingNode() : JSON.readTree(body))
        .isEqualTo(record.path("body"));
  }

  /** The next requests are answered with these, in order. */
  private void answers(JsonNode... answers) {
    Queue<JsonNode> left = new ArrayDeque<>(List.of(answers));
    server.plays(exchange -> answer(exchange, left.remove()));
  }

  private static void answer(HttpExchange exchange, JsonNode answer) throws IOException {
    answer
        .path("headers")
        .properties()
        .forEach(it -> exchange.getResponseHeaders().set(it.getKey(), it.getValue().asText()));
    byte[] body =
        answer.has("body")
            ? answer.path("body").toString().getBytes(StandardCharsets.UTF_8)
            : new byte[0];
    exchange.sendResponseHeaders(
        answer.path("status").asInt(), body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  private Issuer issuer(String preset) throws IOException {
    String yaml = Files.readString(ISSUERS.resolve(preset)).split("(?m)^---$", 2)[0];
    KeyIssuer resource =
        Serialization.unmarshal(
            yaml.replaceFirst("url: https://[^/\\s]+", "url: " + server.url()), KeyIssuer.class);
    return HttpKeyIssuer.compile(
        resource.getSpec(), Transports.credential("admin-token-6fQ"), transports.transport());
  }

  /** What the documentation shows, with the server's own address in its place. */
  private JsonNode recorded(String preset) throws IOException {
    try (var file = PresetsTest.class.getResourceAsStream("/presets/" + preset)) {
      assertThat(file).as("the recorded answers of %s", preset).isNotNull();
      String yaml = new String(file.readAllBytes(), StandardCharsets.UTF_8);
      return Serialization.unmarshal(yaml.replace("URL/", server.url() + "/"), JsonNode.class);
    }
  }

  private static List<JsonNode> all(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).toList();
  }

  private static Optional<Instant> date(JsonNode text) {
    return text.isMissingNode() ? Optional.empty() : Optional.of(Instant.parse(text.asText()));
  }

  private static MintRequest request() {
    return new MintRequest("a-1", "rk-1", "payments", "till");
  }

  private static Key key(JsonNode recorded) {
    return new Key(
        "attempt-1",
        Optional.of(recorded.path("minted").path("id").asText()),
        Role.CONDEMNED,
        Map.of("value", SecretText.of(recorded.path("minted").path("value").asText())),
        "…",
        Transports.NOON,
        Optional.empty(),
        Optional.of("rk-1"),
        new IssuerBinding("KeyIssuer", "payments", "till", "u-1", "a-1"),
        OptionalInt.empty(),
        Checks.NONE);
  }
}
