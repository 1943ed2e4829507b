package dev.rekey.issuer.http;

import dev.rekey.api.v1alpha1.IssuerSpec;
import dev.rekey.config.Settings;
import dev.rekey.config.Spans;
import dev.rekey.issuer.http.AddressPolicy.Route;
import dev.rekey.issuer.http.Progress.Stage;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.SecretText;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to issuers: one attempt, no redirect, a bounded answer, a deadline for the whole,
 * and the address policy before each. One for all issuers.
 *
 * <p>Waiting does not end when the thread is interrupted. The answer to a create may hold a key,
 * and the deadline is near enough.
 */
public final class HttpTransport implements AutoCloseable {
  private static final BoundedBody BODY = new BoundedBody(1024 * 1024);

  /** So many requests are under way at once, to all issuers together. */
  private static final int AT_ONCE = 64;

  /** Servers want to be told that there is no body, where one is usual. */
  private static final Set<String> WITH_BODY = Set.of("POST", "PUT", "PATCH");

  /** An issuer that fails is tried this often, however long it has failed. */
  private static final Duration LONGEST_REST = Duration.ofMinutes(1);

  private final AddressPolicy policy;
  private final Executor executor;
  private final InstantSource clock;
  private final Breaker.Patience patience;
  private final Semaphore atOnce = new Semaphore(AT_ONCE);
  private final Set<Progress> running = ConcurrentHashMap.newKeySet();

  /**
   * A transport whose work runs on {@code executor}, which should give a virtual thread to each.
   *
   * @param settings how long an issuer that fails is left alone
   */
  public HttpTransport(
      AddressPolicy policy, Executor executor, InstantSource clock, Settings settings) {
    this.policy = policy;
    this.executor = executor;
    this.clock = clock;
    var longest = settings.backoffCeiling();
    this.patience =
        new Breaker.Patience(
            settings.backoff(), longest.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : longest);
  }

  /** What an issuer with this definition is spared. */
  Restraint restraint(IssuerSpec spec, String host) {
    return Restraint.of(spec, host, patience, clock);
  }

  AddressPolicy policy() {
    return policy;
  }

  InstantSource clock() {
    return clock;
  }

  /**
   * Carries out a call. What does not end by its deadline is left alone, since resolving a name
   * cannot be broken off, and its connection is closed.
   */
  Exchange exchange(Call call) {
    Progress progress = new Progress();
    running.add(progress);
    try {
      return CompletableFuture.supplyAsync(() -> inTurn(call, progress), executor)
          .orTimeout(call.timeout().toMillis(), TimeUnit.MILLISECONDS)
          .join();
    } catch (CompletionException failure) {
      Stage reached = progress.giveUp();
      return failure.getCause() instanceof TimeoutException
          ? late(call, reached)
          : brokenOff(call, reached);
    } catch (RejectedExecutionException stopping) {
      return new Exchange.NotSent(unreachable(call, "Rekey is stopping"));
    } finally {
      progress.giveUp();
      running.remove(progress);
    }
  }

  private Exchange inTurn(Call call, Progress progress) {
    try {
      atOnce.acquire();
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      return new Exchange.NotSent(unreachable(call, "Rekey is stopping"));
    }
    try {
      progress.reach(Stage.RESOLVING);
      Route route = policy.route(call.target());
      return route instanceof Route.Refused(var fault)
          ? new Exchange.NotSent(fault)
          : new Exchange.Answered(ask(call, route, progress));
    } catch (IOException | HttpException failure) {
      return failed(call, progress.stage(), failure);
    } finally {
      progress.giveUp();
      atOnce.release();
    }
  }

  private Answer ask(Call call, Route route, Progress progress) throws IOException, HttpException {
    Wire wire = new Wire(progress, Math.toIntExact(call.timeout().toMillis()));
    wire.connect(call.target(), route, call.tls());
    ClassicHttpResponse response =
        wire.send(request(call, route instanceof Route.Through && !secure(call)));
    HttpEntity entity = response.getEntity();
    Optional<byte[]> body = Optional.of(new byte[0]);
    if (entity != null) {
      // not closed: that would read it to its end; the connection is closed instead
      InputStream content = entity.getContent();
      String encoding = entity.getContentEncoding();
      body = BODY.read(content, encoding == null ? "" : encoding);
    }
    return new Answer(response.getCode(), headers(response), body, clock.instant());
  }

  private static boolean secure(Call call) {
    return Address.isSecure(call.target());
  }

  private static ClassicHttpRequest request(Call call, boolean wholeAddress) {
    URI target = URI.create(address(call).toASCIIString());
    var request =
        new BasicClassicHttpRequest(
            call.method(),
            null,
            null,
            wholeAddress ? target.toString() : Address.pathAndQuery(target));
    request.setHeader("Host", target.getRawAuthority());
    request.setHeader("Accept", "application/json");
    request.setHeader("User-Agent", "rekey");
    request.setHeader("Connection", "close");
    call.headers().forEach(request::setHeader);
    if (call.authentication() instanceof Authentication.Header(String name, SecretText value)) {
      request.setHeader(name, value.reveal());
    }
    byte[] bytes = call.payload().map(Payload::bytes).orElseGet(() -> new byte[0]);
    call.payload().ifPresent(it -> request.setHeader("Content-Type", it.type()));
    if (call.payload().isPresent() || WITH_BODY.contains(call.method())) {
      request.setHeader("Content-Length", bytes.length);
      request.setEntity(new ByteArrayEntity(bytes, null));
    }
    return request;
  }

  /** The address as it is sent: nobody else gets one with a credential in it. */
  private static URI address(Call call) {
    return call.authentication() instanceof Authentication.Query(String name, SecretText value)
        ? Address.with(call.target(), name, value)
        : call.target();
  }

  private static HttpHeaders headers(ClassicHttpResponse response) {
    Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (var header : response.getHeaders()) {
      String name = header.getName().strip();
      if (!name.isEmpty()) {
        String value = header.getValue();
        headers.computeIfAbsent(name, it -> new ArrayList<>()).add(value == null ? "" : value);
      }
    }
    return HttpHeaders.of(headers, (name, value) -> true);
  }

  /** Exceptions' own messages may repeat what the issuer sent: only their types are read. */
  private static Exchange failed(Call call, Stage reached, Exception failure) {
    if (failure instanceof Wire.ProxyRefused refused) {
      return new Exchange.NotSent(
          unreachable(
              call,
              "the operator's proxy refuses to connect to it, with status " + refused.status()));
    }
    return switch (reached) {
      case QUEUED, RESOLVING -> brokenOff(call, reached);
      case CONNECTING -> new Exchange.NotSent(unreachable(call, notConnected(failure)));
      case SECURING ->
          new Exchange.NotSent(
              unreachable(
                  call,
                  isLate(failure)
                      ? "no connection came about in time"
                      : "no TLS connection came about; its certificate may not be trusted"));
      case SENDING ->
          failure instanceof SocketTimeoutException
              ? new Exchange.NoAnswer(timedOut(call))
              : new Exchange.NoAnswer(unreachable(call, noAnswer(failure)));
    };
  }

  /** Whether time ran out, whatever that was wrapped into on its way. */
  private static boolean isLate(@Nullable Throwable failure) {
    return failure instanceof SocketTimeoutException
        || (failure != null && isLate(failure.getCause()));
  }

  private static String notConnected(Exception failure) {
    return switch (failure) {
      case SocketTimeoutException late -> "no connection came about in time";
      case ConnectException refused -> "the connection was refused";
      case NoRouteToHostException noRoute -> "there is no route to it";
      default -> "no connection came about";
    };
  }

  private static String noAnswer(Exception failure) {
    return switch (failure) {
      case MessageConstraintException endless ->
          "the head of its answer is larger than what Rekey reads";
      case SSLException refused ->
          "the TLS connection broke before the answer was complete; it may not accept the client"
              + " certificate";
      case HttpException notHttp -> "its answer is no HTTP";
      default -> "the connection broke before the answer was complete";
    };
  }

  private static Exchange late(Call call, Stage reached) {
    return switch (reached) {
      case QUEUED ->
          new Exchange.NotSent(
              unreachable(call, "as many requests are under way as Rekey makes at once"));
      case RESOLVING ->
          new Exchange.NotSent(unreachable(call, "its name could not be resolved in time"));
      case CONNECTING, SECURING ->
          new Exchange.NotSent(unreachable(call, "no connection came about in time"));
      case SENDING -> new Exchange.NoAnswer(timedOut(call));
    };
  }

  private static Exchange brokenOff(Call call, Stage reached) {
    Fault fault = unreachable(call, "the request was broken off");
    return reached == Stage.SENDING ? new Exchange.NoAnswer(fault) : new Exchange.NotSent(fault);
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
    running.forEach(Progress::giveUp);
  }
}
