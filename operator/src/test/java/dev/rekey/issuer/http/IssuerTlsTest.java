package dev.rekey.issuer.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rekey.api.v1alpha1.ClientCertificate;
import dev.rekey.api.v1alpha1.KeyIssuerSpec;
import dev.rekey.api.v1alpha1.SecretRef;
import dev.rekey.api.v1alpha1.Tls;
import dev.rekey.issuer.CredentialSource;
import dev.rekey.issuer.Issuer;
import dev.rekey.issuer.IssuerProblem;
import dev.rekey.rotation.Listing;
import dev.rekey.rotation.MintResult;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.SecretText;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** An issuer with an authority of its own, and one that asks who asks. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IssuerTlsTest {
  private static final String CLIENT = "rekey-client";

  private @Nullable Certificates made;
  private @Nullable SecureServer open;
  private @Nullable SecureServer asking;
  private Transports transports = new Transports();
  private final Map<String, String> secrets = new HashMap<>();
  private final Map<String, String> cached = new HashMap<>();

  @BeforeAll
  void start(@TempDir Path folder) {
    Certificates certificates = new Certificates(folder);
    certificates.authority("agency");
    certificates.authority("stranger");
    certificates.server("server", "agency");
    certificates.client("first", "agency", "RSA");
    certificates.client("second", "agency", "EC");
    certificates.client("foreign", "stranger", "EC");
    made = certificates;
    open = new SecureServer(certificates.serving("server", "agency"), false);
    asking = new SecureServer(certificates.serving("server", "agency"), true);
  }

  @AfterAll
  void stop() {
    open().close();
    asking().close();
  }

  @AfterEach
  void next() {
    transports.close();
    transports = new Transports();
    secrets.clear();
    cached.clear();
  }

  @Test
  void anAuthorityOfTheIssuersOwnIsTrusted() {
    assertThat(issuer(open().url(), new Tls(made().pem("agency"), null)).list())
        .isInstanceOf(Listing.Listed.class);
  }

  @Test
  void noOtherAuthorityIsTrusted() {
    int before = open().clients().size();

    MintResult byBrowsers = issuer(open().url(), null).mint(Asking.MINT);
    MintResult byStranger =
        issuer(open().url(), new Tls(made().pem("stranger"), null)).mint(Asking.MINT);

    for (MintResult result : new MintResult[] {byBrowsers, byStranger}) {
      assertThat(result).isInstanceOf(MintResult.Refused.class);
      assertThat(Asking.fault(result).message())
          .contains("no TLS connection came about; its certificate may not be trusted");
    }
    assertThat(open().clients()).hasSize(before);
  }

  @Test
  void theCertificateMustBeForTheNameThatIsAsked() {
    String other = open().url().replace("127.0.0.1", "localhost");

    MintResult result = issuer(other, new Tls(made().pem("agency"), null)).mint(Asking.MINT);

    assertThat(Asking.fault(result).message()).contains("no TLS connection came about");
  }

  @Test
  void theClientCertificateIsShown() {
    put("first");

    assertThat(issuer(asking().url(), both()).list()).isInstanceOf(Listing.Listed.class);

    assertThat(asking().clients().getLast()).isEqualTo("CN=first");
  }

  @Test
  void whoeverShowsNoneOrAStrangersOneIsNotAnswered() {
    int before = asking().clients().size();
    put("foreign");

    Listing none = issuer(asking().url(), new Tls(made().pem("agency"), null)).list();
    Listing foreign = issuer(asking().url(), both()).list();

    assertThat(none).isInstanceOf(Listing.Failed.class);
    assertThat(foreign).isInstanceOf(Listing.Failed.class);
    assertThat(asking().clients()).hasSize(before);
  }

  @Test
  void aChangedCertificateIsUsedAtTheNextRequestAfterOneThatFailed() {
    put("foreign");
    Issuer issuer = issuer(asking().url(), both());
    assertThat(issuer.list()).isInstanceOf(Listing.Failed.class);
    put("second");

    assertThat(issuer.list()).isInstanceOf(Listing.Listed.class);

    assertThat(asking().clients().getLast()).isEqualTo("CN=second");
  }

  @Test
  void aMissingCertificateMeansNoRequest() {
    int before = asking().clients().size();

    MintResult result = issuer(asking().url(), both()).mint(Asking.MINT);

    assertThat(result).isInstanceOf(MintResult.Refused.class);
    assertThat(Asking.fault(result).reason()).isEqualTo(Reason.CredentialMissing);
    assertThat(asking().clients()).hasSize(before);
  }

  @Test
  void whatIsNoKeyIsSaidWithoutRepeatingIt() {
    put("first");
    secrets.put("tls.key", "-----BEGIN PRIVATE KEY-----\nSEKR\n-----END PRIVATE KEY-----");

    MintResult result = issuer(asking().url(), both()).mint(Asking.MINT);

    assertThat(Asking.fault(result).reason()).isEqualTo(Reason.CredentialRefused);
    assertThat(Asking.fault(result).message())
        .startsWith("Secret rekey-client holds no certificate and private key that can be read")
        .doesNotContain("SEKR");
  }

  @Test
  void keysAreReadInEveryFormThatPeopleHaveThem() throws Exception {
    byte[] rsa = made().privateKey("first").getEncoded();
    String older = Certificates.pem("RSA PRIVATE KEY", Arrays.copyOfRange(rsa, 26, rsa.length));
    var curved = KeyPairGenerator.getInstance("EC");
    curved.initialize(256);
    var ec = (ECPrivateKey) curved.generateKeyPair().getPrivate();
    byte[] openssl =
        HexFormat.of()
            .parseHex("30310201010420" + "%064x".formatted(ec.getS()) + "a00a06082a8648ce3d030107");
    var edwards = KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPrivate();

    assertThat(PemKey.read(made().key("first")).getEncoded()).isEqualTo(rsa);
    assertThat(PemKey.read(older).getEncoded()).isEqualTo(rsa);
    assertThat(scalar(PemKey.read(made().key("second"))))
        .isEqualTo(scalar(made().privateKey("second")));
    assertThat(
            scalar(
                PemKey.read(
                    Certificates.pem("EC PARAMETERS", new byte[] {6, 0})
                        + Certificates.pem("EC PRIVATE KEY", openssl))))
        .isEqualTo(ec.getS());
    assertThat(PemKey.read(Certificates.pem("PRIVATE KEY", edwards.getEncoded())))
        .isEqualTo(edwards);
    for (int cut = 0; cut < openssl.length; cut++) {
      String broken = Certificates.pem("EC PRIVATE KEY", Arrays.copyOf(openssl, cut));
      assertThatThrownBy(() -> PemKey.read(broken)).isInstanceOf(GeneralSecurityException.class);
    }
    assertThatThrownBy(() -> PemKey.read("SEKR"))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessageNotContaining("SEKR");
  }

  private static BigInteger scalar(PrivateKey key) {
    return ((ECPrivateKey) key).getS();
  }

  @Test
  void whatIsWrongIsSaidWithItsField() {
    String broken = "-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----";

    assertThat(problems("http://127.0.0.1:1", new Tls(broken, null)))
        .isEqualTo(
            "spec.http.tls: is given, and spec.http.url is not encrypted; write https:// there;"
                + " spec.http.tls.caBundle: holds no certificates that can be read; write them in"
                + " PEM, each between -----BEGIN CERTIFICATE----- and -----END CERTIFICATE-----");
  }

  private String problems(String url, Tls tls) {
    return String.valueOf(
        catchThrowableOfType(IssuerProblem.class, () -> issuer(url, tls)).getMessage());
  }

  private Tls both() {
    return new Tls(made().pem("agency"), new ClientCertificate(new SecretRef(CLIENT)));
  }

  private void put(String client) {
    secrets.put("tls.crt", made().pem(client));
    secrets.put("tls.key", made().key(client));
  }

  private Certificates made() {
    return Objects.requireNonNull(made);
  }

  private SecureServer open() {
    return Objects.requireNonNull(open);
  }

  private SecureServer asking() {
    return Objects.requireNonNull(asking);
  }

  private Issuer issuer(String url, @Nullable Tls tls) {
    var spec =
        (ObjectNode)
            Serialization.unmarshal(
                Serialization.asJson(Definitions.keyService(url, "5s")), JsonNode.class);
    if (tls != null) {
      ((ObjectNode) spec.get("http"))
          .set("tls", Serialization.unmarshal(Serialization.asJson(tls), JsonNode.class));
    }
    return HttpKeyIssuer.compile(
        Serialization.unmarshal(spec.toString(), KeyIssuerSpec.class),
        new Stored("token"),
        transports.transport());
  }

  /** A credential that was read a while ago, until it is read again. */
  private final class Stored implements CredentialSource {
    private final String key;

    private Stored(String key) {
      this.key = key;
    }

    @Override
    public Credential read() {
      if (key.equals("token")) {
        return new Credential.Found(SecretText.of("token"));
      }
      if (cached.isEmpty()) {
        cached.putAll(secrets);
      }
      String found = cached.get(key);
      return found == null
          ? new Credential.Missing("Secret rekey-client does not exist.")
          : new Credential.Found(SecretText.of(found));
    }

    @Override
    public Credential readAgain() {
      cached.clear();
      return read();
    }

    @Override
    public CredentialSource beside(String secret, String dataKey) {
      assertThat(secret).isEqualTo(CLIENT);
      return new Stored(dataKey);
    }
  }
}
