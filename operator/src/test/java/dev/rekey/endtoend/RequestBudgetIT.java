package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyOperator;
import dev.rekey.testkube.AuditLog;
import dev.rekey.testkube.AuditLog.Request;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a rotation costs the API server, as its audit log counts it. */
@Testkube
class RequestBudgetIT {
  private static final Set<String> READS = Set.of("get", "list", "watch");

  private final ControlPlane controlPlane;
  private final Stage stage;

  RequestBudgetIT(ControlPlane controlPlane, TestNamespace space) {
    this.controlPlane = controlPlane;
    stage = new Stage(controlPlane, space);
  }

  @AfterEach
  void stop() throws Exception {
    stage.close();
  }

  @Test
  void oneRotationReadsNoMoreThanAHundredTimes() {
    stage.issuer();
    var old = stage.keyInSecret("till", Duration.ofDays(10));
    stage.application("till", 2, "till", Map.of());
    var account = new OperatorAccount(controlPlane, stage);
    stage.ends(account);
    stage.startOperator(account.client(), stage.config(), RekeyOperator.World.real(Stage.quick()));
    stage.rotation(
        "till", "till", "adopt: {keyId: \"" + old.key().id() + "\"}\nschedule: {interval: 90d}");
    stage.awaitReady("till", "True", "Idle");
    var before = Instant.now();

    stage.annotate("till", "rekey.dev/rotate", "1");
    stage.awaitRotations("till", 1);

    assertThat(reads(account, before)).as(() -> counted(account, before)).hasSizeLessThan(100);
    assertThat(stage.traffic.failedRequests()).isEmpty();
  }

  private static String counted(OperatorAccount account, Instant since) {
    return AuditLog.count(account.askedSince(since)).toString();
  }

  private static List<Request> reads(OperatorAccount account, Instant since) {
    return account.askedSince(since).stream().filter(it -> READS.contains(it.verb())).toList();
  }
}
