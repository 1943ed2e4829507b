package dev.rekey.issuer;

import dev.rekey.api.v1alpha1.HttpIssuer;
import dev.rekey.api.v1alpha1.IssuerSpec;
import dev.rekey.api.v1alpha1.ManualIssuer;
import dev.rekey.api.v1alpha1.SecretKeyRef;
import java.util.Optional;

/**
 * The account that an issuer stands for, whatever its type.
 *
 * @param address where it is: another address is another account
 * @param credential where its credential is kept; empty where it needs none
 */
record IssuerAccount(String address, Optional<SecretKeyRef> credential) {

  static IssuerAccount of(IssuerSpec spec) {
    HttpIssuer http = spec.http();
    if (http != null) {
      return new IssuerAccount(http.url(), Optional.of(http.auth().secretRef()));
    }
    ManualIssuer manual = spec.manual();
    return new IssuerAccount(manual == null ? "" : manual.dashboard(), Optional.empty());
  }
}
