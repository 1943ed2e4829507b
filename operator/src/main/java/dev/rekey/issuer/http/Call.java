package dev.rekey.issuer.http;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * A request as it will be sent.
 *
 * @param verb what it is for
 * @param method how
 * @param target its address
 * @param authentication what authenticates it
 * @param headers what else stands in its head, none of it secret
 * @param payload its body
 * @param timeout how long it may take, the reading of the answer included
 * @param tls what the connection is secured with
 */
record Call(
    Verb verb,
    String method,
    URI target,
    Authentication authentication,
    Map<String, String> headers,
    Optional<Payload> payload,
    Duration timeout,
    SSLContext tls) {

  /** Address and body may hold what must not be printed. */
  @Override
  public String toString() {
    return "Call[" + verb + "]";
  }
}
