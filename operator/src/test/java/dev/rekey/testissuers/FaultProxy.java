package dev.rekey.testissuers;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands before a service, passes requests on, and does to some of them what it is told to. */
public final class FaultProxy implements AutoCloseable {
  /** What belongs to one connection, and is made anew for the next. */
  private static final Set<String> OF_A_CONNECTION =
      Set.of(
          "connection",
          "content-length",
          "expect",
          "host",
          "http2-settings",
          "keep-alive",
          "transfer-encoding",
          "upgrade");

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<Order> orders = new CopyOnWriteArrayList<>();
  private final List<Passed> passed = new CopyOnWriteArrayList<>();
  private final URI service;
  private final HttpServer server;

  /** What is done to a request. */
  public sealed interface Fault {
    /** The service does what it is asked, and the connection is cut in place of its answer. */
    record CutAfterCommit() implements Fault {}

    /** Answered so in the service's place, which is not asked. */
    record Status(int code) implements Fault {}

    /** Answered with 429 and a Retry-After in the service's place, which is not asked. */
    record TooManyRequests(Duration retryAfter) implements Fault {}
  }

  /** A request that the service has answered, and with what. */
  public record Passed(String method, String path, int status) {}

  private record Order(String method, Fault fault, AtomicInteger left) {
    boolean use() {
      return left.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
    }
  }

  private FaultProxy(URI service) throws IOException {
    this.service = service;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /** Stands before {@code service} from now on. */
  public static FaultProxy before(URI service) throws IOException {
    return new FaultProxy(service);
  }

  /** Where it is. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** The next request of this method suffers this, after what was ordered before. */
  public void next(String method, Fault fault) {
    orders.add(new Order(method, fault, new AtomicInteger(1)));
  }

  /** What was ordered and has not happened yet. */
  public List<Fault> outstanding() {
    return orders.stream().filter(it -> it.left().get() > 0).map(Order::fault).toList();
  }

  /** What the service was asked through this proxy, and answered, heard or not. */
  public List<Passed> passed() {
    return List.copyOf(passed);
  }

  private void handle(HttpExchange exchange) throws IOException {
    // leaving without an answer closes the connection
    try (exchange) {
      var body = exchange.getRequestBody().readAllBytes();
      switch (take(exchange.getRequestMethod()).orElse(null)) {
        case Fault.Status(int code) -> exchange.sendResponseHeaders(code, -1);
        case Fault.TooManyRequests(var retryAfter) -> {
          exchange.getResponseHeaders().set("Retry-After", "" + retryAfter.toSeconds());
          exchange.sendResponseHeaders(429, -1);
        }
        case Fault.CutAfterCommit() -> pass(exchange, body);
        case null -> answer(exchange, pass(exchange, body));
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  private Optional<Fault> take(String method) {
    return orders.stream()
        .filter(it -> it.method().equals(method))
        .filter(Order::use)
        .map(Order::fault)
        .findFirst();
  }

  private HttpResponse<byte[]> pass(HttpExchange exchange, byte[] body)
      throws IOException, InterruptedException {
    var target = exchange.getRequestURI();
    var request =
        HttpRequest.newBuilder(URI.create(service + target.toString()))
            .method(exchange.getRequestMethod(), BodyPublishers.ofByteArray(body));
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> {
          if (!OF_A_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) {
            values.forEach(value -> request.header(name, value));
          }
        });
    var answer = http.send(request.build(), BodyHandlers.ofByteArray());
    passed.add(new Passed(exchange.getRequestMethod(), target.getPath(), answer.statusCode()));
    return answer;
  }

  private static void answer(HttpExchange exchange, HttpResponse<byte[]> answer)
      throws IOException {
    answer
        .headers()
        .map()
        .forEach((name, values) -> {
          if (!OF_A_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) {
            exchange.getResponseHeaders().put(name, values);
          }
        });
    var body = answer.body();
    exchange.sendResponseHeaders(answer.statusCode(), body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    http.shutdownNow();
  }
}
