package dev.rekey.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.config.OperatorConfig;
import dev.rekey.config.Settings;
import dev.rekey.observe.Turnstile;
import dev.rekey.rotation.Binding;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Run;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/**
 * Many whole rotations that are due at once: each is a world of its own, and all of them share the
 * turns of one cluster, in which two rollouts may run at once, and one in a namespace.
 */
class SharedTurnsTest {
  private static final Settings SETTINGS =
      OperatorConfig.settings(
          Map.of("REKEY_ROLLOUTS_AT_ONCE", "2", "REKEY_ROLLOUTS_AT_ONCE_PER_NAMESPACE", "1"));
  private static final Duration LONG = Duration.ofHours(4);

  private final Map<String, Simulation> worlds = new LinkedHashMap<>();
  private final Map<String, Instant> next = new HashMap<>();
  private final List<String> published = new ArrayList<>();
  private final List<String> tooMany = new ArrayList<>();
  private Turnstile turns = fresh();

  @Test
  void namespacesTakeTurnsHoweverManyRotationsOneOfThemHas() {
    due("a1", "a2", "a3", "b1", "c1");

    runUntilAllAreOver();

    assertThat(tooMany).isEmpty();
    assertThat(published).containsExactly("a1", "b1", "c1", "a2", "a3");
    worlds.values().forEach(Simulation::assertInOrder);
  }

  @Test
  void nobodyAsksForAKeyBeforeItIsItsTurnAndItsPlaceInTheLineIsSaid() {
    due("a1", "a2", "a3");

    run(Duration.ofMinutes(2), () -> world("a1").ledger().publicationNumber() == 2);

    assertThat(world("a3").ready().getReason()).isEqualTo("WaitingForTurn");
    assertThat(world("a3").ready().getMessage())
        .isEqualTo(
            "Waiting for a turn: 2nd of 2; 1 rollout runs in namespace payments, which is the most"
                + " at once");
    assertThat(world("a3").ready().getStatus()).isEqualTo("True");
    assertThat(world("a3").status().phase()).isEqualTo("Waiting");
    assertThat(world("a3").ledger().run()).isEmpty();
    assertThat(world("a3").issuer.liveValues()).hasSize(1);
    runUntilAllAreOver();
  }

  @Test
  void whoWaitsReadsNothingAndWritesNothing() {
    due("a1", "a2");
    world("a1").workloads.freshFail(true);
    run(Duration.ofMinutes(2), () -> world("a1").ledger().publicationNumber() == 2);
    int reads = world("a2").secrets.reads();
    int effects = world("a2").effects.count();
    int looks = world("a2").workloads.reads();

    run(Duration.ofMinutes(5), () -> false);

    assertThat(world("a2").ledger().run()).as("still in line").isEmpty();
    assertThat(world("a2").secrets.reads()).isEqualTo(reads);
    assertThat(world("a2").effects.count()).isEqualTo(effects);
    assertThat(world("a2").workloads.reads()).isEqualTo(looks);
  }

  @Test
  void aLeakedKeyIsReplacedAtOnceThoughOthersWait() {
    due("a1", "a2", "a3");
    run(Duration.ofMinutes(2), () -> world("a1").ledger().publicationNumber() == 2);
    var leaked = world("a3").ledger().key(Role.CURRENT).flatMap(Key::id).orElseThrow();

    world("a3").resources.annotate(Simulation.NAME, Names.LEAKED, leaked);
    next.remove("a3");
    run(Duration.ofMinutes(2), () -> world("a3").ledger().publicationNumber() == 2);

    assertThat(world("a3").ledger().publicationNumber()).isEqualTo(2);
    assertThat(world("a1").ledger().run()).as("the other one is still on its way").isPresent();
    assertThat(world("a2").ledger().run()).isEmpty();
  }

  @Test
  void aRolloutThatIsStuckHoldsUpItsNamespaceForItsProgressTimeoutAlone() {
    due("a1", "a2");
    world("a1").workloads.freshFail(true);

    run(Duration.ofHours(1), () -> world("a2").ledger().publicationNumber() == 2);

    assertThat(world("a2").ledger().publicationNumber()).isEqualTo(2);
    assertThat(world("a1").ready().getReason()).isEqualTo("ConsumersStuck");
    assertThat(world("a1").status().phase()).isEqualTo("Rolling");
  }

  @Test
  void aProcessThatDiesAtAnyMomentLosesNoRotationAndLetsNoMoreRun() {
    for (int minutes = 0; minutes < 30; minutes += 3) {
      worlds.clear();
      next.clear();
      published.clear();
      turns = fresh();
      due("a1", "a2", "b1", "c1");
      run(Duration.ofMinutes(minutes), () -> false);

      turns = new Turnstile(SETTINGS, this::ledgers, _ -> {});
      worlds.forEach((name, world) -> world.sharing(turnsOf(name)));
      next.clear();
      runUntilAllAreOver();

      assertThat(tooMany).as("after %s min", minutes).isEmpty();
      worlds.values().forEach(Simulation::assertInOrder);
    }
  }

  private Turnstile fresh() {
    return new Turnstile(SETTINGS, List::of, it -> next.remove(it.namespace() + it.secret()));
  }

  private List<Rotation> ledgers() {
    return worlds.entrySet().stream()
        .map(it ->
            it.getValue()
                .ledger()
                .boundTo(
                    new Binding(
                        SimulatedResources.CLUSTER,
                        it.getKey().substring(0, 1),
                        it.getKey().substring(1),
                        Simulation.NAME,
                        "resource-1")))
        .toList();
  }

  private TurnsOf turnsOf(String name) {
    return new TurnsOf(turns, name.substring(0, 1), name.substring(1));
  }

  /** Each of these is due since this moment: a letter for its namespace, and a number. */
  private void due(String... names) {
    for (var name : names) {
      var world = Simulation.due();
      world.sharing(turnsOf(name));
      world.effects.afterEach(it -> {
        if (it.told().equals("ledger: publication 2 is decided")) {
          published.add(name);
        }
        count();
      });
      worlds.put(name, world);
    }
    var latest =
        worlds.values().stream()
            .map(it -> it.clock.instant())
            .max(Instant::compareTo)
            .orElseThrow();
    worlds.values().forEach(it -> it.sleep(Duration.between(it.clock.instant(), latest)));
  }

  private Simulation world(String name) {
    return worlds.getOrDefault(name, worlds.values().iterator().next());
  }

  /** So many consumers are on the move at this moment, as the ledgers say. */
  private void count() {
    var rolling =
        worlds.entrySet().stream()
            .filter(it -> it.getValue().secrets.ledger().map(SharedTurnsTest::rolls).orElse(false))
            .map(Map.Entry::getKey)
            .toList();
    long namespaces = rolling.stream().map(it -> it.substring(0, 1)).distinct().count();
    if (rolling.size() > 2 || namespaces < rolling.size()) {
      tooMany.add(rolling.toString());
    }
  }

  private static boolean rolls(Rotation ledger) {
    return ledger.publicationNumber() == 2
        && ledger
            .run()
            .filter(it -> it.progress().flatMap(Run.Progress::allMovedAt).isEmpty())
            .isPresent();
  }

  private void runUntilAllAreOver() {
    run(
        LONG,
        () ->
            worlds.values().stream()
                .allMatch(it -> it.ledger().sequence() == 2 && it.ledger().run().isEmpty()));
    assertThat(worlds.values()).allSatisfy(it -> assertThat(it.ledger().sequence()).isEqualTo(2));
  }

  /** Time passes in all worlds alike, a second at a time, until {@code there} or so long. */
  private void run(Duration span, BooleanSupplier there) {
    var end = worlds.values().iterator().next().clock.instant().plus(span);
    while (!there.getAsBoolean()) {
      var now = worlds.values().iterator().next().clock.instant();
      if (!now.isBefore(end)) {
        return;
      }
      worlds.forEach((name, world) -> {
        if (!next.getOrDefault(name, Instant.MIN).isAfter(now)) {
          next.put(name, now.plus(world.pass()));
        }
      });
      worlds.values().forEach(it -> it.sleep(Duration.ofSeconds(1)));
    }
  }
}
