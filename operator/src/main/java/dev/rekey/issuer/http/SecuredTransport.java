package dev.rekey.issuer.http;

import dev.rekey.rotation.Fault;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * The transport as one issuer uses it, on connections that are secured as its definition says.
 *
 * @param transport sends
 * @param tls what connections are secured with
 */
record SecuredTransport(HttpTransport transport, IssuerTls tls) {

  /** A request, but for its deadline. */
  record Request(
      String method,
      URI target,
      Authentication authentication,
      Map<String, String> headers,
      Optional<Payload> payload) {

    /** Address and body may hold what must not be printed. */
    @Override
    public String toString() {
      return "Request[" + method + "]";
    }
  }

  InstantSource clock() {
    return transport.clock();
  }

  /** Sends it; not, where there is nothing to secure the connection with. */
  Exchange exchange(Verb verb, Request request, Duration timeout) {
    return switch (tls.now()) {
      case IssuerTls.Secured.Missing(Fault fault) -> new Exchange.NotSent(fault);
      case IssuerTls.Secured.With(SSLContext context) ->
          tls.heard(
              transport.exchange(
                  new Call(
                      verb,
                      request.method(),
                      request.target(),
                      request.authentication(),
                      request.headers(),
                      request.payload(),
                      timeout,
                      context)));
    };
  }
}
