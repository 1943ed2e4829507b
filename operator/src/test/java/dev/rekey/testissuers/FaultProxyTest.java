package dev.rekey.testissuers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.rekey.testissuers.FaultProxy.Fault;
import dev.rekey.testissuers.FaultProxy.Passed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FaultProxyTest {
  private final HttpServer service;
  private final FaultProxy proxy;
  private final HttpClient http = HttpClient.newHttpClient();

  /** The service says what it was asked, and by whom. */
  FaultProxyTest() throws IOException {
    service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4);
    service.createContext(
        "/",
        exchange -> {
          try (exchange) {
            var said =
                exchange.getRequestURI()
                    + " "
                    + exchange.getRequestHeaders().getFirst("Authorization")
                    + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("X-Of-The-Service", "yes");
            var bytes = said.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(201, bytes.length);
            exchange.getResponseBody().write(bytes);
          }
        });
    service.start();
    proxy = FaultProxy.before(URI.create("http://127.0.0.1:" + service.getAddress().getPort()));
  }

  @AfterEach
  void stop() {
    http.shutdownNow();
    proxy.close();
    service.stop(0);
  }

  @Test
  void whatIsNotToSufferPassesAsItIs() throws Exception {
    proxy.next("DELETE", new Fault.Status(503));

    var answer = post();

    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(answer.body()).isEqualTo("/a%2Fb?c=d Bearer t hello");
    assertThat(answer.headers().firstValue("X-Of-The-Service")).contains("yes");
    assertThat(proxy.passed()).containsExactly(new Passed("POST", "/a/b", 201));
    assertThat(proxy.outstanding()).containsExactly(new Fault.Status(503));
  }

  @Test
  void aCutAnswerIsLostAfterTheServiceHasDoneWhatItWasAsked() {
    proxy.next("POST", new Fault.CutAfterCommit());

    assertThatThrownBy(this::post).isInstanceOf(IOException.class);

    assertThat(proxy.passed()).containsExactly(new Passed("POST", "/a/b", 201));
    assertThat(proxy.outstanding()).isEmpty();
  }

  @Test
  void eachOrderIsFollowedOnceAndInOrder() throws Exception {
    proxy.next("POST", new Fault.Status(503));
    proxy.next("POST", new Fault.TooManyRequests(Duration.ofSeconds(7)));

    assertThat(post().statusCode()).isEqualTo(503);
    var limited = post();
    assertThat(limited.statusCode()).isEqualTo(429);
    assertThat(limited.headers().firstValue("Retry-After")).contains("7");
    assertThat(proxy.passed()).isEmpty();
    assertThat(post().statusCode()).isEqualTo(201);
  }

  private HttpResponse<String> post() throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(proxy.url() + "/a%2Fb?c=d"))
            .header("Authorization", "Bearer t")
            .POST(BodyPublishers.ofString("hello"))
            .build(),
        BodyHandlers.ofString());
  }
}
