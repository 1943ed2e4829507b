package dev.rekey.config;

import java.net.URI;
import java.net.URISyntaxException;

/** Whether requests to issuers, and nothing else of Rekey's, go through a proxy. */
public sealed interface IssuerProxy {

  /** They go straight to the issuers. */
  record None() implements IssuerProxy {}

  /**
   * They go through an http proxy, which resolves the issuers' names and connects to them: where
   * issuers may be is then decided there and no longer by Rekey.
   *
   * @param host where the proxy is
   * @param port at which port
   * @param decides whether those who run the operator have said that this is meant so; until then
   *     no request is made
   */
  record At(String host, int port, boolean decides) implements IssuerProxy {}

  /**
   * The proxy at this address.
   *
   * @throws IllegalArgumentException when that is not the address of an http proxy
   */
  static IssuerProxy parse(String address, boolean decides) {
    try {
      var uri = new URI(address);
      boolean plain =
          "http".equals(uri.getScheme())
              && uri.getHost() != null
              && uri.getPort() > 0
              && uri.getRawUserInfo() == null
              && uri.getRawQuery() == null
              && uri.getRawPath().matches("/?");
      if (plain) {
        return new At(uri.getHost(), uri.getPort(), decides);
      }
    } catch (URISyntaxException notAnAddress) {
      // said below, without what is written there: it may hold a password
    }
    throw new IllegalArgumentException("is not the address of an http proxy");
  }
}
