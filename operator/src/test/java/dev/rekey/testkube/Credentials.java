package dev.rekey.testkube;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/** Who may talk to the API server, and how they do. Everything is made up anew for each start. */
final class Credentials {
  private static final String BEGIN = "-----BEGIN CERTIFICATE-----";

  final String admin = token();
  final String controllerManager = token();
  final String scheduler = token();
  private final Path folder;
  private final String url;

  Credentials(Path folder, int port) throws IOException {
    this.folder = folder;
    this.url = "https://127.0.0.1:" + port;
    privateFile(
        tokenFile(),
        """
        %s,admin,admin,system:masters
        %s,system:kube-controller-manager,controller-manager
        %s,system:kube-scheduler,scheduler
        """
            .formatted(admin, controllerManager, scheduler));
    privateFile(serviceAccountKey(), rsaKey());
  }

  String url() {
    return url;
  }

  Path tokenFile() {
    return folder.resolve("tokens.csv");
  }

  Path serviceAccountKey() {
    return folder.resolve("service-accounts.key");
  }

  /** Where the API server writes the certificate that it makes for itself. */
  Path certificates() {
    return folder.resolve("certificates");
  }

  Path authority() {
    return folder.resolve("ca.crt");
  }

  /**
   * Whether the API server has made its certificate. The file has the serving certificate, then the
   * CA that signed it; only the CA is kept, because pods that get the whole file as their root
   * certificates log errors for ever.
   */
  boolean findAuthority() throws IOException {
    var made = certificates().resolve("apiserver.crt");
    if (!Files.exists(made)) {
      return false;
    }
    var chain = Files.readString(made);
    var last = chain.lastIndexOf(BEGIN);
    if (last <= chain.indexOf(BEGIN) || !chain.strip().endsWith("-----END CERTIFICATE-----")) {
      return false; // still being written
    }
    Files.writeString(authority(), chain.substring(last));
    return true;
  }

  /** From nothing but these credentials: no environment, no file of the developer's. */
  Config config(String token) {
    return new ConfigBuilder(Config.empty())
        .withMasterUrl(url)
        .withCaCertFile(authority().toString())
        .withOauthToken(token)
        .withNamespace("default")
        .build();
  }

  String kubeconfig(String token) throws IOException {
    return """
    apiVersion: v1
    kind: Config
    clusters: [{name: testkube, cluster: {server: "%s", certificate-authority-data: %s}}]
    users: [{name: user, user: {token: "%s"}}]
    contexts: [{name: testkube, context: {cluster: testkube, user: user, namespace: default}}]
    current-context: testkube
    """
        .formatted(url, Base64.getEncoder().encodeToString(Files.readAllBytes(authority())), token);
  }

  Path kubeconfigFile(String token) throws IOException {
    var file = Files.createTempFile(folder, "kubeconfig-", ".yaml"); // its owner's alone
    Files.writeString(file, kubeconfig(token));
    return file;
  }

  private static void privateFile(Path file, String content) throws IOException {
    var owner = PosixFilePermissions.fromString("rw-------");
    Files.createFile(file, PosixFilePermissions.asFileAttribute(owner));
    Files.writeString(file, content);
  }

  private static String token() {
    var bytes = new byte[24];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static String rsaKey() {
    try {
      var generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      var key = generator.generateKeyPair().getPrivate().getEncoded();
      var lines = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.UTF_8));
      return "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"
          .formatted(lines.encodeToString(key));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has RSA
    }
  }
}
