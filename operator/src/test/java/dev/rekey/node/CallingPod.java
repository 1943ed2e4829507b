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

/**
 * An application as most are: it reads its key from a variable once, at its start, and calls the
 * service with it again and again until it is killed, also while it is being terminated.
 */
public final class CallingPod implements PodProgram, AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int HINT_LENGTH = 5;

  private final HttpClient http;
  private final URI messages;
  private final Traffic traffic;
  private final String variable;
  private final Duration pause;

  private CallingPod(
      HttpClient http, URI messages, Traffic traffic, String variable, Duration pause) {
    this.http = http;
    this.messages = messages;
    this.traffic = traffic;
    this.variable = variable;
    this.pause = pause;
  }

  /** Calls {@code POST <service>/api/messages} every 20 ms with the key in {@code API_KEY}. */
  public static CallingPod calling(URI service, Traffic traffic) {
    // one client for all pods: hundreds of pods need no hundreds of idle connections
    HttpClient http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();
    return new CallingPod(
        http, URI.create(service + "/api/messages"), traffic, "API_KEY", Duration.ofMillis(20));
  }

  /** The same with the key in another variable. */
  public CallingPod withVariable(String name) {
    return new CallingPod(http, messages, traffic, name, pause);
  }

  /** The same with another pause between two calls. */
  public CallingPod every(Duration duration) {
    return new CallingPod(http, messages, traffic, variable, duration);
  }

  @Override
  public void run(PodView pod) throws InterruptedException {
    String key = pod.environment().get(variable);
    if (key == null) {
      throw new IllegalStateException("no variable " + variable);
    }
    String hint = key.substring(Math.max(0, key.length() - HINT_LENGTH));
    HttpRequest request =
        HttpRequest.newBuilder(messages)
            .timeout(TIMEOUT)
            .header("Authorization", "Bearer " + key)
            .header("User-Agent", pod.toString())
            .POST(BodyPublishers.ofString("{\"text\": \"hello\"}"))
            .build();
    traffic.began(pod.toString(), hint);
    try {
      do {
        call(request, pod, hint);
      } while (!pod.awaitStop(pause));
    } finally {
      traffic.ended(pod.toString());
    }
  }

  /** Ends the client's connections; close the node first, or its pods see failures. */
  @Override
  public void close() {
    http.shutdownNow();
  }

  private void call(HttpRequest request, PodView pod, String hint) throws InterruptedException {
    try {
      HttpResponse<Void> answer = http.send(request, BodyHandlers.discarding());
      if (answer.statusCode() == 200) {
        traffic.succeeded();
      } else {
        failed(pod, hint, Integer.toString(answer.statusCode()));
      }
    } catch (IOException e) {
      failed(pod, hint, e.getClass().getSimpleName());
    }
  }

  private void failed(PodView pod, String hint, String what) {
    traffic.failed(new FailedRequest(Instant.now(), pod.toString(), hint, what));
  }
}
