package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.node.CallingPod;
import dev.rekey.testissuers.FaultProxy;
import dev.rekey.testissuers.FaultProxy.Fault;
import dev.rekey.testissuers.FaultProxy.Passed;
import dev.rekey.testissuers.Installation;
import dev.rekey.testissuers.MadeKey;
import dev.rekey.testissuers.Testissuers;
import dev.rekey.testissuers.Verdaccio;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A rotation at a real Verdaccio, which is an issuer by YAML alone. It keeps no label: a token
 * whose answer was lost is told by being the one that was not there before.
 */
@Testkube
@Testissuers
class VerdaccioIT {
  private static final String USER = "till";

  private final Stage stage;
  private final Installation installation;
  private final OperatorLog log = OperatorLog.listen();

  VerdaccioIT(ControlPlane controlPlane, TestNamespace space, Installation installation) {
    stage = new Stage(controlPlane, space);
    this.installation = installation;
  }

  @AfterEach
  void stop() throws Exception {
    stage.close();
    log.close();
  }

  @Test
  void whateverAnswerIsLostOneTokenIsLeftAndTheApplicationNeverFails() throws IOException {
    var verdaccio = start("");
    var proxy = proxyBefore(verdaccio);
    var old = applicationAt(verdaccio);
    proxy.next("GET", new Fault.Status(503));
    proxy.next("POST", new Fault.Status(503));
    proxy.next("POST", new Fault.CutAfterCommit());
    proxy.next("DELETE", new Fault.TooManyRequests(Duration.ofSeconds(1)));
    proxy.next("DELETE", new Fault.CutAfterCommit());

    rotationAt(proxy, old);
    stage.awaitRotations(USER, 1);

    assertThat(proxy.outstanding()).as("faults that did not happen").isEmpty();
    assertThat(proxy.passed())
        .filteredOn(it -> it.method().equals("POST"))
        .as("the token whose answer was lost, and the one that is used")
        .containsExactly(minted(), minted());
    oneNewTokenIsLeft(verdaccio, old);
  }

  @Test
  void aServiceThatAllowsOneRequestInAWhileIsAskedNoSooner() throws IOException {
    var verdaccio = start("userRateLimit: {windowMs: 5000, max: 1}");
    var proxy = proxyBefore(verdaccio);
    var old = applicationAt(verdaccio);

    rotationAt(proxy, old);
    stage.awaitRotations(USER, 1);

    assertThat(proxy.passed())
        .as("requests that Verdaccio refused because it was asked too often")
        .filteredOn(it -> it.status() == 429)
        .isNotEmpty()
        .hasSizeLessThan(10);
    assertThat(proxy.passed())
        .filteredOn(it -> it.method().equals("POST") && it.status() == 200)
        .containsExactly(minted());
    oneNewTokenIsLeft(verdaccio, old);
  }

  private Verdaccio start(String more) throws IOException {
    var verdaccio = Verdaccio.start(installation, USER, more);
    stage.ends(verdaccio);
    return verdaccio;
  }

  private FaultProxy proxyBefore(Verdaccio verdaccio) throws IOException {
    var proxy = FaultProxy.before(verdaccio.url());
    stage.ends(proxy);
    return proxy;
  }

  /** Its pods ask Verdaccio who they are, with a token that a person made. */
  private MadeKey applicationAt(Verdaccio verdaccio) {
    var old = verdaccio.mint();
    stage.secret(USER, old.value());
    var application =
        CallingPod.getting(verdaccio.url().resolve("/-/whoami"), "\"" + USER + "\"", stage.traffic);
    stage.ends(application);
    stage.cast(USER, application.every(Duration.ofMillis(100)));
    stage.application(USER, 2, USER, Map.of());
    stage.credential("npm-user", "password", verdaccio.password());
    return old;
  }

  /** By the word of the person who made the old token it is old, so that it is rotated at once. */
  private void rotationAt(FaultProxy proxy, MadeKey old) throws IOException {
    stage.apply(Preset.at("npm", proxy.url()));
    stage.startOperator();
    stage.rotation(
        USER,
        "npm",
        USER,
        """
        adopt: {keyId: "%s", issuedAt: "%s"}
        schedule: {interval: 90d}
        """
            .formatted(old.id(), Instant.now().minus(Duration.ofDays(100))));
  }

  private void oneNewTokenIsLeft(Verdaccio verdaccio, MadeKey old) {
    var used =
        new String(
            Base64.getDecoder().decode(stage.data(USER).get("apiKey")), StandardCharsets.UTF_8);
    assertThat(verdaccio.ids()).as("live tokens").hasSize(1).doesNotContain(old.id());
    assertThat(verdaccio.shown(used)).isEqualTo(200);
    assertThat(verdaccio.shown(old.value())).isEqualTo(403);
    Untold.of(verdaccio.password(), used, old.value()).assertIn(stage, log, USER);
    assertThat(stage.traffic.failedRequests()).isEmpty();
    assertThat(stage.traffic.successes()).isGreaterThan(100);
  }

  private static Passed minted() {
    return new Passed("POST", "/-/npm/v1/tokens", 200);
  }
}
