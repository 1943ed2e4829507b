package dev.rekey.telemetry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Serves {@code /metrics}, {@code /healthz} and {@code /readyz}. */
public final class TelemetryServer implements AutoCloseable {
  private static final int OK = 200;
  private static final int UNAVAILABLE = 503;

  private final HttpServer server;

  private TelemetryServer(HttpServer server) {
    this.server = server;
  }

  /**
   * Starts to serve.
   *
   * @param port 0: any free one
   * @param metrics the page of meters
   * @param healthy whether the process is of use; if not for long, it is to be restarted
   * @param ready whether it does its work, or stands by to do it
   */
  public static TelemetryServer start(
      String address,
      int port,
      Executor executor,
      Supplier<String> metrics,
      BooleanSupplier healthy,
      BooleanSupplier ready) {
    try {
      var server = HttpServer.create(new InetSocketAddress(address, port), 0);
      server.setExecutor(executor);
      server.createContext("/metrics", exchange -> answer(exchange, OK, metrics.get()));
      Map.of("/healthz", healthy, "/readyz", ready)
          .forEach((path, check) ->
              server.createContext(
                  path,
                  exchange -> {
                    boolean good = check.getAsBoolean();
                    answer(exchange, good ? OK : UNAVAILABLE, good ? "ok\n" : "not ok\n");
                  }));
      server.start();
      return new TelemetryServer(server);
    } catch (IOException problem) {
      throw new UncheckedIOException(
          "metrics cannot be served at " + address + ":" + port + "; set REKEY_HTTP_PORT", problem);
    }
  }

  /** The port it listens on. */
  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    try (exchange) {
      var bytes = text.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().add("Content-Type", "text/plain; charset=utf-8");
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }
}
