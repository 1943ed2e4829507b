package dev.rekey.issuer.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.config.IssuerAddresses;
import dev.rekey.config.IssuerProxy;
import dev.rekey.issuer.Issuer;
import dev.rekey.rotation.Listing;
import dev.rekey.rotation.MintResult;
import dev.rekey.rotation.Reason;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A name may lead elsewhere a moment after it was judged. */
class ReboundNamesTest {
  private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");
  private static final InetAddress INSIDE = InetAddress.ofLiteral("10.0.0.1");
  private static final IssuerAddresses HERE_ONLY = new IssuerAddresses(true, true, false);

  private final List<String> resolved = new ArrayList<>();

  @Test
  void theAddressThatWasJudgedIsTheOneThatIsConnectedTo() {
    try (ScriptedServer server = new ScriptedServer();
        Transports transports = transports(List.of(List.of(HERE), List.of(INSIDE)))) {
      server.answers(200, "{\"keys\": []}");

      Listing listing = issuer(server, transports).list();

      assertThat(listing).isInstanceOf(Listing.Listed.class);
      assertThat(server.asked()).hasSize(1);
      assertThat(server.asked().getFirst().headers().getFirst("Host"))
          .startsWith("keys.example.com:");
      assertThat(resolved).containsExactly("keys.example.com");
    }
  }

  @Test
  void aNameThatLeadsInsideByNowIsNotAsked() {
    try (ScriptedServer server = new ScriptedServer();
        Transports transports = transports(List.of(List.of(INSIDE), List.of(HERE)))) {

      MintResult result = issuer(server, transports).mint(Asking.MINT);

      assertThat(result).isInstanceOf(MintResult.Refused.class);
      assertThat(Asking.fault(result).reason()).isEqualTo(Reason.AddressForbidden);
      assertThat(server.asked()).isEmpty();
    }
  }

  @Test
  void eachRequestIsJudgedAnew() {
    try (ScriptedServer server = new ScriptedServer();
        Transports transports = transports(List.of(List.of(HERE), List.of(INSIDE)))) {
      server.answers(200, "{\"keys\": []}");
      Issuer issuer = issuer(server, transports);

      assertThat(issuer.list()).isInstanceOf(Listing.Listed.class);
      assertThat(issuer.list()).isInstanceOf(Listing.Failed.class);
      assertThat(server.asked()).hasSize(1);
    }
  }

  @Test
  void oneAddressInsideForbidsThemAll() {
    try (ScriptedServer server = new ScriptedServer();
        Transports transports = transports(List.of(List.of(HERE, INSIDE)))) {
      assertThat(issuer(server, transports).list()).isInstanceOf(Listing.Failed.class);
      assertThat(server.asked()).isEmpty();
    }
  }

  @Test
  void theNextAddressIsTriedWhereOneDoesNotAnswer() {
    InetAddress alsoHere = InetAddress.ofLiteral("127.0.0.2");
    try (ScriptedServer server = new ScriptedServer();
        Transports transports = transports(List.of(List.of(alsoHere, HERE)))) {
      server.answers(200, "{\"keys\": []}");

      assertThat(issuer(server, transports).list()).isInstanceOf(Listing.Listed.class);
      assertThat(server.asked()).hasSize(1);
    }
  }

  @Test
  void aNameThatIsNeverResolvedIsLeftAtTheDeadlineAndNothingWasSent() {
    CountDownLatch never = new CountDownLatch(1);
    AddressPolicy policy =
        new AddressPolicy(
            HERE_ONLY,
            new IssuerProxy.None(),
            host -> {
              try {
                boolean _ = never.await(1, TimeUnit.MINUTES);
              } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
              }
              return List.of(HERE);
            });
    try (ScriptedServer server = new ScriptedServer();
        Transports transports = new Transports(policy)) {

      MintResult result = issuer(server, transports, "300ms").mint(Asking.MINT);

      never.countDown();
      assertThat(result).isInstanceOf(MintResult.Refused.class);
      assertThat(Asking.fault(result).message()).contains("could not be resolved in time");
      assertThat(server.asked()).isEmpty();
    }
  }

  /** The API server and a mail server are on private addresses in most clusters. */
  @Test
  void whatIsNoIssuerIsNotBound() throws IOException {
    AddressPolicy strict = new AddressPolicy(IssuerAddresses.standard(), new IssuerProxy.None());
    try (ScriptedServer server = new ScriptedServer();
        RawServer mail = new RawServer((_, out) -> RawServer.say(out, "220 mail\r\n"));
        Transports transports = new Transports(strict)) {
      server.answers(
          200, "{\"major\": \"1\", \"minor\": \"34\"}", "Content-Type", "application/json");
      MintResult issuer =
          HttpKeyIssuer.compile(
                  Definitions.keyService("https://localhost:" + mail.port(), "5s"),
                  Transports.credential("token"),
                  transports.transport())
              .mint(Asking.MINT);
      assertThat(Asking.fault(issuer).reason()).isEqualTo(Reason.AddressForbidden);

      var config = new ConfigBuilder().withMasterUrl(server.url()).build();
      try (var client = new KubernetesClientBuilder().withConfig(config).build()) {
        assertThat(client.getKubernetesVersion().getMinor()).isEqualTo("34");
      }
      try (Socket socket = new Socket(HERE, mail.port())) {
        socket.getOutputStream().write("EHLO rekey\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(new String(socket.getInputStream().readNBytes(3), StandardCharsets.US_ASCII))
            .isEqualTo("220");
      }
    }
  }

  private Transports transports(List<List<InetAddress>> answers) {
    List<List<InetAddress>> left = new ArrayList<>(answers);
    return new Transports(
        new AddressPolicy(
            HERE_ONLY,
            new IssuerProxy.None(),
            host -> {
              resolved.add(host);
              if (left.isEmpty()) {
                throw new UnknownHostException(host);
              }
              return left.removeFirst();
            }));
  }

  private static Issuer issuer(ScriptedServer server, Transports transports) {
    return issuer(server, transports, "5s");
  }

  private static Issuer issuer(ScriptedServer server, Transports transports, String timeout) {
    return HttpKeyIssuer.compile(
        Definitions.keyService(server.url().replace("127.0.0.1", "keys.example.com"), timeout),
        Transports.credential("token"),
        transports.transport());
  }
}
