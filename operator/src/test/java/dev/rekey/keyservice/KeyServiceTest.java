package dev.rekey.keyservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rekey.keyservice.LogEntry.What;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeyServiceTest {

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private final AtomicReference<Instant> now = new AtomicReference<>(NOON);
  private final KeyService service = KeyService.start(now::get);
  private final String admin = service.adminToken("payments");
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @AfterEach
  void stop() {
    http.shutdownNow();
    service.close();
  }

  @Test
  void mintedKeyIsDescribedOnceWithItsValueAndWorks() throws Exception {
    HttpResponse<String> answer =
        send(
            "POST",
            "/api/keys",
            admin,
            "{\"label\": \"till\", \"notification_contacts\": [\"a@agency.example\"]}");

    assertThat(answer.statusCode()).isEqualTo(201);
    JsonNode key = json(answer);
    String value = key.path("plain_text_key").asText();
    assertThat(value).endsWith(key.path("last_five").asText()).hasSizeGreaterThan(30);
    assertThat(key.path("id").asText()).containsOnlyDigits();
    assertThat(key.path("label").asText()).isEqualTo("till");
    assertThat(key.path("issued_at").asText()).isEqualTo("2026-03-01T12:00:00Z");
    assertThat(key.path("valid_until").asText()).isEqualTo("2026-08-28T12:00:00Z");
    assertThat(key.path("notification_contacts").get(0).asText()).isEqualTo("a@agency.example");
    assertThat(message(value)).isEqualTo(200);
    assertThat(json(send("GET", "/api/me", value, "")).path("id")).isEqualTo(key.path("id"));
    assertThat(service.log())
        .extracting(LogEntry::what)
        .containsExactly(What.MINTED, What.ACCEPTED, What.VERIFIED);
  }

  @Test
  void everyTeamSeesTheKeysOfTheWholeAccountAndNoValues() throws Exception {
    NewKey theirs = service.seed("licences", "door", List.of(), NOON);
    NewKey ours = mint("till");

    HttpResponse<String> list = send("GET", "/api/keys", admin, "");

    assertThat(listedIds(list)).containsExactly(theirs.key().id(), ours.key().id());
    assertThat(list.body()).doesNotContain(theirs.plainText(), ours.plainText());
  }

  @Test
  void deletedKeyIsRefusedAndIsGoneTheSecondTime() throws Exception {
    NewKey key = mint("till");

    assertThat(delete(key)).isEqualTo(204);
    assertThat(delete(key)).isEqualTo(404);
    assertThat(message(key.plainText())).isEqualTo(401);
    assertThat(send("GET", "/api/me", key.plainText(), "").statusCode()).isEqualTo(401);
    assertThat(service.liveKeys()).isEmpty();
    assertThat(service.failedRequests()).isEqualTo(1);
    assertThat(service.log(What.REJECTED))
        .containsExactly(new LogEntry(NOON, What.REJECTED, key.key().id(), "test"));
  }

  @Test
  void keyExpiresAfterHundredAndEightyDays() throws Exception {
    NewKey old = service.seed("payments", "till", List.of(), NOON.minus(Duration.ofDays(179)));

    assertThat(message(old.plainText())).isEqualTo(200);
    now.set(NOON.plus(Duration.ofDays(1)));
    assertThat(message(old.plainText())).isEqualTo(401);
  }

  @Test
  void adminNeedsATokenThatWorks() throws Exception {
    assertThat(send("GET", "/api/keys", "guess", "").statusCode()).isEqualTo(401);
    assertThat(send("POST", "/api/keys", admin, "{}").statusCode()).isEqualTo(400);
    assertThat(send("POST", "/api/keys", admin, "{").statusCode()).isEqualTo(400);
    assertThat(send("GET", "/nowhere", admin, "").statusCode()).isEqualTo(404);
    service.revokeAdminTokens("payments");
    assertThat(send("GET", "/api/keys", admin, "").statusCode()).isEqualTo(401);
    assertThat(service.liveKeys()).isEmpty();
  }

  @Test
  void switchFailsSoManyRequestsOfItsVerbAndCountsThem() throws Exception {
    Failures.Switch broken = service.failures().next(2, Verb.MINT, new Failure.Status(500));

    assertThat(send("GET", "/api/keys", admin, "").statusCode()).isEqualTo(200);
    assertThat(mintStatus()).isEqualTo(500);
    assertThat(mintStatus()).isEqualTo(500);
    assertThat(mintStatus()).isEqualTo(201);
    assertThat(broken.used()).isEqualTo(2);
    assertThat(broken.left()).isZero();
    assertThat(service.liveKeys()).hasSize(1);
  }

  @Test
  void switchForEveryRequestStaysUntilItIsTurnedOff() throws Exception {
    Failures.Switch busy =
        service.failures().every(Verb.MESSAGE, new Failure.TooManyRequests(Duration.ofSeconds(7)));
    String value = mint("till").plainText();

    HttpResponse<String> answer = send("POST", "/api/messages", value, "");
    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(answer.headers().firstValue("Retry-After")).contains("7");
    assertThat(message(value)).isEqualTo(429);
    busy.off();
    assertThat(message(value)).isEqualTo(200);
    assertThat(service.failedRequests()).isEqualTo(2);
    assertThat(service.acceptedRequests()).isEqualTo(1);
  }

  @Test
  void adminIsRefusedOnPurpose() throws Exception {
    service.failures().next(1, Verb.DELETE, new Failure.Unauthorized());
    NewKey key = mint("till");

    assertThat(delete(key)).isEqualTo(401);
    assertThat(service.liveKeys()).containsExactly(key.key());
  }

  @Test
  void mintThatHangsAfterItsCommitLeavesAKeyThatNobodyGot() {
    service.failures().next(1, Verb.MINT, new Failure.HangAfterCommit(Duration.ofMinutes(1)));

    assertThatThrownBy(this::mintStatus).isInstanceOf(HttpTimeoutException.class);
    assertThat(service.liveKeys()).extracting(ServiceKey::label).containsExactly("till");
  }

  @Test
  void mintThatHangsBeforeItsCommitHasMadeNothingYet() {
    service.failures().next(1, Verb.MINT, new Failure.HangBefore(Duration.ofMinutes(1)));

    assertThatThrownBy(this::mintStatus).isInstanceOf(HttpTimeoutException.class);
    assertThat(service.liveKeys()).isEmpty();
  }

  @Test
  void connectionIsCutAfterTheCommit() {
    service.failures().next(1, Verb.MINT, new Failure.CutAfterCommit());

    assertThatThrownBy(this::mintStatus)
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(HttpTimeoutException.class);
    assertThat(service.liveKeys()).hasSize(1);
  }

  @Test
  void answersCanBeSpoiledAfterTheCommit() throws Exception {
    service.failures().next(1, Verb.MINT, new Failure.MalformedAnswer());
    service.failures().next(1, Verb.MINT, new Failure.WrongContent("{\"ok\":true}"));

    HttpResponse<String> half = send("POST", "/api/keys", admin, "{\"label\": \"till\"}");
    assertThat(half.statusCode()).isEqualTo(201);
    assertThatThrownBy(() -> json(half)).isInstanceOf(IOException.class);
    HttpResponse<String> other = send("POST", "/api/keys", admin, "{\"label\": \"till\"}");
    assertThat(other.body()).isEqualTo("{\"ok\":true}");
    assertThat(service.liveKeys()).hasSize(2);
  }

  @Test
  void deletionCanBeAnsweredAndIgnored() throws Exception {
    service.failures().next(1, Verb.DELETE, new Failure.DeleteIgnored(true));
    service.failures().next(1, Verb.DELETE, new Failure.DeleteIgnored(false));
    NewKey key = mint("till");

    assertThat(delete(key)).isEqualTo(200);
    assertThat(listedIds(send("GET", "/api/keys", admin, ""))).hasSize(1);
    assertThat(delete(key)).isEqualTo(200);
    assertThat(listedIds(send("GET", "/api/keys", admin, ""))).isEmpty();
    assertThat(message(key.plainText())).isEqualTo(200);
    assertThat(service.log(What.DELETED)).isEmpty();
    assertThat(service.log(What.DELETE_IGNORED)).hasSize(2);
  }

  @Test
  void deletionCanTakeAWhileToBite() throws Exception {
    service.failures().next(1, Verb.DELETE, new Failure.DeleteBitesAfter(Duration.ofMinutes(1)));
    NewKey key = mint("till");

    assertThat(delete(key)).isEqualTo(204);
    assertThat(message(key.plainText())).isEqualTo(200);
    now.set(NOON.plus(Duration.ofMinutes(1)));
    assertThat(message(key.plainText())).isEqualTo(401);
  }

  @Test
  void newKeyCanTakeAWhileToWork() throws Exception {
    service.failures().next(1, Verb.MINT, new Failure.KeyWorksAfter(Duration.ofSeconds(30)));
    NewKey key = mint("till");

    assertThat(message(key.plainText())).isEqualTo(401);
    now.set(NOON.plus(Duration.ofSeconds(30)));
    assertThat(message(key.plainText())).isEqualTo(200);
  }

  @Test
  void listCanLag() throws Exception {
    NewKey old = mint("till");
    now.set(NOON.plus(Duration.ofSeconds(30)));
    assertThat(delete(old)).isEqualTo(204);
    NewKey fresh = mint("till");
    service.failures().next(1, Verb.LIST, new Failure.ListLags(Duration.ofSeconds(10)));

    assertThat(listedIds(send("GET", "/api/keys", admin, ""))).containsExactly(old.key().id());
    assertThat(listedIds(send("GET", "/api/keys", admin, ""))).containsExactly(fresh.key().id());
  }

  @Test
  void nothingPrintsAValue() {
    NewKey key = service.seed("payments", "till", List.of(), NOON);

    assertThat(key + " " + key.key() + " " + service + " " + service.log() + service.allKeys())
        .doesNotContain(key.plainText())
        .doesNotContain(admin);
  }

  private NewKey mint(String label) throws IOException, InterruptedException {
    JsonNode made = json(send("POST", "/api/keys", admin, "{\"label\": \"" + label + "\"}"));
    ServiceKey key =
        service.allKeys().stream()
            .filter(k -> k.id().equals(made.path("id").asText()))
            .findFirst()
            .orElseThrow();
    return new NewKey(key, made.path("plain_text_key").asText());
  }

  private int mintStatus() throws IOException, InterruptedException {
    return send("POST", "/api/keys", admin, "{\"label\": \"till\"}").statusCode();
  }

  private int delete(NewKey key) throws IOException, InterruptedException {
    return send("DELETE", "/api/keys/" + key.key().id(), admin, "").statusCode();
  }

  private int message(String value) throws IOException, InterruptedException {
    return send("POST", "/api/messages", value, "{}").statusCode();
  }

  private static List<String> listedIds(HttpResponse<String> list) throws IOException {
    return StreamSupport.stream(json(list).path("keys").spliterator(), false)
        .map(key -> key.path("id").asText())
        .toList();
  }

  private static JsonNode json(HttpResponse<String> answer) throws IOException {
    return new ObjectMapper().readTree(answer.body());
  }

  private HttpResponse<String> send(String method, String path, String bearer, String body)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(service.url() + path))
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .header("Authorization", "Bearer " + bearer)
            .header("User-Agent", "test")
            .timeout(Duration.ofSeconds(1))
            .build(),
        BodyHandlers.ofString());
  }
}
