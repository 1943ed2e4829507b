package dev.rekey.testissuers;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rekey.testkube.Guard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A service that was started, and the test's own requests to it, past every fault. */
final class RunningService implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Guard guard;
  private final URI url;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** An answer whose body is JSON, or whatever else as a text. */
  record Reply(int status, JsonNode body) {}

  /** What to start in a folder, given the port to listen on. */
  @FunctionalInterface
  interface Program {
    Command prepare(Path folder, int port) throws IOException;
  }

  /** A command line with its environment. */
  record Command(List<String> line, Map<String, String> environment) {}

  private RunningService(Guard guard, URI url) {
    this.guard = guard;
    this.url = url;
  }

  /** Starts it and waits until {@code ready} is answered with 200. */
  static RunningService start(String name, Program program, String ready) throws IOException {
    var guard = new Guard("testissuers", false);
    var port = freePort();
    var command = program.prepare(guard.folder(), port);
    guard.start(name, command.line(), command.environment());
    var service = new RunningService(guard, URI.create("http://127.0.0.1:" + port));
    try {
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(50))
          .until(() -> {
            guard.checkAlive();
            return service.answers(ready);
          });
      return service;
    } catch (RuntimeException e) {
      var log = guard.tail(name);
      service.close();
      throw new IllegalStateException(name + " didn't start:\n" + log, e);
    }
  }

  private static int freePort() throws IOException {
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  URI url() {
    return url;
  }

  /** Runs a command in the folder of the service, which must end well. */
  void run(String... command) throws IOException {
    var process =
        new ProcessBuilder(command)
            .directory(guard.folder().toFile())
            .redirectErrorStream(true)
            .start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.onExit().join().exitValue() != 0) {
      throw new IllegalStateException(command[0] + " failed: " + said);
    }
  }

  private boolean answers(String path) throws InterruptedException {
    try {
      return http.send(HttpRequest.newBuilder(at(path)).build(), BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException notYet) {
      return false;
    }
  }

  /** Sends a request; an empty body is none. */
  Reply ask(String method, String path, String authorization, String body) {
    var request =
        HttpRequest.newBuilder(at(path))
            .header("Authorization", authorization)
            .header("Content-Type", "application/json")
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build();
    try {
      HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
      return new Reply(answer.statusCode(), read(answer.body()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + path + " was asked", e);
    }
  }

  private URI at(String path) {
    return URI.create(url + path);
  }

  private static JsonNode read(String body) {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException noJson) {
      return JSON.getNodeFactory().textNode(body);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
    guard.close();
  }
}
