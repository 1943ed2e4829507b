package dev.rekey.issuer.http;

import dev.rekey.config.IssuerAddresses;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.Reason;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where requests to issuers may go. Judged twice: as an address is written, when an issuer is
 * compiled, and by what its name resolves to, right before each request. The JDK client resolves
 * the name once more when it connects; it gets the same addresses from the JVM's cache, which keeps
 * them for longer than lies between the two.
 */
public final class AddressPolicy {
  private static final String PLAIN_HTTP = "REKEY_ISSUERS_ALLOW_PLAIN_HTTP";
  private static final String LOOPBACK = "REKEY_ISSUERS_ALLOW_LOOPBACK";
  private static final String PRIVATE_NETWORKS = "REKEY_ISSUERS_ALLOW_PRIVATE_NETWORKS";

  private final IssuerAddresses allowed;
  private final Resolver resolver;

  /** How names are resolved. */
  @FunctionalInterface
  public interface Resolver {
    /** All addresses of the host. */
    List<InetAddress> resolve(String host) throws UnknownHostException;
  }

  /** A policy that resolves names as the JDK client will. */
  public AddressPolicy(IssuerAddresses allowed) {
    this(allowed, host -> List.of(InetAddress.getAllByName(host)));
  }

  /** A policy with a resolver of its own. */
  public AddressPolicy(IssuerAddresses allowed, Resolver resolver) {
    this.allowed = allowed;
    this.resolver = resolver;
  }

  /** All that is against the address, as far as it can be told without resolving a name. */
  public List<Fault> judgeWritten(URI address) {
    List<Fault> faults = new ArrayList<>();
    String host = address.getHost();
    if (address.getScheme().equals("http") && !allowed.plainHttp()) {
      faults.add(
          forbidden("http://" + host + " is not encrypted. Use https, " + orHave(PLAIN_HTTP)));
    }
    literal(host).flatMap(literal -> judge(host, literal)).ifPresent(faults::add);
    return List.copyOf(faults);
  }

  /** Why no request may go there now. */
  public Optional<Fault> judge(URI address) {
    List<Fault> written = judgeWritten(address);
    if (!written.isEmpty()) {
      return Optional.of(written.getFirst());
    }
    String host = address.getHost();
    try {
      return resolver.resolve(host).stream()
          .map(resolved -> judge(host, resolved))
          .flatMap(Optional::stream)
          .findFirst();
    } catch (UnknownHostException unknown) {
      return Optional.of(
          Fault.of(
              Reason.IssuerUnreachable,
              "The name " + host + " cannot be resolved. Check the issuer's url and the DNS."));
    }
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
