package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rekey.RekeyOperator;
import dev.rekey.config.OperatorConfig;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Four rotations of one namespace that are due at once, of which two rollouts may run at once. */
@Testkube
class RolloutsAtOnceIT {
  private static final int MOST = 2;
  private static final List<String> NAMES = List.of("till", "ledger", "stock", "mail");

  private final Stage stage;

  RolloutsAtOnceIT(ControlPlane controlPlane, TestNamespace space) {
    stage = new Stage(controlPlane, space);
  }

  @AfterEach
  void stop() throws Exception {
    stage.close();
  }

  @Test
  void noMoreThanTwoRollOutAtOnceAndTheOthersSayWhereTheyStandInLine() throws Exception {
    stage.issuer();
    for (var name : NAMES) {
      var old = stage.keyInSecret(name, Duration.ofDays(100));
      stage.application(name, 1, name, Map.of());
      stage.rotation(
          name, name, "adopt: {keyId: \"" + old.key().id() + "\"}\nschedule: {interval: 90d}");
    }
    var said = new CopyOnWriteArrayList<String>();
    var over = new AtomicBoolean();
    int most;
    try (var ledgers = new Ledgers(stage.client, stage.operatorNamespace);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> counting = threads.submit(() -> mostAtOnce(ledgers, over));
      stage.startOperator(RekeyOperator.World.real(OperatorConfig.settings(twoAtOnce())));
      try {
        await()
            .atMost(Stage.PATIENCE)
            .pollInterval(Duration.ofMillis(100))
            .until(() -> {
              NAMES.forEach(name ->
                  stage
                      .condition(name, "Ready")
                      .filter(it -> "WaitingForTurn".equals(it.getReason()))
                      .map(Condition::getMessage)
                      .ifPresent(said::addIfAbsent));
              return NAMES.stream().allMatch(name -> stage.history(name).size() == 1);
            });
      } finally {
        over.set(true);
      }
      most = counting.get();
    }

    assertThat(most).isEqualTo(MOST);
    assertThat(said)
        .isNotEmpty()
        .allSatisfy(it ->
            assertThat(it)
                .matches(
                    "Waiting for a turn: (1st|2nd|3rd) of [123]; 2 rollouts run in namespace "
                        + stage.namespace
                        + ", which is the most at once"));
    assertThat(said).anyMatch(it -> it.startsWith("Waiting for a turn: 2nd of 2;"));
    assertThat(stage.service.liveKeys()).hasSize(NAMES.size());
    assertThat(stage.traffic.failedRequests()).isEmpty();
  }

  private static Map<String, String> twoAtOnce() {
    var environment = new HashMap<>(Stage.quickEnvironment());
    environment.put("REKEY_ROLLOUTS_AT_ONCE_PER_NAMESPACE", String.valueOf(MOST));
    return environment;
  }

  /** The most that were between publication and the move of the last consumer, at any write. */
  private static int mostAtOnce(Ledgers ledgers, AtomicBoolean over) throws InterruptedException {
    int most = 0;
    while (!over.get()) {
      long writes = ledgers.writes();
      var rolling = new ArrayList<String>();
      ledgers
          .now()
          .forEach((name, it) -> {
            if (rolls(it)) {
              rolling.add(name);
            }
          });
      most = Math.max(most, rolling.size());
      ledgers.await(it -> it.writes() > writes || over.get(), Stage.PATIENCE);
    }
    return most;
  }

  private static boolean rolls(JsonNode rotation) {
    var key = rotation.path("run").path("keyName");
    return key.isTextual()
        && key.equals(rotation.path("publication").path("keyName"))
        && !rotation.path("run").path("progress").path("allMovedAt").isTextual();
  }
}
