package dev.rekey.keyservice;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.rekey.keyservice.LogEntry.What;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A service that issues API keys and answers those who hold one, on a free loopback port.
 *
 * <p>Admins (a token per team, carried in any of the usual ways, all on one account, so everyone
 * sees everyone's keys) mint, list and delete keys at {@code /api/keys}. Applications send {@code
 * POST /api/messages} with their key and get 200, or 401 when the key is unknown, deleted or
 * expired. {@code GET /api/me} tells whether a key works without sending anything. An admin token
 * also opens sessions: as a client's secret at {@code POST /oauth/token}, and as the password of
 * {@code POST /session}, whose answer has the session in its body, in the header {@code X-Session}
 * and in the cookie {@code sid}.
 */
public final class KeyService implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  static {
    // Read once, by the first server of the JVM. Without them an answer waits 40 ms for the ACK of
    // its own headers, and the server may close an idle connection (after 30 s, or beyond 200 of
    // them) in the very moment in which an application sends on it: a failed request that no
    // rotation caused.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    System.setProperty("sun.net.httpserver.idleInterval", "3600");
    System.setProperty("sun.net.httpserver.maxIdleConnections", "10000");
  }

  private final InstantSource clock;
  private final Keyring keyring;
  private final Failures failures = new Failures();
  private final Doors doors;
  private volatile boolean keysGetIn;
  private final LongAdder accepted = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;

  private KeyService(InstantSource clock) throws IOException {
    this.clock = clock;
    this.keyring = new Keyring(clock);
    this.doors = new Doors(clock);
    this.server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
  }

  /** Starts a service on the system's clock. */
  public static KeyService start() {
    return start(InstantSource.system());
  }

  /** Starts a service that believes this clock. */
  public static KeyService start(InstantSource clock) {
    try {
      KeyService service = new KeyService(clock);
      service.server.start();
      return service;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where the service listens: {@code http://127.0.0.1:<port>}, without a slash at its end. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** A new admin token for this team. Every token works until the service stops. */
  public String adminToken(String team) {
    return doors.token(team);
  }

  /** No admin token of this team works any more. */
  public void revokeAdminTokens(String team) {
    doors.revokeTokens(team);
  }

  /** Sessions last so long from now on; an hour until this is called. */
  public void sessionsLast(Duration life) {
    doors.sessionsLast(life);
  }

  /** No session works any more, as after a restart of a service that keeps them in memory. */
  public void endSessions() {
    doors.endSessions();
  }

  /** From now on every key may mint, list and delete keys, as at services without admins. */
  public void letKeysIn() {
    keysGetIn = true;
  }

  /** A key that somebody made by hand some time ago; it is valid for 180 days from then. */
  public NewKey seed(String team, String label, List<String> contacts, Instant issuedAt) {
    return keyring.add(What.SEEDED, team, label, contacts, issuedAt, Duration.ZERO);
  }

  /** Deletes a key as a person at the dashboard would; it stops working at once. */
  public void revoke(String keyId) {
    keyring.delete(keyId, Keyring.Deletion.DONE, Duration.ZERO, "dashboard");
  }

  /** The failure switches. */
  public Failures failures() {
    return failures;
  }

  /** Everything that happened, in the order in which it happened. */
  public List<LogEntry> log() {
    return keyring.log();
  }

  /** What of this kind happened, in the order in which it happened. */
  public List<LogEntry> log(What what) {
    return keyring.log().stream().filter(entry -> entry.what() == what).toList();
  }

  /** The keys that work now, whether lists show them or not. */
  public List<ServiceKey> liveKeys() {
    return keyring.live();
  }

  /** All keys that ever were. */
  public List<ServiceKey> allKeys() {
    return keyring.all();
  }

  /** How many requests of applications ({@code POST /api/messages}) were answered 200. */
  public long acceptedRequests() {
    return accepted.sum();
  }

  /** How many requests of applications were not. */
  public long failedRequests() {
    return failed.sum();
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  /** Never a key or a token. */
  @Override
  public String toString() {
    return "KeyService[" + url() + "]";
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Request request = Request.of(exchange);
      Verb verb = request.verb();
      if (verb == null) {
        Answer.error(404, "no such thing").send(exchange);
        return;
      }
      Failure failure = failures.take(verb);
      Answer answer = answer(request, verb, failure);
      if (verb == Verb.MESSAGE) {
        // counted before it is sent: whoever has the answer must find it in the count
        (answer.status() == 200 ? accepted : failed).increment();
      }
      send(answer, failure, exchange);
    }
  }

  private Answer answer(Request request, Verb verb, @Nullable Failure failure) {
    if (failure instanceof Failure.HangBefore(Duration duration)) {
      hang(duration);
    }
    Answer instead = answerInstead(failure);
    if (instead != null) {
      keyring.write(What.FAILED, "-", request.userAgent());
      return instead;
    }
    if (verb.isForKeyHolders()) {
      return answerKeyHolder(request, verb);
    }
    if (verb.opensSession()) {
      return session(request, verb);
    }
    String team =
        doors
            .team(request.bearer())
            .or(() ->
                keysGetIn
                    ? keyring.holder(request.bearer()).map(ServiceKey::team)
                    : Optional.empty())
            .orElse(null);
    if (team == null) {
      keyring.write(What.ADMIN_REFUSED, "-", request.userAgent());
      return Answer.error(401, "invalid admin token");
    }
    return switch (verb) {
      case MINT -> mint(request, team, failure);
      case LIST -> list(team, failure);
      case DELETE -> delete(request, team, failure);
      case MESSAGE, ME, TOKEN, LOGIN -> throw new IllegalStateException(verb + " needs no admin");
    };
  }

  private Answer session(Request request, Verb verb) {
    Optional<String> session =
        verb == Verb.TOKEN ? doors.forClient(request) : doors.forLogin(request);
    if (session.isEmpty()) {
      keyring.write(What.ADMIN_REFUSED, "-", request.userAgent());
      return Answer.json(401, NODES.objectNode().put("error", "invalid_client"));
    }
    keyring.write(What.SESSION_OPENED, "-", request.userAgent());
    ObjectNode answer = NODES.objectNode();
    if (verb == Verb.TOKEN) {
      answer.put("access_token", session.get());
      answer.put("token_type", "Bearer");
      answer.put("expires_in", doors.life().toSeconds());
    } else {
      answer.put("token", session.get());
    }
    return Answer.json(200, answer)
        .with("Set-Cookie", "sid=" + session.get() + "; Path=/; HttpOnly")
        .with("X-Session", session.get());
  }

  private static @Nullable Answer answerInstead(@Nullable Failure failure) {
    return switch (failure) {
      case Failure.Status(int code) -> Answer.error(code, "out of order");
      case Failure.TooManyRequests(Duration retryAfter) ->
          Answer.error(429, "too many requests")
              .with("Retry-After", Long.toString(retryAfter.toSeconds()));
      case Failure.Unauthorized() -> Answer.error(401, "invalid credential");
      case null, default -> null;
    };
  }

  private void send(Answer answer, @Nullable Failure failure, HttpExchange exchange)
      throws IOException {
    switch (failure) {
      case Failure.CutAfterCommit() -> {
        // leaving without an answer makes the caller's try close the connection
      }
      case Failure.HangAfterCommit(Duration duration) -> {
        hang(duration);
        answer.send(exchange);
      }
      case Failure.MalformedAnswer() ->
          answer.saying(answer.body().substring(0, answer.body().length() / 2)).send(exchange);
      case Failure.WrongContent(String body) -> answer.saying(body).send(exchange);
      case null, default -> answer.send(exchange);
    }
  }

  private Answer mint(Request request, String team, @Nullable Failure failure) {
    Optional<JsonNode> body = parse(request.body());
    String label = body.map(b -> b.path("label").asText()).orElse("");
    if (label.isBlank()) {
      keyring.write(What.MALFORMED_REQUEST, "-", team);
      return Answer.error(400, "label is required");
    }
    List<String> contacts = new ArrayList<>();
    body.ifPresent(b -> b.path("notification_contacts").forEach(c -> contacts.add(c.asText())));
    Duration works =
        failure instanceof Failure.KeyWorksAfter(Duration delay) ? delay : Duration.ZERO;
    NewKey made = keyring.add(What.MINTED, team, label, contacts, clock.instant(), works);
    ObjectNode answer = describe(made.key());
    answer.put("plain_text_key", made.plainText());
    ArrayNode answered = answer.putArray("notification_contacts");
    contacts.forEach(answered::add);
    return Answer.json(201, answer);
  }

  private Answer list(String team, @Nullable Failure failure) {
    Duration lag = failure instanceof Failure.ListLags(Duration by) ? by : Duration.ZERO;
    ObjectNode answer = NODES.objectNode();
    ArrayNode keys = answer.putArray("keys");
    keyring.list(lag, team).forEach(key -> keys.add(describe(key)));
    return Answer.json(200, answer);
  }

  private Answer delete(Request request, String team, @Nullable Failure failure) {
    Keyring.Deletion deletion =
        failure instanceof Failure.DeleteIgnored(boolean stillListed)
            ? stillListed ? Keyring.Deletion.IGNORED : Keyring.Deletion.IGNORED_AND_HIDDEN
            : Keyring.Deletion.DONE;
    Duration bites =
        failure instanceof Failure.DeleteBitesAfter(Duration delay) ? delay : Duration.ZERO;
    if (!keyring.delete(request.keyId(), deletion, bites, team)) {
      return Answer.error(404, "no such key");
    }
    return deletion == Keyring.Deletion.DONE
        ? Answer.empty(204)
        : Answer.json(200, NODES.objectNode());
  }

  private Answer answerKeyHolder(Request request, Verb verb) {
    boolean message = verb == Verb.MESSAGE;
    return keyring
        .use(
            request.bearer(),
            message ? What.ACCEPTED : What.VERIFIED,
            message ? What.REJECTED : What.VERIFY_REJECTED,
            request.userAgent())
        .map(key -> Answer.json(200, describeToItself(key)))
        .orElseGet(() -> Answer.error(401, "invalid key"));
  }

  private static ObjectNode describe(ServiceKey key) {
    return NODES
        .objectNode()
        .put("id", key.id())
        .put("label", key.label())
        .put("last_five", key.lastFive())
        .put("valid_until", key.validUntil().toString())
        .put("issued_at", key.issuedAt().toString());
  }

  private static ObjectNode describeToItself(ServiceKey key) {
    return NODES.objectNode().put("id", key.id()).put("label", key.label());
  }

  private static Optional<JsonNode> parse(String body) {
    try {
      return Optional.ofNullable(JSON.readTree(body));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /** Waits that long, or until the service is closed: a stopped test waits for nobody. */
  private void hang(Duration duration) {
    try {
      boolean _ = closing.await(duration.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
