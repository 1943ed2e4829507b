package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyOperator;
import dev.rekey.config.OperatorConfig;
import dev.rekey.testkube.AuditLog;
import dev.rekey.testkube.AuditLog.Request;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a rotation costs the API server, as its audit log counts it. */
@Testkube
class RequestBudgetIT {
  private static final Set<String> READS = Set.of("get", "list");

  private final ControlPlane controlPlane;
  private final Stage stage;
  private final Map<String, String> keys = new HashMap<>();

  RequestBudgetIT(ControlPlane controlPlane, TestNamespace space) {
    this.controlPlane = controlPlane;
    stage = new Stage(controlPlane, space);
  }

  @AfterEach
  void stop() throws Exception {
    stage.close();
  }

  @Test
  void oneRotationAloneReadsNoMoreThanFourteenTimes() {
    stage.issuer();
    application("till", 2);
    var account = startOperator();
    rotation("till");
    stage.awaitReady("till", "True", "Idle");
    var before = Instant.now();

    stage.annotate("till", "rekey.dev/rotate", "1");
    stage.awaitRotations("till", 1);

    assertThat(reads(account, before))
        .as(() -> counted(account, before))
        .hasSizeLessThanOrEqualTo(14);
    assertThat(watches(account, before)).hasSizeLessThanOrEqualTo(1);
    assertThat(stage.traffic.failedRequests()).isEmpty();
  }

  @Test
  void tenRotationsInOneNamespaceReadNoMoreThanEightTimesEach() {
    stage.issuer();
    var names = IntStream.range(0, 10).mapToObj(it -> "till-" + it).toList();
    names.forEach(it -> application(it, 1));
    var account = startOperator();
    names.forEach(this::rotation);
    names.forEach(it -> stage.awaitReady(it, "True", "Idle"));
    var before = Instant.now();

    names.forEach(it -> stage.annotate(it, "rekey.dev/rotate", "1"));
    names.forEach(it -> stage.awaitRotations(it, 1));

    assertThat(reads(account, before))
        .as(() -> counted(account, before))
        .hasSizeLessThanOrEqualTo(80);
    assertThat(watches(account, before)).hasSizeLessThanOrEqualTo(1);
    assertThat(stage.traffic.failedRequests()).isEmpty();
  }

  private void application(String name, int replicas) {
    keys.put(name, stage.keyInSecret(name, Duration.ofDays(10)).key().id());
    stage.application(name, replicas, name, Map.of());
  }

  private void rotation(String name) {
    stage.rotation(
        name, name, "adopt: {keyId: \"" + keys.get(name) + "\"}\nschedule: {interval: 90d}");
  }

  private OperatorAccount startOperator() {
    var account = new OperatorAccount(controlPlane, stage);
    stage.ends(account);
    var environment = new HashMap<>(Stage.quickEnvironment());
    // An issuer is let go when nothing is unfinished there, once for all rotations: a list of
    // ledgers and a look at its credential. Here that comes after what is counted.
    environment.put("REKEY_HELD_LOOK", "60s");
    // ten at once are what is counted: nobody stands in line
    environment.put("REKEY_ROLLOUTS_AT_ONCE_PER_NAMESPACE", "10");
    stage.startOperator(
        account.client(),
        stage.config(),
        RekeyOperator.World.real(OperatorConfig.settings(environment)));
    return account;
  }

  private static String counted(OperatorAccount account, Instant since) {
    return AuditLog.count(account.askedSince(since)).toString();
  }

  private static List<Request> reads(OperatorAccount account, Instant since) {
    return account.askedSince(since).stream().filter(it -> READS.contains(it.verb())).toList();
  }

  private static List<Request> watches(OperatorAccount account, Instant since) {
    return account.askedSince(since).stream().filter(it -> it.verb().equals("watch")).toList();
  }
}
