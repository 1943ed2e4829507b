package dev.rekey.issuer.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.config.IssuerAddresses;
import dev.rekey.config.IssuerProxy;
import dev.rekey.issuer.Issuer;
import dev.rekey.issuer.MintRequest;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.MintResult;
import dev.rekey.rotation.Reason;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressPolicyTest {
  private static final IssuerAddresses STRICT = IssuerAddresses.standard();
  private static final IssuerProxy DIRECT = new IssuerProxy.None();
  private static final IssuerAddresses ALL = new IssuerAddresses(true, true, true);

  private static final Map<String, List<InetAddress>> NAMES =
      Map.of(
          "api.example.com", addresses("93.184.216.34", "2606:2800:220:1::1"),
          "inside.example.com", addresses("93.184.216.34", "10.96.0.1"),
          "here.example.com", addresses("127.0.0.1"),
          "metadata.example.com", addresses("169.254.169.254"));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "https://api.example.com      | -",
        "http://api.example.com       | is not encrypted. Use https, or have the operator run with"
            + " REKEY_ISSUERS_ALLOW_PLAIN_HTTP=true",
        "https://inside.example.com   | is at a private address. Use a public one, or have the"
            + " operator run with REKEY_ISSUERS_ALLOW_PRIVATE_NETWORKS=true",
        "https://here.example.com     | is at a loopback address. Use a public one, or have the"
            + " operator run with REKEY_ISSUERS_ALLOW_LOOPBACK=true",
        "https://metadata.example.com | is at a link-local, multicast or reserved address, which"
            + " no setting allows",
        "https://1.1.1.1              | -",
        "https://127.0.0.1:8443       | 127.0.0.1 is at a loopback address",
        "https://[::1]                | is at a loopback address",
        "https://[::ffff:10.0.0.1]    | is at a private address",
        "https://10.1.2.3             | is at a private address",
      })
  void standardIsHttpsAtPublicAddresses(URI address, @Nullable String message) {
    Optional<Fault> fault = refusal(policy(STRICT).route(address));

    assertThat(fault.isPresent()).isEqualTo(message != null);
    fault.ifPresent(it -> {
      assertThat(it.reason()).isEqualTo(Reason.AddressForbidden);
      assertThat(it.message()).contains(message).endsWith(".");
    });
  }

  @Test
  void eachSettingAllowsItsOwn() {
    URI plain = URI.create("http://api.example.com");
    URI here = URI.create("https://here.example.com");
    URI inside = URI.create("https://inside.example.com");

    assertThat(allowed(new IssuerAddresses(true, false, false), plain, here, inside))
        .containsExactly(plain);
    assertThat(allowed(new IssuerAddresses(false, true, false), plain, here, inside))
        .containsExactly(here);
    assertThat(allowed(new IssuerAddresses(false, false, true), plain, here, inside))
        .containsExactly(inside);
    assertThat(allowed(ALL, URI.create("http://metadata.example.com"))).isEmpty();
  }

  @Test
  void writtenAddressIsJudgedWithoutResolvingIt() {
    AddressPolicy policy =
        new AddressPolicy(
            STRICT,
            DIRECT,
            host -> {
              throw new AssertionError("resolved " + host);
            });

    assertThat(policy.judgeWritten(URI.create("https://here.example.com"))).isEmpty();
    assertThat(policy.judgeWritten(URI.create("https://127.0.0.1"))).hasSize(1);
    assertThat(policy.judgeWritten(URI.create("http://here.example.com"))).hasSize(1);
    assertThat(policy.judgeWritten(URI.create("HTTP://here.example.com"))).hasSize(1);
    assertThat(policy.judgeWritten(URI.create("HTTPS://here.example.com"))).isEmpty();
    assertThat(Address.isSecure(URI.create("HTTPS://here.example.com"))).isTrue();
    assertThat(policy.judgeWritten(URI.create("http://127.0.0.1"))).hasSize(2);
  }

  @Test
  void unknownNameIsUnreachable() {
    assertThat(refusal(policy(STRICT).route(URI.create("https://nowhere.example.com"))))
        .hasValueSatisfying(it -> {
          assertThat(it.reason()).isEqualTo(Reason.IssuerUnreachable);
          assertThat(it.message()).contains("nowhere.example.com cannot be resolved");
        });
  }

  @Test
  void forbiddenAddressMeansNoRequest() {
    AddressPolicy policy =
        new AddressPolicy(
            new IssuerAddresses(true, false, false), DIRECT, AddressPolicyTest::resolve);
    try (ScriptedServer server = new ScriptedServer();
        Transports transports = new Transports(policy)) {
      Issuer issuer =
          HttpKeyIssuer.compile(
              Definitions.keyService(server.url().replace("127.0.0.1", "here.example.com"), "5s"),
              Transports.credential("token"),
              transports.transport());

      MintResult result = issuer.mint(new MintRequest("a-1", "rk-1", "payments", "till"));

      assertThat(result).isInstanceOf(MintResult.Refused.class);
      assertThat(((MintResult.Refused) result).fault().reason()).isEqualTo(Reason.AddressForbidden);
      assertThat(server.asked()).isEmpty();
    }
  }

  private static Optional<Fault> refusal(AddressPolicy.Route route) {
    return route instanceof AddressPolicy.Route.Refused(Fault fault)
        ? Optional.of(fault)
        : Optional.empty();
  }

  private static List<URI> allowed(IssuerAddresses settings, URI... addresses) {
    return Stream.of(addresses)
        .filter(it -> refusal(policy(settings).route(it)).isEmpty())
        .toList();
  }

  private static AddressPolicy policy(IssuerAddresses settings) {
    return new AddressPolicy(settings, DIRECT, AddressPolicyTest::resolve);
  }

  private static List<InetAddress> resolve(String host) throws UnknownHostException {
    List<InetAddress> known = NAMES.get(host);
    if (known != null) {
      return known;
    }
    try {
      return List.of(InetAddress.ofLiteral(host));
    } catch (IllegalArgumentException aName) {
      throw new UnknownHostException(host);
    }
  }

  private static List<InetAddress> addresses(String... literals) {
    return Stream.of(literals).map(InetAddress::ofLiteral).toList();
  }
}
