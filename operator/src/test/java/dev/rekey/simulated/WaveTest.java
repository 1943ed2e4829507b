package dev.rekey.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.rotation.Companion;
import dev.rekey.rotation.Companion.Intent;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Stamp;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Whole rotations of a Secret that is read together with another one. For the other one's rotation
 * the test speaks.
 */
class WaveTest {
  private static final String OTHER = "other-api-key";
  private static final Stamp THEIRS = new Stamp("theirs", 4);

  @Test
  void oneWriteRestartsAWorkloadForBothSecrets() {
    var world = due();
    var begin = world.mark();
    world.saysOther(OTHER, new Intent.Coming(Optional.empty()));
    untilItWaits(world);
    long before = world.workloads.generation(Simulation.APP);
    assertThat(world.says())
        .extracting(Companion::intent)
        .as("whoever settles later may stamp for it")
        .singleElement()
        .isInstanceOfSatisfying(
            Intent.Settled.class, it -> assertThat(it.stamp()).isEqualTo(world.ledger().stamp()));

    world.saysOther(OTHER, new Intent.Settled(THEIRS, world.clock.instant()));
    world.untilOver();

    assertThat(world.doneSince(begin))
        .filteredOn(it -> it.contains("stamped"))
        .containsExactly("Deployment api: stamped 2 and for another Secret");
    assertThat(world.workloads.generation(Simulation.APP)).isEqualTo(before + 1);
    assertThat(world.workloads.template(Simulation.APP))
        .containsEntry(Names.stamp(SimulatedSecrets.TARGET), world.ledger().stamp().toString())
        .containsEntry(Names.stamp(OTHER), THEIRS.toString());
    world.assertInOrder();
  }

  @Test
  void whoeverFindsItsStampThereRestartsNobodyAgain() {
    var world = due();
    var begin = world.mark();
    world.saysOther(OTHER, new Intent.Coming(Optional.empty()));
    untilItWaits(world);

    // the other one was first
    world.workloads.annotate(
        Simulation.APP, Names.stamp(SimulatedSecrets.TARGET), world.ledger().stamp().toString());
    world.untilOver();

    assertThat(world.doneSince(begin)).noneMatch(it -> it.contains("stamped"));
    world.assertInOrder();
  }

  @Test
  void nobodyIsWaitedForLongerThanAMinute() {
    var world = due();
    world.saysOther(OTHER, new Intent.Coming(Optional.empty()));
    untilItWaits(world);
    var settled = settledAt(world);

    world.until(() -> {
      world.saysOther(OTHER, new Intent.Coming(Optional.empty()));
      return world
          .workloads
          .template(Simulation.APP)
          .containsValue(world.ledger().stamp().toString());
    });

    assertThat(world.clock.instant()).isBetween(settled.plusSeconds(60), settled.plusSeconds(61));
    world.untilOver();
    world.assertInOrder();
  }

  @Test
  void waitingCostsAFewLooks() {
    var world = due();
    world.saysOther(OTHER, new Intent.Coming(Optional.empty()));
    untilItWaits(world);
    int before = world.workloads.reads();

    world.until(() ->
        world.workloads.template(Simulation.APP).containsValue(world.ledger().stamp().toString()));

    // two for each look, one of them at the end, and one that decides
    assertThat(world.workloads.reads() - before).isLessThanOrEqualTo(10);
  }

  @Test
  void aNewProcessKnowsOfNobodyAndWaitsForNobody() {
    var world = due();
    world.saysOther(OTHER, new Intent.Coming(Optional.empty()));
    untilItWaits(world);

    world.restart();
    world.pass();

    assertThat(world.workloads.template(Simulation.APP))
        .containsValue(world.ledger().stamp().toString());
    world.untilOver();
    world.assertInOrder();
  }

  private static Simulation due() {
    var world = Simulation.atRest();
    world.workloads.alsoReads(Simulation.APP, OTHER);
    world.sleep(Simulation.INTERVAL);
    return world;
  }

  private static void untilItWaits(Simulation world) {
    world.until(() -> {
      world.saysOther(OTHER, new Intent.Coming(Optional.empty()));
      return world.told().stream()
          .anyMatch(it -> it.startsWith("waits, " + Reason.RestartingTogether));
    });
  }

  private static Instant settledAt(Simulation world) {
    return world
        .ledger()
        .publication()
        .orElseThrow()
        .writtenAt()
        .orElseThrow()
        .plus(Simulation.SETTLE);
  }
}
