package dev.rekey.issuer;

import dev.rekey.api.v1alpha1.CredentialPlace;
import dev.rekey.api.v1alpha1.HttpIssuer;
import dev.rekey.api.v1alpha1.IssuerSpec;
import dev.rekey.api.v1alpha1.ManualIssuer;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The account that an issuer stands for, whatever its type.
 *
 * @param address where it is: another address is another account
 * @param credential where its credential is kept; empty where it needs none
 * @param certificate the Secret with the certificate that Rekey shows; empty where it shows none
 */
record IssuerAccount(
    String address, Optional<CredentialPlace> credential, Optional<String> certificate) {

  static IssuerAccount of(IssuerSpec spec) {
    HttpIssuer http = spec.http();
    if (http != null) {
      return new IssuerAccount(
          http.url(),
          http.auth().credentialPlace(),
          Optional.ofNullable(http.tls())
              .flatMap(it -> Optional.ofNullable(it.clientCertificate()))
              .map(it -> it.secretRef().name()));
    }
    ManualIssuer manual = spec.manual();
    return new IssuerAccount(
        manual == null ? "" : manual.dashboard(), Optional.empty(), Optional.empty());
  }

  /** The names of the Secrets that it needs. */
  List<String> secrets() {
    return Stream.concat(credential.map(CredentialPlace::secret).stream(), certificate.stream())
        .distinct()
        .toList();
  }
}
