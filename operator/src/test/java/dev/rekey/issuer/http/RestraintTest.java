package dev.rekey.issuer.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rekey.api.v1alpha1.KeyIssuerSpec;
import dev.rekey.config.IssuerProxy;
import dev.rekey.issuer.Issuer;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.Listing;
import dev.rekey.rotation.MintResult;
import dev.rekey.rotation.Reason;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** An issuer is asked no more than it can bear. */
class RestraintTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Breaker.Patience PATIENCE =
      new Breaker.Patience(Duration.ofSeconds(5), Duration.ofMinutes(1));

  private Instant now = Transports.NOON;
  private final List<Duration> pauses = new ArrayList<>();
  private int sent;
  private Exchange next = answered(200);

  @Test
  void aMinutesRequestsMayBeMadeAtOnceAndTheNextOneWaitsALittle() {
    Restraint restraint = restraint(60, 4);
    for (int i = 0; i < 60; i++) {
      assertThat(ask(restraint)).isInstanceOf(Exchange.Answered.class);
    }
    assertThat(pauses).isEmpty();

    assertThat(ask(restraint)).isInstanceOf(Exchange.Answered.class);

    assertThat(pauses).containsExactly(Duration.ofSeconds(1));
  }

  @Test
  void whatWouldWaitTooLongIsPutOffAndSaysUntilWhen() {
    Restraint restraint = restraint(6, 4);
    for (int i = 0; i < 6; i++) {
      ask(restraint);
    }

    Exchange exchange = ask(restraint);

    assertThat(sent).isEqualTo(6);
    assertThat(exchange)
        .isEqualTo(
            new Exchange.NotSent(
                new Fault(
                    Reason.IssuerThrottled,
                    "api.example.com was not asked to create a key: Rekey makes 6 requests a"
                        + " minute there, by spec.limits.requestsPerMinute, and has made them."
                        + " Rekey goes on at 2026-03-01T12:00:10Z.",
                    Optional.of(Duration.ofSeconds(10)))));
    now = now.plusSeconds(10);
    assertThat(ask(restraint)).isInstanceOf(Exchange.Answered.class);
    assertThat(pauses).isEmpty();
  }

  @Test
  void timeThatWasSpentOnWaitingIsTakenFromTheRequest() {
    Restraint restraint = restraint(20, 4);
    for (int i = 0; i < 20; i++) {
      ask(restraint);
    }
    List<Duration> left = new ArrayList<>();

    restraint.ask(
        Verb.CREATE,
        TIMEOUT,
        it -> {
          left.add(it);
          return answered(200);
        });

    assertThat(left).containsExactly(Duration.ofSeconds(7));
  }

  @Test
  void anIssuerThatFailsIsLeftAloneAndThenTriedWithOneRequest() {
    Restraint restraint = restraint(600, 4);
    next = answered(503);
    for (int i = 0; i < Breaker.FAILURES; i++) {
      assertThat(ask(restraint)).isEqualTo(next);
    }

    Exchange held = ask(restraint);

    assertThat(sent).isEqualTo(Breaker.FAILURES);
    assertThat(held)
        .isEqualTo(
            new Exchange.NotSent(
                new Fault(
                    Reason.IssuerFailed,
                    "api.example.com was not asked to create a key: its last 5 requests or more"
                        + " came to nothing, the last one with IssuerFailed. Rekey leaves it alone"
                        + " until 2026-03-01T12:00:05Z and then tries it with one request.",
                    Optional.of(Duration.ofSeconds(5)))));
    now = now.plusSeconds(5);
    ask(restraint);
    ask(restraint);
    assertThat(sent).isEqualTo(Breaker.FAILURES + 1);
    now = now.plusSeconds(9);
    ask(restraint);
    assertThat(sent).isEqualTo(Breaker.FAILURES + 1);
    now = now.plusSeconds(1);
    next = answered(404);
    ask(restraint);
    ask(restraint);
    assertThat(sent).isEqualTo(Breaker.FAILURES + 3);
  }

  @Test
  void whoIsAskedToWaitLongerWaitsLonger() {
    Restraint restraint = restraint(600, 4);
    next = answered(429, "Retry-After", "600");
    for (int i = 0; i < Breaker.FAILURES; i++) {
      ask(restraint);
    }
    now = now.plusSeconds(599);
    ask(restraint);
    assertThat(sent).isEqualTo(Breaker.FAILURES);
    now = now.plusSeconds(1);
    ask(restraint);
    assertThat(sent).isEqualTo(Breaker.FAILURES + 1);
  }

  @Test
  void oneAnswerInBetweenAndItIsNotTakenForDead() {
    Restraint restraint = restraint(600, 4);
    for (int i = 0; i < 20; i++) {
      next = i % Breaker.FAILURES == 0 ? answered(422) : answered(500);
      ask(restraint);
    }
    assertThat(sent).isEqualTo(20);
  }

  @Test
  void whatRekeyItselfDidNotSendIsNotTheIssuersFault() {
    Restraint restraint = restraint(600, 4);
    next = new Exchange.NotSent(Fault.of(Reason.CredentialMissing, "There is none."));
    for (int i = 0; i < 20; i++) {
      ask(restraint);
    }
    assertThat(sent).isEqualTo(20);
  }

  @Test
  void moreThanSoManyAtOnceWaitAndAreThenPutOff() throws Exception {
    Restraint restraint = restraint(600, 2);
    CountDownLatch under = new CountDownLatch(2);
    CountDownLatch end = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 2; i++) {
        threads.submit(() ->
            restraint.ask(
                Verb.CREATE,
                TIMEOUT,
                it -> {
                  under.countDown();
                  await(end);
                  return answered(200);
                }));
      }
      assertThat(under.await(10, TimeUnit.SECONDS)).isTrue();

      Exchange exchange = restraint.ask(Verb.DELETE, Duration.ofMillis(200), it -> answered(200));

      end.countDown();
      assertThat(exchange)
          .isInstanceOfSatisfying(
              Exchange.NotSent.class,
              it ->
                  assertThat(it.fault().message())
                      .startsWith("api.example.com was not asked to delete a key: Rekey makes 2"));
    }
  }

  /** The rotations look again every five seconds, all hundred of them, for ten minutes. */
  @Test
  void aHundredRotationsCostADeadIssuerAHandfulOfRequestsAMinute() {
    try (ScriptedServer server = new ScriptedServer();
        Transports transports = transports()) {
      server.answers(503, "");
      Issuer issuer = issuer(server.url(), "5s", transports);
      List<Integer> perMinute = new ArrayList<>();
      for (int minute = 0; minute < 10; minute++) {
        int before = server.asked().size();
        for (int second = 0; second < 60; second += 5) {
          for (int rotation = 0; rotation < 100; rotation++) {
            assertThat(issuer.mint(Asking.MINT)).isNotInstanceOf(MintResult.Minted.class);
          }
          now = now.plusSeconds(5);
        }
        perMinute.add(server.asked().size() - before);
      }
      assertThat(perMinute.getFirst()).isLessThanOrEqualTo(9);
      assertThat(perMinute.subList(1, 10)).allSatisfy(it -> assertThat(it).isBetween(1, 2));

      server.answers(200, "{\"keys\": []}");
      now = now.plusSeconds(60);
      assertThat(issuer.list()).isInstanceOf(Listing.Listed.class);
    }
  }

  @Test
  void anInterruptionBreaksNoRequestOff() {
    try (ScriptedServer server = new ScriptedServer();
        Transports transports = transports()) {
      server.answers(200, "{\"keys\": []}");
      Issuer issuer = issuer(server.url(), "5s", transports);
      Thread.currentThread().interrupt();

      Listing listing = issuer.list();

      assertThat(Thread.interrupted()).isTrue();
      assertThat(listing).isInstanceOf(Listing.Listed.class);
    }
  }

  @Test
  void limitsAreWrittenInTheIssuer() {
    try (ScriptedServer server = new ScriptedServer();
        Transports transports = transports()) {
      server.answers(200, "{\"keys\": []}");
      var spec =
          (ObjectNode)
              Serialization.unmarshal(
                  Serialization.asJson(Definitions.keyService(server.url(), "1s")), JsonNode.class);
      spec.putObject("limits").put("requestsPerMinute", 3);
      Issuer issuer =
          HttpKeyIssuer.compile(
              Serialization.unmarshal(spec.toString(), KeyIssuerSpec.class),
              Transports.credential("token"),
              transports.transport());
      for (int i = 0; i < 5; i++) {
        issuer.list();
      }
      assertThat(server.asked()).hasSize(3);
    }
  }

  @Test
  void noMoreThanSoManyRequestsAreUnderWayInAll() throws Exception {
    CountDownLatch underWay = new CountDownLatch(64);
    CountDownLatch end = new CountDownLatch(1);
    try (RawServer server =
            new RawServer((_, out) -> {
              underWay.countDown();
              await(end);
              RawServer.say(out, "HTTP/1.1 503 Down\r\nContent-Length: 0\r\n\r\n");
            });
        Transports transports = transports();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 64; i++) {
        threads.submit(() -> issuer(server.url(), "1m", transports).mint(Asking.MINT));
      }
      assertThat(underWay.await(30, TimeUnit.SECONDS)).isTrue();

      MintResult result = issuer(server.url(), "300ms", transports).mint(Asking.MINT);

      end.countDown();
      assertThat(result).isInstanceOf(MintResult.Refused.class);
      assertThat(Asking.fault(result).message())
          .contains("as many requests are under way as Rekey makes at once");
      assertThat(server.heads()).hasSize(64);
    }
  }

  private static Issuer issuer(String url, String timeout, Transports transports) {
    return HttpKeyIssuer.compile(
        Definitions.keyService(url, timeout),
        Transports.credential("token"),
        transports.transport());
  }

  private static void await(CountDownLatch latch) {
    try {
      boolean _ = latch.await(1, TimeUnit.MINUTES);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private Transports transports() {
    return new Transports(
        new AddressPolicy(Transports.LOOPBACK, new IssuerProxy.None()), () -> now);
  }

  private Restraint restraint(int perMinute, int atOnce) {
    return new Restraint(
        "api.example.com",
        perMinute,
        atOnce,
        new Breaker(PATIENCE),
        () -> now,
        length -> {
          pauses.add(length);
          now = now.plus(length);
        });
  }

  private Exchange ask(Restraint restraint) {
    return restraint.ask(
        Verb.CREATE,
        TIMEOUT,
        left -> {
          sent++;
          return next;
        });
  }

  private static Exchange answered(int status, String... header) {
    Map<String, List<String>> headers =
        header.length == 0 ? Map.of() : Map.of(header[0], List.of(header[1]));
    return new Exchange.Answered(
        new Answer(
            status,
            HttpHeaders.of(headers, (name, value) -> true),
            Optional.of(new byte[0]),
            Transports.NOON));
  }
}
