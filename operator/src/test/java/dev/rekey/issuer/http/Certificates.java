package dev.rekey.issuer.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Certificates for one test class, made with the JDK's own keytool. */
final class Certificates {
  private static final char[] PASSWORD = "changeit".toCharArray();

  private final Path store;

  Certificates(Path folder) {
    store = folder.resolve("certificates.p12");
  }

  /** One that vouches for others. */
  void authority(String name) {
    keytool("-alias", name, "-dname", "CN=" + name, "-ext", "bc:c", "-keyalg", "EC");
  }

  /** One for a server at 127.0.0.1. */
  void server(String name, String authority) {
    keytool(
        "-alias",
        name,
        "-dname",
        "CN=" + name,
        "-signer",
        authority,
        "-keyalg",
        "EC",
        "-ext",
        "san=ip:127.0.0.1");
  }

  /** One for a client. */
  void client(String name, String authority, String algorithm) {
    keytool("-alias", name, "-dname", "CN=" + name, "-signer", authority, "-keyalg", algorithm);
  }

  private void keytool(String... how) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD),
                "-validity",
                "2"));
    command.addAll(Arrays.asList(how));
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (process.waitFor() != 0) {
        throw new IllegalStateException("keytool ended with " + process.exitValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The certificate, and those above it, in PEM. */
  String pem(String name) {
    try {
      StringBuilder text = new StringBuilder();
      for (Certificate certificate : chain(name)) {
        text.append(pem("CERTIFICATE", certificate.getEncoded()));
      }
      return text.toString();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Its private key in PEM. */
  String key(String name) {
    return pem("PRIVATE KEY", privateKey(name).getEncoded());
  }

  PrivateKey privateKey(String name) {
    try {
      return (PrivateKey) read().getKey(name, PASSWORD);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static String pem(String kind, byte[] der) {
    String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + kind + "-----\n" + lines + "\n-----END " + kind + "-----\n";
  }

  /** What a server is secured with that asks for certificates of this authority. */
  SSLContext serving(String name, String clients) {
    try {
      KeyStore own = empty();
      own.setKeyEntry("server", privateKey(name), PASSWORD, chain(name));
      var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(own, PASSWORD);
      KeyStore trusted = empty();
      trusted.setCertificateEntry("clients", chain(clients)[0]);
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private Certificate[] chain(String name) throws GeneralSecurityException {
    return read().getCertificateChain(name);
  }

  private KeyStore read() {
    try (var in = Files.newInputStream(store)) {
      KeyStore read = KeyStore.getInstance("PKCS12");
      read.load(in, PASSWORD);
      return read;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyStore empty() throws GeneralSecurityException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      return store;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
