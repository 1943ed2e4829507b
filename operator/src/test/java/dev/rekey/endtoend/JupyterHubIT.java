package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.node.CallingPod;
import dev.rekey.testissuers.FaultProxy;
import dev.rekey.testissuers.FaultProxy.Fault;
import dev.rekey.testissuers.FaultProxy.Passed;
import dev.rekey.testissuers.Installation;
import dev.rekey.testissuers.JupyterHub;
import dev.rekey.testissuers.Testissuers;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A rotation at a real JupyterHub, which is an issuer by YAML alone. */
@Testkube
@Testissuers
class JupyterHubIT {
  private static final String USER = "till";

  private final Stage stage;
  private final Installation installation;
  private final OperatorLog log = OperatorLog.listen();

  JupyterHubIT(ControlPlane controlPlane, TestNamespace space, Installation installation) {
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
    var hub = JupyterHub.start(installation, USER);
    stage.ends(hub);
    var proxy = FaultProxy.before(hub.url());
    stage.ends(proxy);
    var old = hub.mint("made by hand", Duration.ofDays(100));
    stage.secret(USER, old.value());
    var application =
        CallingPod.getting(
            hub.url().resolve("/hub/api/user"), "\"name\": \"" + USER + "\"", stage.traffic);
    stage.ends(application);
    stage.cast(USER, application.every(Duration.ofMillis(100)));
    stage.application(USER, 2, USER, Map.of());
    stage.credential("jupyterhub-service", "token", hub.adminToken());
    stage.apply(Preset.at("jupyterhub", proxy.url()));
    proxy.next("GET", new Fault.Status(503));
    proxy.next("POST", new Fault.Status(503));
    proxy.next("POST", new Fault.CutAfterCommit());
    proxy.next("DELETE", new Fault.TooManyRequests(Duration.ofSeconds(1)));
    proxy.next("DELETE", new Fault.CutAfterCommit());

    stage.startOperator();
    stage.rotation(
        USER,
        "jupyterhub",
        USER,
        "adopt: {keyId: \"" + old.id() + "\"}\nschedule: {interval: 90d}");
    stage.awaitRotations(USER, 1);

    assertThat(proxy.outstanding()).as("faults that did not happen").isEmpty();
    assertThat(proxy.passed())
        .filteredOn(it -> it.method().equals("POST"))
        .as("the token whose answer was lost, and the one that is used")
        .containsExactly(minted(), minted());
    var used = apiKey();
    assertThat(hub.ids()).as("live tokens").hasSize(1);
    assertThat(hub.shown(used)).isEqualTo(200);
    assertThat(used).isNotEqualTo(old.value());
    assertThat(hub.shown(old.value())).isEqualTo(403);
    Untold.of(hub.adminToken(), used, old.value()).assertIn(stage, log, USER);
    assertThat(stage.traffic.failedRequests()).isEmpty();
    assertThat(stage.traffic.successes()).isGreaterThan(100);
  }

  private static Passed minted() {
    return new Passed("POST", "/hub/api/users/" + USER + "/tokens", 201);
  }

  private String apiKey() {
    return new String(
        Base64.getDecoder().decode(stage.data(USER).get("apiKey")), StandardCharsets.UTF_8);
  }
}
