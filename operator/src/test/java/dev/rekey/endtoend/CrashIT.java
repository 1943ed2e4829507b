package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rekey.keyservice.LogEntry;
import dev.rekey.keyservice.LogEntry.What;
import dev.rekey.keyservice.ServiceKey;
import dev.rekey.node.CallingDeployment;
import dev.rekey.node.CallingPod;
import dev.rekey.node.PodSwitches;
import dev.rekey.rotation.Names;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Twenty resources rotate again and again under load, and the leading replica is killed again and
 * again: at random, and right after the ledger was written at each moment of a rotation. {@code
 * -Pcrash -Dkills=200 -Dseed=7} kills more often, and chooses the moments as that seed did.
 */
@Testkube
class CrashIT {
  private static final int RESOURCES = 20;
  private static final Duration CALLS = Duration.ofMillis(100);
  private static final Duration LONG = Duration.ofSeconds(60);

  private final int kills = Integer.getInteger("rekey.crash.kills", 40);
  private final long seed = seed();
  private final Random random = new Random(seed);
  private final Stage stage;
  private final TwoReplicas replicas;
  private final Ledgers ledgers;
  private final CallingPod application;
  private final List<String> names =
      IntStream.range(0, RESOURCES).mapToObj("till-%02d"::formatted).toList();

  /** How many rotations each resource was asked for. */
  private final Map<String, Integer> asked = new HashMap<>();

  private final Map<Moment, Integer> hit = new EnumMap<>(Moment.class);

  CrashIT(ControlPlane controlPlane, TestNamespace space) {
    stage = new Stage(controlPlane, space);
    replicas = new TwoReplicas(controlPlane, stage);
    ledgers = new Ledgers(stage.client, stage.operatorNamespace);
    application = CallingPod.calling(stage.service.url(), stage.traffic).every(CALLS);
  }

  @AfterEach
  void stop() throws Exception {
    replicas.close();
    ledgers.close();
    stage.close();
    application.close();
  }

  @Test
  void howeverOftenTheLeaderIsKilledNothingFailsNothingLeaksAndTheOrderHolds() throws Exception {
    System.err.printf("CrashIT: %d kills with -Dseed=%d%n", kills, seed);
    begin();
    var started = Instant.now();
    var aims = new ArrayList<Moment>();
    for (int kill = 0; kill < kills; kill++) {
      if (aims.isEmpty()) {
        aims.addAll(Arrays.asList(Moment.values()));
        Collections.shuffle(aims, random);
      }
      workGoesOn();
      aim(aims.removeLast());
      var moments = ledgers.moments();
      replicas.killLeader();
      moments.values().forEach(it -> hit.merge(it, 1, Integer::sum));
    }
    report(Duration.between(started, Instant.now()).dividedBy(kills));
    everythingEnds();
    noRequestFailed();
    oneKeyIsLeftForEachResource();
    everyKeyWentInOrder();
  }

  private static long seed() {
    long asked = Long.getLong("rekey.crash.seed", 0);
    return asked == 0 ? new SecureRandom().nextInt(1_000_000) : asked;
  }

  private void begin() throws Exception {
    stage.issuer();
    for (var name : names) {
      stage.cast(name, application);
      var old = stage.keyInSecret(name, Duration.ofDays(100));
      stage
          .client
          .resource(
              CallingDeployment.of(name, 1, name, Map.of(PodSwitches.TERMINATION_DELAY, "700ms")))
          .create();
      asked.put(name, 1); // by its age
      stage.rotation(
          name, name, "adopt: {keyId: \"" + old.key().id() + "\"}\nschedule: {interval: 90d}");
    }
    await().atMost(LONG).until(() -> stage.traffic.keyHintsByPod().size() >= RESOURCES);
    replicas.start();
  }

  /** The next leader has begun: it has written something. */
  private void workGoesOn() throws Exception {
    long before = ledgers.writes();
    askForMore();
    for (int second = 0; ledgers.writes() <= before + 3; second++) {
      assertThat(second)
          .as("work goes on after a kill; %s, %s", replicas, ledgers.moments())
          .isLessThan(60);
      ledgers.await(it -> it.writes() > before + 3, Duration.ofSeconds(1));
      replicas.revive();
    }
  }

  /** Waits for the moment, or for a random while: ledgers are written about ten times a second. */
  private void aim(Moment moment) throws Exception {
    askForMore();
    if (random.nextBoolean()) {
      ledgers.await(_ -> false, Duration.ofMillis(random.nextInt(1500)));
    } else if (!ledgers.await(moment, Duration.ofSeconds(2))) {
      return;
    }
    // between what was written and what comes next there are milliseconds
    long end = System.nanoTime() + random.nextInt(30_000_000);
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  /** Whoever has rotated is asked to do so again. */
  private void askForMore() {
    ledgers
        .now()
        .forEach((name, ledger) -> {
          int so = asked.getOrDefault(name, 0);
          if (ledger.path("run").isNull() && ledger.path("sequence").asInt() >= so) {
            stage.annotate(name, Names.ROTATE, "round " + (so + 1));
            asked.put(name, so + 1);
          }
        });
  }

  private void everythingEnds() throws Exception {
    for (int second = 0; !ledgers.await(this::areDone, Duration.ofSeconds(1)); second++) {
      assertThat(second)
          .as("every rotation ends; %s, %s", replicas, ledgers.moments())
          .isLessThan(60);
      replicas.revive();
    }
  }

  private boolean areDone(Ledgers all) {
    var now = all.now();
    return now.size() == RESOURCES
        && now.entrySet().stream().allMatch(it -> isDone(it.getKey(), it.getValue()));
  }

  private boolean isDone(String name, JsonNode ledger) {
    return ledger.path("run").isNull()
        && ledger.path("sequence").asInt() == asked.getOrDefault(name, 0)
        && ledger.path("keys").size() == 1
        && StreamSupport.stream(ledger.path("attempts").spliterator(), false)
            .allMatch(
                it -> "LOST".equals(it.path("state").asText()) && it.path("nextSweep").isNull());
  }

  private void noRequestFailed() {
    assertThat(stage.traffic.failedRequests()).isEmpty();
    assertThat(stage.service.failedRequests()).isZero();
    assertThat(stage.traffic.successes()).isGreaterThan(RESOURCES * 100L);
  }

  private void oneKeyIsLeftForEachResource() {
    var left = new ArrayList<String>();
    ledgers
        .now()
        .forEach((name, ledger) -> {
          var id = ledger.path("keys").path(0).path("id").asText();
          var secret = stage.client.secrets().inNamespace(stage.namespace).withName(name).get();
          assertThat(secret.getMetadata().getAnnotations()).containsEntry(Names.KEY_ID, id);
          left.add(id);
        });
    assertThat(left).hasSize(RESOURCES);
    assertThat(stage.service.liveKeys())
        .extracting(ServiceKey::id)
        .containsExactlyInAnyOrderElementsOf(left);
  }

  /**
   * By the issuer's own log, in which applications stand as well: minted, verified, used, deleted,
   * and never used or deleted again.
   */
  private void everyKeyWentInOrder() {
    var verified = new HashSet<String>();
    var used = new HashSet<String>();
    var deleted = new HashSet<String>();
    var minted = new HashSet<String>();
    for (LogEntry entry : stage.service.log()) {
      var key = entry.keyId();
      switch (entry.what()) {
        case SEEDED -> verified.add(key);
        case MINTED -> minted.add(key);
        case VERIFIED -> verified.add(key);
        case ACCEPTED -> {
          assertThat(verified).as("was verified before it was used: %s", entry).contains(key);
          used.add(key);
        }
        case DELETED -> assertThat(deleted.add(key)).as("is deleted once: %s", entry).isTrue();
        case REJECTED, ADMIN_REFUSED, MALFORMED_REQUEST, FAILED ->
            throw new AssertionError("nobody is refused: " + entry);
        default -> {}
      }
      assertThat(entry.what() == What.ACCEPTED && deleted.contains(key))
          .as("no pod used a key that was deleted: %s", entry)
          .isFalse();
    }
    assertThat(used).as("many keys were rotated through").hasSizeGreaterThan(2 * RESOURCES);
    System.err.printf(
        "CrashIT: %d keys minted, %d used by applications, %d deleted; %d requests, none failed%n",
        minted.size(), used.size(), deleted.size(), stage.traffic.successes());
  }

  private void report(Duration each) {
    var table = new StringBuilder("CrashIT: where the rotations were when the leader was killed\n");
    for (var moment : Moment.values()) {
      table.append("  %-13s %4d%n".formatted(moment, hit.getOrDefault(moment, 0)));
    }
    System.err.print(table);
    System.err.printf("CrashIT: %s, one kill each %d ms%n", replicas, each.toMillis());
    assertThat(hit.keySet())
        .as("moments that were hit")
        .contains(
            Moment.MINTING,
            Moment.VERIFYING,
            Moment.SETTLING,
            Moment.ROLLING,
            Moment.SOAKING,
            Moment.CONDEMNED);
  }
}
