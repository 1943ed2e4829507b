package dev.rekey.issuer.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rekey.api.v1alpha1.KeyIssuerSpec;
import dev.rekey.config.IssuerAddresses;
import dev.rekey.config.IssuerProxy;
import dev.rekey.issuer.Issuer;
import dev.rekey.issuer.IssuerProblem;
import dev.rekey.rotation.Listing;
import dev.rekey.rotation.MintResult;
import dev.rekey.rotation.Reason;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests to issuers through the operator's proxy. */
class ProxiedRequestsTest {
  private static final String NONE = "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{\"keys\": []}";

  @Test
  void behindAProxyIssuersAreRefusedUntilItIsSaidThatItDecides() {
    try (RawServer proxy = new RawServer((_, out) -> RawServer.say(out, NONE));
        Transports transports = transports(proxy, false)) {

      IssuerProblem problem =
          catchThrowableOfType(
              IssuerProblem.class, () -> issuer("https://keys.example.com", transports));

      assertThat(problem.reason()).isEqualTo(Reason.AddressForbidden);
      assertThat(problem.getMessage())
          .isEqualTo(
              "spec.http.url: keys.example.com would be asked through the operator's proxy, and"
                  + " then it is the proxy that decides where requests go. Have the operator run"
                  + " with REKEY_ISSUERS_PROXY_DECIDES=true if that is meant so, or without the"
                  + " proxy.");
      assertThat(proxy.heads()).isEmpty();
    }
  }

  @Test
  void thenTheProxyResolvesTheNameAndGetsTheWholeAddress() {
    try (RawServer proxy = new RawServer((_, out) -> RawServer.say(out, NONE));
        Transports transports = transports(proxy, true)) {

      assertThat(issuer("http://keys.example.com", transports).list())
          .isInstanceOf(Listing.Listed.class);

      assertThat(proxy.heads().getFirst())
          .startsWith("GET http://keys.example.com/api/keys HTTP/1.1\r\n")
          .contains("Host: keys.example.com\r\n");
    }
  }

  @Test
  void tlsGoesThroughItUnseen(@TempDir Path folder) {
    Certificates certificates = new Certificates(folder);
    certificates.authority("agency");
    certificates.server("server", "agency");
    try (SecureServer server = new SecureServer(certificates.serving("server", "agency"), false);
        RawServer proxy =
            new RawServer((socket, out) -> {
              RawServer.say(out, "HTTP/1.1 200 Connection established\r\n\r\n");
              join(socket, server.port());
            });
        Transports transports = transports(proxy, true)) {
      ObjectNode spec = spec(server.url());
      ((ObjectNode) spec.get("http")).putObject("tls").put("caBundle", certificates.pem("agency"));

      assertThat(issuer(spec, transports).list()).isInstanceOf(Listing.Listed.class);

      assertThat(server.clients()).hasSize(1);
      assertThat(proxy.heads().getFirst())
          .isEqualTo(
              "CONNECT 127.0.0.1:%d HTTP/1.1\r\nHost: 127.0.0.1:%<d\r\nUser-Agent: rekey\r\n\r\n"
                  .formatted(server.port()));
    }
  }

  @Test
  void whatTheProxyRefusesWasNotSent() {
    try (RawServer proxy =
            new RawServer((_, out) ->
                RawServer.say(out, "HTTP/1.1 403 SEKR\r\nContent-Length: 4\r\n\r\nSEKR"));
        Transports transports = transports(proxy, true)) {

      MintResult result = issuer("https://keys.example.com", transports).mint(Asking.MINT);

      assertThat(result).isInstanceOf(MintResult.Refused.class);
      assertThat(Asking.fault(result).reason()).isEqualTo(Reason.IssuerUnreachable);
      assertThat(Asking.fault(result).message())
          .contains(
              "keys.example.com could not be asked to create a key: the operator's proxy"
                  + " refuses to connect to it, with status 403")
          .doesNotContain("SEKR");
    }
  }

  @Test
  void anAddressThatIsWrittenIsJudgedAllTheSame() {
    try (RawServer proxy = new RawServer((_, out) -> RawServer.say(out, NONE));
        Transports transports = transports(proxy, true)) {
      assertThat(
              catchThrowableOfType(
                      IssuerProblem.class, () -> issuer("https://10.0.0.1", transports))
                  .reason())
          .isEqualTo(Reason.AddressForbidden);
    }
  }

  @Test
  void aProxyThatIsNotThereIsNamed() {
    AddressPolicy policy =
        new AddressPolicy(
            Transports.LOOPBACK,
            new IssuerProxy.At("proxy.example.com", 3128, true),
            host -> {
              throw new UnknownHostException(host);
            });
    try (Transports transports = new Transports(policy)) {
      MintResult result = issuer("https://keys.example.com", transports).mint(Asking.MINT);

      assertThat(Asking.fault(result).message())
          .isEqualTo(
              "The name of the operator's proxy, proxy.example.com, cannot be resolved. Check"
                  + " REKEY_ISSUERS_PROXY and the DNS.");
    }
  }

  private static void join(Socket socket, int port) throws IOException {
    try (Socket further = new Socket(InetAddress.getLoopbackAddress(), port)) {
      Thread.ofVirtual()
          .start(() -> {
            try {
              socket.getInputStream().transferTo(further.getOutputStream());
            } catch (IOException over) {
              // one end went away
            }
          });
      further.getInputStream().transferTo(socket.getOutputStream());
    }
  }

  private static Transports transports(RawServer proxy, boolean decides) {
    return new Transports(
        new AddressPolicy(
            new IssuerAddresses(true, true, false),
            new IssuerProxy.At("proxy.example.com", proxy.port(), decides),
            host -> {
              assertThat(host).isEqualTo("proxy.example.com");
              return List.of(InetAddress.getLoopbackAddress());
            }));
  }

  private static Issuer issuer(String url, Transports transports) {
    return issuer(spec(url), transports);
  }

  private static Issuer issuer(ObjectNode spec, Transports transports) {
    return HttpKeyIssuer.compile(
        Serialization.unmarshal(spec.toString(), KeyIssuerSpec.class),
        Transports.credential("admin-token"),
        transports.transport());
  }

  private static ObjectNode spec(String url) {
    return (ObjectNode)
        Serialization.unmarshal(
            Serialization.asJson(Definitions.keyService(url, "5s")), JsonNode.class);
  }
}
