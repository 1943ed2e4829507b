package dev.rekey.issuer.http;

import dev.rekey.config.Spans;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.SecretText;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;

/**
 * Sends requests to issuers: one attempt, no redirect, no proxy, a bounded answer, a deadline for
 * the whole, and the address policy before each. One for all issuers.
 *
 * <p>Waiting does not end when the thread is interrupted. The answer to a create may hold a key,
 * and the deadline is near enough.
 */
public final class HttpTransport implements AutoCloseable {
  private static final int LARGEST_BODY = 1024 * 1024;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  /** The client can tell "not connected" from "no answer", so that its own time-out comes first. */
  private static final Duration GRACE = Duration.ofMillis(100);

  private final AddressPolicy policy;
  private final Executor executor;
  private final InstantSource clock;
  private final HttpClient client;

  /**
   * A transport whose work runs on {@code executor}, which should give a virtual thread to each.
   */
  public HttpTransport(AddressPolicy policy, Executor executor, InstantSource clock) {
    this.policy = policy;
    this.executor = executor;
    this.clock = clock;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(CONNECT_TIMEOUT)
            .executor(executor)
            .build();
  }

  AddressPolicy policy() {
    return policy;
  }

  InstantSource clock() {
    return clock;
  }

  Exchange exchange(Call call) {
    Instant begin = clock.instant();
    Optional<Fault> forbidden = judge(call);
    if (forbidden.isPresent()) {
      return new Exchange.NotSent(forbidden.get());
    }
    Duration left = call.timeout().minus(Duration.between(begin, clock.instant()));
    return left.isPositive()
        ? send(call, left)
        : new Exchange.NotSent(unreachable(call, "its name could not be resolved in time"));
  }

  /**
   * Resolving a name may take as long as the DNS likes, and cannot be broken off: it is left alone.
   */
  private Optional<Fault> judge(Call call) {
    try {
      return CompletableFuture.supplyAsync(() -> policy.judge(call.target()), executor)
          .orTimeout(call.timeout().toMillis(), TimeUnit.MILLISECONDS)
          .join();
    } catch (CompletionException late) {
      return Optional.of(unreachable(call, "its name could not be resolved in time"));
    } catch (RejectedExecutionException stopping) {
      return Optional.of(unreachable(call, "Rekey is stopping"));
    }
  }

  private Exchange send(Call call, Duration left) {
    CompletableFuture<HttpResponse<Optional<byte[]>>> sent = new CompletableFuture<>();
    try {
      sent = client.sendAsync(request(call, left), head -> new BoundedBody(LARGEST_BODY));
      HttpResponse<Optional<byte[]>> response =
          sent.copy().orTimeout(left.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS).join();
      return new Exchange.Answered(
          new Answer(response.statusCode(), response.headers(), response.body(), clock.instant()));
    } catch (CompletionException failure) {
      Throwable cause = failure.getCause();
      return failed(call, cause == null ? failure : cause);
    } catch (IllegalStateException | IllegalArgumentException | RejectedExecutionException e) {
      return new Exchange.NoAnswer(unreachable(call, "the request was broken off"));
    } finally {
      sent.cancel(true);
    }
  }

  private static HttpRequest request(Call call, Duration left) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address(call))
            .timeout(left)
            .header("Accept", "application/json")
            .header("User-Agent", "rekey");
    call.headers().forEach(request::setHeader);
    if (call.authentication() instanceof Authentication.Header(String name, SecretText value)) {
      request.setHeader(name, value.reveal());
    }
    call.payload().ifPresent(it -> request.setHeader("Content-Type", it.type()));
    return request
        .method(
            call.method(),
            call.payload()
                .map(it -> BodyPublishers.ofByteArray(it.bytes()))
                .orElseGet(BodyPublishers::noBody))
        .build();
  }

  /** The address as it is sent: nobody else gets one with a credential in it. */
  private static URI address(Call call) {
    return call.authentication() instanceof Authentication.Query(String name, SecretText value)
        ? Address.with(call.target(), name, value)
        : call.target();
  }

  /** Exceptions' own messages may repeat what the issuer sent: only their types are read. */
  private static Exchange failed(Call call, Throwable failure) {
    return switch (failure) {
      case HttpConnectTimeoutException notConnected ->
          new Exchange.NotSent(unreachable(call, "no connection came about in time"));
      case HttpTimeoutException late -> new Exchange.NoAnswer(timedOut(call));
      case TimeoutException late -> new Exchange.NoAnswer(timedOut(call));
      case ConnectException refused ->
          new Exchange.NotSent(unreachable(call, "the connection was refused"));
      case UnknownHostException unknown ->
          new Exchange.NotSent(unreachable(call, "its name cannot be resolved"));
      case UnresolvedAddressException unknown ->
          new Exchange.NotSent(unreachable(call, "its name cannot be resolved"));
      case NoRouteToHostException noRoute ->
          new Exchange.NotSent(unreachable(call, "there is no route to it"));
      case SSLHandshakeException noTrust ->
          new Exchange.NotSent(
              unreachable(
                  call, "no TLS connection came about; its certificate may not be trusted"));
      case IOException broken ->
          new Exchange.NoAnswer(
              unreachable(call, "the connection broke before the answer was complete"));
      default -> new Exchange.NoAnswer(unreachable(call, "the request was broken off"));
    };
  }

  private static Fault timedOut(Call call) {
    return Fault.of(
        Reason.IssuerTimedOut,
        host(call.target())
            + ", asked to "
            + call.verb().words()
            + ", did not answer within "
            + Spans.format(call.timeout())
            + ". Rekey tries again by itself.");
  }

  private static Fault unreachable(Call call, String what) {
    return Fault.of(
        Reason.IssuerUnreachable,
        host(call.target())
            + " could not be asked to "
            + call.verb().words()
            + ": "
            + what
            + ". Rekey tries again by itself.");
  }

  private static String host(URI target) {
    return target.getHost();
  }

  /** Ends every connection. */
  @Override
  public void close() {
    client.shutdownNow();
  }
}
