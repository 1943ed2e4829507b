package dev.rekey.config;

/**
 * Where requests to issuers may go beyond {@code https} at public addresses. People who write
 * issuers need not be those who run the cluster, so that each of these is a decision of the latter.
 *
 * @param plainHttp whether {@code http} may be spoken, so that keys cross the network unencrypted
 * @param loopback whether an issuer may be on the operator's own host
 * @param privateNetworks whether an issuer may have a private address, as cluster networks have
 */
public record IssuerAddresses(boolean plainHttp, boolean loopback, boolean privateNetworks) {

  /** What holds where the operator's configuration says nothing: none of them. */
  public static IssuerAddresses standard() {
    return new IssuerAddresses(false, false, false);
  }
}
