package dev.rekey.node;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * An application as most are: it reads its key from a variable once, at its start, or from a
 * mounted file each time, and calls the service with it again and again until it is killed, also
 * while it is being terminated.
 */
public final class CallingPod implements PodProgram, AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int HINT_LENGTH = 5;

  private final HttpClient http;
  private final Target target;
  private final Traffic traffic;
  private final List<KeySource> keys;
  private final Duration pause;
  private final BooleanSupplier done;

  private CallingPod(
      HttpClient http,
      Target target,
      Traffic traffic,
      List<KeySource> keys,
      Duration pause,
      BooleanSupplier done) {
    this.http = http;
    this.target = target;
    this.traffic = traffic;
    this.keys = keys;
    this.pause = pause;
    this.done = done;
  }

  /**
   * What is called.
   *
   * @param posted what is sent to it; empty: it is got
   * @param expected what the answer holds where the key works
   */
  private record Target(URI address, Optional<String> posted, String expected) {
    HttpRequest.Builder request() {
      HttpRequest.Builder request = HttpRequest.newBuilder(address);
      return posted.map(it -> request.POST(BodyPublishers.ofString(it))).orElse(request);
    }
  }

  /** Calls {@code POST <service>/api/messages} every 20 ms with the key in {@code API_KEY}. */
  public static CallingPod calling(URI service, Traffic traffic) {
    return calling(
        new Target(URI.create(service + "/api/messages"), Optional.of("{\"text\": \"hello\"}"), ""),
        traffic);
  }

  /** The same with {@code GET <address>}; the key works where the answer holds {@code expected}. */
  public static CallingPod getting(URI address, String expected, Traffic traffic) {
    return calling(new Target(address, Optional.empty(), expected), traffic);
  }

  private static CallingPod calling(Target target, Traffic traffic) {
    // one client for all pods: hundreds of pods need no hundreds of idle connections
    HttpClient http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();
    return new CallingPod(
        http,
        target,
        traffic,
        List.of(new KeySource.Variable("API_KEY")),
        Duration.ofMillis(20),
        () -> false);
  }

  /** The same with the key in another variable. */
  public CallingPod withVariable(String name) {
    return new CallingPod(
        http, target, traffic, List.of(new KeySource.Variable(name)), pause, done);
  }

  /** The same with the key in a mounted file, which is read again for each call. */
  public CallingPod withFile(String path) {
    return new CallingPod(
        http, target, traffic, List.of(new KeySource.MountedFile(path)), pause, done);
  }

  /** The same with the key in one more variable, each in turn. */
  public CallingPod andVariable(String name) {
    var all =
        Stream.<KeySource>concat(keys.stream(), Stream.of(new KeySource.Variable(name))).toList();
    return new CallingPod(http, target, traffic, all, pause, done);
  }

  /** The same, ending well by itself once {@code over}, as the container of a Job does. */
  public CallingPod until(BooleanSupplier over) {
    return new CallingPod(http, target, traffic, keys, pause, over);
  }

  /** The same with another pause between two calls. */
  public CallingPod every(Duration duration) {
    return new CallingPod(http, target, traffic, keys, duration, done);
  }

  @Override
  public void run(PodView pod) throws InterruptedException {
    var calls = new ArrayList<KeyedCall>();
    for (KeySource key : keys) {
      calls.add(call(pod, key));
    }
    traffic.began(pod.toString(), calls.getFirst().hint());
    try {
      do {
        for (int at = 0; at < calls.size(); at++) {
          send(calls.get(at), pod);
          if (keys.get(at) instanceof KeySource.MountedFile file) {
            calls.set(at, call(pod, file));
            traffic.began(pod.toString(), calls.getFirst().hint());
          }
        }
      } while (!pod.awaitStop(pause) && !done.getAsBoolean());
    } finally {
      traffic.ended(pod.toString());
    }
  }

  private record KeyedCall(HttpRequest request, String hint) {}

  /** Where an application finds its key. */
  private sealed interface KeySource {
    /** A variable, which never changes. */
    record Variable(String name) implements KeySource {}

    /** A mounted file, which is read for each call. */
    record MountedFile(String path) implements KeySource {}

    default String read(PodView pod) {
      return switch (this) {
        case Variable(var name) ->
            Optional.ofNullable(pod.environment().get(name))
                .orElseThrow(() -> new IllegalStateException("no variable " + name));
        case MountedFile(var path) ->
            pod.file(path).orElseThrow(() -> new IllegalStateException("no file " + path));
      };
    }
  }

  private KeyedCall call(PodView pod, KeySource source) {
    String key = source.read(pod);
    return new KeyedCall(
        target
            .request()
            .timeout(TIMEOUT)
            .header("Authorization", "Bearer " + key)
            .header("User-Agent", pod.toString())
            .build(),
        key.substring(Math.max(0, key.length() - HINT_LENGTH)));
  }

  /** Ends the client's connections; close the node first, or its pods see failures. */
  @Override
  public void close() {
    http.shutdownNow();
  }

  private void send(KeyedCall call, PodView pod) throws InterruptedException {
    try {
      HttpResponse<String> answer = http.send(call.request(), BodyHandlers.ofString());
      if (answer.statusCode() == 200 && answer.body().contains(target.expected())) {
        traffic.succeeded();
      } else {
        failed(pod, call.hint(), Integer.toString(answer.statusCode()));
      }
    } catch (IOException e) {
      failed(pod, call.hint(), e.getClass().getSimpleName());
    }
  }

  private void failed(PodView pod, String hint, String what) {
    traffic.failed(new FailedRequest(Instant.now(), pod.toString(), hint, what));
  }
}
