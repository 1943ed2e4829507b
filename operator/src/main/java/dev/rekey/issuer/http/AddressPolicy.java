package dev.rekey.issuer.http;

import dev.rekey.config.IssuerAddresses;
import dev.rekey.config.IssuerProxy;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.Reason;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where requests to issuers may go. Judged twice: as an address is written, when an issuer is
 * compiled, and by what its name resolves to, at each request. The name is resolved once, every
 * address is judged, and the connection goes to one of these: a DNS that answers otherwise a moment
 * later is not asked.
 *
 * <p>It binds requests to issuers alone, and nothing else that Rekey connects to.
 */
public final class AddressPolicy {
  private static final String PLAIN_HTTP = "REKEY_ISSUERS_ALLOW_PLAIN_HTTP";
  private static final String LOOPBACK = "REKEY_ISSUERS_ALLOW_LOOPBACK";
  private static final String PRIVATE_NETWORKS = "REKEY_ISSUERS_ALLOW_PRIVATE_NETWORKS";

  private static final String PROXY_DECIDES = "REKEY_ISSUERS_PROXY_DECIDES";

  private final IssuerAddresses allowed;
  private final IssuerProxy proxy;
  private final Resolver resolver;

  /** How names are resolved. */
  @FunctionalInterface
  public interface Resolver {
    /** All addresses of the host. */
    List<InetAddress> resolve(String host) throws UnknownHostException;
  }

  /** How a request gets to its address. */
  sealed interface Route {

    /** Straight to one of these, all of which were judged. */
    record Direct(List<InetSocketAddress> to) implements Route {}

    /** Through the operator's proxy, which is at one of these. */
    record Through(List<InetSocketAddress> proxy) implements Route {}

    /** Not at all. */
    record Refused(Fault fault) implements Route {}
  }

  /** A policy that resolves names as the JVM does. */
  public AddressPolicy(IssuerAddresses allowed, IssuerProxy proxy) {
    this(allowed, proxy, host -> List.of(InetAddress.getAllByName(host)));
  }

  /** A policy with a resolver of its own. */
  public AddressPolicy(IssuerAddresses allowed, IssuerProxy proxy, Resolver resolver) {
    this.allowed = allowed;
    this.proxy = proxy;
    this.resolver = resolver;
  }

  /** All that is against the address, as far as it can be told without resolving a name. */
  public List<Fault> judgeWritten(URI address) {
    List<Fault> faults = new ArrayList<>();
    String host = address.getHost();
    if (!Address.isSecure(address) && !allowed.plainHttp()) {
      faults.add(
          forbidden("http://" + host + " is not encrypted. Use https, " + orHave(PLAIN_HTTP)));
    }
    literal(host).flatMap(literal -> judge(host, literal)).ifPresent(faults::add);
    if (proxy instanceof IssuerProxy.At(_, _, var decides) && !decides) {
      faults.add(
          forbidden(
              host
                  + " would be asked through the operator's proxy, and then it is the proxy that"
                  + " decides where requests go. Have the operator run with "
                  + PROXY_DECIDES
                  + "=true if that is meant so, or without the proxy"));
    }
    return List.copyOf(faults);
  }

  /** How a request gets there now. Resolves the name, once. */
  Route route(URI address) {
    List<Fault> written = judgeWritten(address);
    if (!written.isEmpty()) {
      return new Route.Refused(written.getFirst());
    }
    return switch (proxy) {
      case IssuerProxy.None() -> direct(address);
      case IssuerProxy.At(var host, var port, _) -> through(host, port);
    };
  }

  private Route direct(URI address) {
    String host = address.getHost();
    try {
      List<InetAddress> resolved = resolver.resolve(host);
      return resolved.stream()
          .map(it -> judge(host, it))
          .flatMap(Optional::stream)
          .findFirst()
          .<Route>map(Route.Refused::new)
          .orElseGet(() -> new Route.Direct(at(resolved, Address.port(address))));
    } catch (UnknownHostException unknown) {
      return unresolved("The name " + host + " cannot be resolved. Check the issuer's url");
    }
  }

  private Route through(String host, int port) {
    try {
      return new Route.Through(at(resolver.resolve(host), port));
    } catch (UnknownHostException unknown) {
      return unresolved(
          "The name of the operator's proxy, "
              + host
              + ", cannot be resolved. Check REKEY_ISSUERS_PROXY");
    }
  }

  private static Route unresolved(String what) {
    return new Route.Refused(Fault.of(Reason.IssuerUnreachable, what + " and the DNS."));
  }

  private static List<InetSocketAddress> at(List<InetAddress> addresses, int port) {
    return addresses.stream().map(it -> new InetSocketAddress(it, port)).toList();
  }

  private Optional<Fault> judge(String host, InetAddress address) {
    AddressKind kind = AddressKind.of(address);
    return switch (kind) {
      case PUBLIC -> Optional.empty();
      case LOOPBACK -> unless(allowed.loopback(), host, kind, LOOPBACK);
      case PRIVATE -> unless(allowed.privateNetworks(), host, kind, PRIVATE_NETWORKS);
      case NEVER ->
          Optional.of(forbidden(at(host, kind) + ", which no setting allows. Use a public one"));
    };
  }

  private static Optional<Fault> unless(
      boolean isAllowed, String host, AddressKind kind, String setting) {
    return isAllowed
        ? Optional.empty()
        : Optional.of(forbidden(at(host, kind) + ". Use a public one, " + orHave(setting)));
  }

  private static String at(String host, AddressKind kind) {
    return host + " is at a " + kind.words() + " address";
  }

  private static String orHave(String setting) {
    return "or have the operator run with " + setting + "=true";
  }

  private static Fault forbidden(String message) {
    return Fault.of(Reason.AddressForbidden, message + ".");
  }

  private static Optional<InetAddress> literal(String host) {
    try {
      return Optional.of(InetAddress.ofLiteral(host));
    } catch (IllegalArgumentException aName) {
      return Optional.empty();
    }
  }
}
