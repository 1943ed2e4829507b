package dev.rekey.issuer.http;

import dev.rekey.api.v1alpha1.ClientCertificate;
import dev.rekey.api.v1alpha1.HttpIssuer;
import dev.rekey.api.v1alpha1.Tls;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Optional;

/**
 * How connections to an issuer are secured, by its definition.
 *
 * @param authorities who may vouch for the issuer; empty: those that the JVM trusts
 * @param certificateSecret the Secret with the client certificate, where there is one
 */
record TlsDefinition(List<Certificate> authorities, Optional<String> certificateSecret) {
  private static final String AT = "spec.http.tls";

  static TlsDefinition compile(HttpIssuer http, Findings findings) {
    Tls tls = http.tls();
    if (tls == null) {
      return new TlsDefinition(List.of(), Optional.empty());
    }
    if (http.url().startsWith("http://")) {
      findings.add(AT, "is given, and spec.http.url is not encrypted; write https:// there");
    }
    String bundle = tls.caBundle();
    ClientCertificate client = tls.clientCertificate();
    return new TlsDefinition(
        bundle == null ? List.of() : authorities(bundle, findings),
        client == null ? Optional.empty() : Optional.of(client.secretRef().name()));
  }

  private static List<Certificate> authorities(String pem, Findings findings) {
    try {
      List<Certificate> read = certificates(pem);
      if (!read.isEmpty()) {
        return read;
      }
    } catch (CertificateException unreadable) {
      // said below
    }
    findings.add(
        AT + ".caBundle",
        "holds no certificates that can be read; write them in PEM, each between -----BEGIN"
            + " CERTIFICATE----- and -----END CERTIFICATE-----");
    return List.of();
  }

  static List<Certificate> certificates(String pem) throws CertificateException {
    return List.copyOf(
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8))));
  }
}
