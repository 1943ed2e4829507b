package dev.rekey.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class OperatorConfigTest {

  @Test
  void withoutAnyVariableIssuersMustBeEncryptedAndPublic() {
    var config = OperatorConfig.from(Map.of());
    assertThat(config.addresses()).isEqualTo(new IssuerAddresses(false, false, false));
    assertThat(config.election().enabled()).isTrue();
    assertThat(config.namespace()).isEqualTo("rekey");
    assertThat(OperatorConfig.settings(Map.of())).isEqualTo(Settings.standard());
  }

  @Test
  void everyVariableIsFollowed() {
    var config =
        OperatorConfig.from(
            Map.of(
                "REKEY_NAMESPACE", "platform",
                "HOSTNAME", "rekey-7d9f",
                "REKEY_HTTP_PORT", "9090",
                "REKEY_LEADER_ELECTION", "false",
                "REKEY_LEASE_DURATION", "30s",
                "REKEY_ISSUERS_ALLOW_PRIVATE_NETWORKS", "true"));
    assertThat(config.namespace()).isEqualTo("platform");
    assertThat(config.identity()).isEqualTo("rekey-7d9f");
    assertThat(config.http().port()).isEqualTo(9090);
    assertThat(config.election().enabled()).isFalse();
    assertThat(config.election().duration()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.addresses().privateNetworks()).isTrue();
    assertThat(
            OperatorConfig.settings(Map.of("REKEY_SWEEPS", "0s, 5s", "REKEY_LOOK", "1s")).sweeps())
        .containsExactly(Duration.ZERO, Duration.ofSeconds(5));
    assertThat(
            OperatorConfig.settings(Map.of("REKEY_ROLLOUTS_AT_ONCE_PER_NAMESPACE", "2"))
                .rolloutsAtOnce())
        .isEqualTo(new Settings.AtOnce(50, 2));
  }

  @Test
  void aProxyIsForIssuersAloneAndDecidesOnlyWhereThatIsSaid() {
    var proxy = "http://proxy.example.com:3128";
    assertThat(OperatorConfig.from(Map.of()).proxy()).isEqualTo(new IssuerProxy.None());
    assertThat(OperatorConfig.from(Map.of("REKEY_ISSUERS_PROXY", proxy)).proxy())
        .isEqualTo(new IssuerProxy.At("proxy.example.com", 3128, false));
    assertThat(
            OperatorConfig.from(
                    Map.of("REKEY_ISSUERS_PROXY", proxy, "REKEY_ISSUERS_PROXY_DECIDES", "true"))
                .proxy())
        .isEqualTo(new IssuerProxy.At("proxy.example.com", 3128, true));
    for (var wrong :
        List.of("proxy:3128", "https://proxy:3128", "http://proxy", "http://u:SEKR@proxy:1")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> OperatorConfig.from(Map.of("REKEY_ISSUERS_PROXY", wrong)))
          .withMessageStartingWith("REKEY_ISSUERS_PROXY is not the address of a proxy; write")
          .withMessageNotContaining("SEKR");
    }
  }

  @Test
  void aVariableThatCannotBeReadIsNamedWithWhatToWrite() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OperatorConfig.from(Map.of("REKEY_LEASE_DURATION", "soon")))
        .withMessage("REKEY_LEASE_DURATION is \"soon\"; write a duration such as 15s");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OperatorConfig.from(Map.of("REKEY_LEADER_ELECTION", "yes")))
        .withMessage("REKEY_LEADER_ELECTION is \"yes\"; write true or false");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OperatorConfig.settings(Map.of("REKEY_ROLLOUTS_AT_ONCE", "0")))
        .withMessage("REKEY_ROLLOUTS_AT_ONCE is \"0\"; write a whole number, 1 or more");
  }

  @Test
  void everyVariableIsDescribed() throws Exception {
    var root = Path.of(System.getProperty("rekey.root"));
    var source =
        Files.readString(
            root.resolve("operator/src/main/java/dev/rekey/config/OperatorConfig.java"));
    var page = Files.readString(root.resolve("docs/configuration.md"));
    assertThat(Pattern.compile("\"(REKEY_\\w+)\"").matcher(source).results())
        .isNotEmpty()
        .allSatisfy(it -> assertThat(page).contains("`" + it.group(1) + "`"));
  }
}
