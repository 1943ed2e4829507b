package dev.rekey.issuer.http;

import dev.rekey.issuer.CredentialSource;
import dev.rekey.issuer.CredentialSource.Credential;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.SecretText;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * What connections to one issuer are secured with. The client certificate is read like any
 * credential, and read again as soon as a request came to nothing.
 */
final class IssuerTls {
  private final List<Certificate> authorities;
  private final Optional<Sources> sources;
  private boolean doubtful;
  private @Nullable Known known;

  private record Sources(String secret, CredentialSource certificate, CredentialSource key) {}

  /** What was made of which certificate and which key; of none, where there is none. */
  private record Known(Optional<Pair> pair, SSLContext context) {}

  private record Pair(SecretText certificate, SecretText key) {}

  /** What came of reading it. */
  sealed interface Secured {
    /** It can be connected with. */
    record With(SSLContext context) implements Secured {}

    /** It cannot, and no request is made. */
    record Missing(Fault fault) implements Secured {}
  }

  IssuerTls(TlsDefinition definition, CredentialSource credential) {
    this.authorities = definition.authorities();
    this.sources =
        definition
            .certificateSecret()
            .map(it ->
                new Sources(
                    it, credential.beside(it, "tls.crt"), credential.beside(it, "tls.key")));
  }

  /** What to connect with now. */
  synchronized Secured now() {
    if (sources.isEmpty()) {
      return with(Optional.empty());
    }
    var from = sources.get();
    var certificate = doubtful ? from.certificate().readAgain() : from.certificate().read();
    var key = from.key().read();
    doubtful = false;
    if (certificate instanceof Credential.Missing(var message)) {
      return new Secured.Missing(Fault.of(Reason.CredentialMissing, message));
    }
    if (key instanceof Credential.Missing(var message)) {
      return new Secured.Missing(Fault.of(Reason.CredentialMissing, message));
    }
    return certificate instanceof Credential.Found pem && key instanceof Credential.Found secret
        ? with(Optional.of(new Pair(pem.text(), secret.text())))
        : unreadable();
  }

  /** Hears what came of a request: after one that failed the certificate may be another one. */
  synchronized Exchange heard(Exchange exchange) {
    doubtful = !(exchange instanceof Exchange.Answered(var answer)) || !answer.success();
    return exchange;
  }

  private Secured with(Optional<Pair> pair) {
    Known before = known;
    if (before != null && before.pair().equals(pair)) {
      return new Secured.With(before.context());
    }
    try {
      Known made = new Known(pair, context(pair));
      known = made;
      return new Secured.With(made.context());
    } catch (GeneralSecurityException | IOException unreadable) {
      doubtful = true;
      return unreadable();
    }
  }

  private Secured unreadable() {
    return new Secured.Missing(
        Fault.of(
            Reason.CredentialRefused,
            "Secret "
                + sources.map(Sources::secret).orElse("")
                + " holds no certificate and private key that can be read, so that no request was"
                + " made. Put the certificate in PEM into tls.crt and its key, unencrypted, into"
                + " tls.key."));
  }

  private SSLContext context(Optional<Pair> pair) throws GeneralSecurityException, IOException {
    if (pair.isEmpty() && authorities.isEmpty()) {
      return SSLContext.getDefault();
    }
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(shown(pair), trusted(), null);
    return context;
  }

  private TrustManager @Nullable [] trusted() throws GeneralSecurityException, IOException {
    if (authorities.isEmpty()) {
      return null;
    }
    KeyStore store = empty();
    for (int i = 0; i < authorities.size(); i++) {
      store.setCertificateEntry("authority-" + i, authorities.get(i));
    }
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  private static KeyManager @Nullable [] shown(Optional<Pair> pair)
      throws GeneralSecurityException, IOException {
    if (pair.isEmpty()) {
      return null;
    }
    KeyStore store = empty();
    Certificate[] chain =
        TlsDefinition.certificates(pair.get().certificate().reveal()).toArray(new Certificate[0]);
    if (chain.length == 0) {
      throw new CertificateException("there is no certificate");
    }
    store.setKeyEntry("client", PemKey.read(pair.get().key().reveal()), new char[0], chain);
    var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, new char[0]);
    return factory.getKeyManagers();
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }
}
