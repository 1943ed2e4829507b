package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyOperator;
import dev.rekey.config.OperatorConfig;
import dev.rekey.keyservice.LogEntry.What;
import dev.rekey.testkube.AuditLog;
import dev.rekey.testkube.AuditLog.Request;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Idle is free: the one slow test, for a minute must pass in which nothing is due. */
@Testkube
final class IdleIT {
  private static final Duration A_MINUTE = Duration.ofSeconds(60);
  private static final int RESOURCES = 200;

  /** Resources, ledgers, target Secrets and the two kinds of issuers. */
  private static final int WATCHES = 5;

  private final ControlPlane controlPlane;
  private final Stage stage;

  IdleIT(ControlPlane controlPlane, TestNamespace space) {
    this.controlPlane = controlPlane;
    stage = new Stage(controlPlane, space);
  }

  @AfterEach
  void stop() throws Exception {
    stage.close();
  }

  @Test
  void aMinuteWithoutADueRotationAsksTheApiServerForNothing() {
    stage.issuer();
    var names = IntStream.range(0, RESOURCES).mapToObj(it -> "till-" + it).toList();
    for (var name : names) {
      var key = stage.keyInSecret(name, Duration.ofDays(10));
      stage.rotation(
          name, name, "adopt: {keyId: \"" + key.key().id() + "\"}\nschedule: {interval: 90d}");
    }
    var account = new OperatorAccount(controlPlane, stage);
    stage.ends(account);
    var config = stage.config();
    var election = config.election();
    stage.startOperator(
        account.client(),
        new OperatorConfig(
            config.namespace(),
            config.identity(),
            config.http(),
            new OperatorConfig.Election(
                true,
                election.lease(),
                // as it is by default: that many resources begin at once
                Duration.ofSeconds(15),
                Duration.ofSeconds(10),
                Duration.ofSeconds(2)),
            config.addresses()),
        RekeyOperator.World.real(Stage.quick()));
    names.forEach(it -> stage.awaitReady(it, "True", "Idle"));
    // one has rotated, so that rest after work is seen as well
    stage.annotate("till-0", "rekey.dev/rotate", "1");
    stage.awaitRotations("till-0", 1);
    var atRest = Instant.now().plusSeconds(2);

    await()
        .during(A_MINUTE.plusSeconds(2))
        .atMost(A_MINUTE.multipliedBy(2))
        .pollInterval(Duration.ofSeconds(5))
        .untilAsserted(() ->
            assertThat(AuditLog.count(asked(account, atRest)))
                .as("what is asked for at rest")
                .isEmpty());

    assertThat(stage.service.log(What.MINTED)).hasSize(1);
    assertThat(account.askedSince(atRest))
        .as("watches that were opened anew")
        .filteredOn(it -> it.verb().equals("watch"))
        .hasSizeLessThanOrEqualTo(WATCHES);
    assertThat(account.leadsSince(atRest)).as("the lease").isTrue();
    names.forEach(it -> stage.awaitReady(it, "True", "Idle"));
  }

  /** All but the lease and watches, which are opened anew from time to time. */
  private static List<Request> asked(OperatorAccount account, Instant since) {
    return account.askedSince(since).stream().filter(it -> !it.verb().equals("watch")).toList();
  }
}
