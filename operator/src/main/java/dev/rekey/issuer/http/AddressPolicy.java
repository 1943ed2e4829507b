package dev.rekey.issuer.http;

import dev.rekey.config.IssuerAddresses;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.Reason;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;

/**
 * Where requests to issuers may go. Judged twice: as an address is written, when an issuer is
 * compiled, and by what its name resolves to, right before each request. The JDK client resolves
 * the name once more when it connects; it gets the same addresses from the JVM's cache, which keeps
 * them for longer than lies between the two.
 */
public final class AddressPolicy {
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

  /** Why the address may not be used, as far as it can be told without resolving a name. */
  public Optional<Fault> judgeWritten(URI address) {
    if (address.getScheme().equals("http") && !allowed.plainHttp()) {
      return Optional.of(
          forbidden(
              address.getScheme()
                  + "://"
                  + address.getHost()
                  + " is not encrypted. Use https, or have plainHttp allowed in the operator's"
                  + " configuration"));
    }
    return literal(address.getHost()).flatMap(literal -> judge(address.getHost(), literal));
  }

  /** Why no request may go there now. */
  public Optional<Fault> judge(URI address) {
    Optional<Fault> written = judgeWritten(address);
    if (written.isPresent()) {
      return written;
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
      case LOOPBACK ->
          allowed.loopback() ? Optional.empty() : Optional.of(forbidden(host, kind, "loopback"));
      case PRIVATE ->
          allowed.privateNetworks()
              ? Optional.empty()
              : Optional.of(forbidden(host, kind, "privateNetworks"));
      case NEVER ->
          Optional.of(
              forbidden(
                  host
                      + " is at a "
                      + kind.words()
                      + " address, which no setting allows. Use another"));
    };
  }

  private static Fault forbidden(String host, AddressKind kind, String setting) {
    return forbidden(
        host
            + " is at a "
            + kind.words()
            + " address. Use a public one, or have "
            + setting
            + " allowed in the operator's configuration");
  }

  private static Fault forbidden(String message) {
    return Fault.of(Reason.AddressForbidden, message + "; no request was made.");
  }

  private static Optional<InetAddress> literal(String host) {
    try {
      return Optional.of(InetAddress.ofLiteral(host));
    } catch (IllegalArgumentException aName) {
      return Optional.empty();
    }
  }
}
