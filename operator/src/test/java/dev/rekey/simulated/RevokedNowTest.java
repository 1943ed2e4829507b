package dev.rekey.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.rotation.Cause;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.Observation.IssuerView;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Role;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A person names a key that is to go now, at each moment of a rotation. */
class RevokedNowTest {

  private static void revokeNow(Simulation world, String id) {
    world.resources.annotate(Simulation.NAME, Names.REVOKE_NOW, id);
  }

  private static String inUse(Simulation world) {
    return world.ledger().key(Role.CURRENT).flatMap(it -> it.id()).orElseThrow();
  }

  @Test
  void theKeyInUseIsDeletedAndAnotherOneIsInUseSoon() {
    var world = Simulation.atRest();
    var old = inUse(world);

    revokeNow(world, old);
    world.untilOver();

    assertThat(world.ledger().history().getFirst().cause()).isEqualTo(Cause.GoneElsewhere);
    assertThat(inUse(world)).isNotEqualTo(old);
    world.assertInOrder();
  }

  @Test
  void itIsDeletedOnceForEver() {
    var world = Simulation.atRest();
    revokeNow(world, inUse(world));
    world.untilOver();
    int after = world.mark();

    world.run(Duration.ofMinutes(40));
    world.restart();
    world.run(Duration.ofMinutes(40));

    assertThat(world.doneSince(after)).isEmpty();
  }

  @Test
  void theOldKeyMayBeNamedAfterEachEffectOfARotation() {
    whateverIsNamed(it -> inUse(it));
  }

  @Test
  void theNewKeyMayBeNamedAfterEachEffectOfARotation() {
    whateverIsNamed(
        it -> it.ledger().key(Role.NEXT).flatMap(key -> key.id()).orElseGet(() -> "none"));
  }

  @Test
  void aKeyThatIsPutBackMeanwhileStaysForThePodsThatHaveStartedOnIt() {
    var world = Simulation.due();
    var old = world.secrets.value().orElseThrow();
    world.whenever(
        "key 1 is CONDEMNED",
        () ->
            world.issuer.unusable(
                Optional.of(new IssuerView.Unusable(Reason.IssuerInvalid, "It is broken."))));
    world.run(Duration.ofMinutes(30));
    // what the Secret shows is condemned from now on, so nobody mends it
    revokeNow(world, inUse(world));
    world.run(Duration.ofMinutes(1));

    world.secrets.editValue(old);
    world.sleep(SimulatedWorkloads.KUBELET_LAG.plusSeconds(1));
    world.workloads.restartContainers();
    world.run(Duration.ofMinutes(1));
    assertThat(world.workloads.live()).anyMatch(it -> it.holds().equals(Optional.of(old)));
    world.issuer.unusable(Optional.empty());
    world.untilOver();
    world.run(Duration.ofMinutes(60));

    world.assertInOrder();
  }

  private static void whateverIsNamed(Function<Simulation, String> whom) {
    IntStream.rangeClosed(1, 27)
        .forEach(number -> {
          var world = Simulation.due();
          int[] count = {0};
          world.effects.afterEach(it -> {
            if (it.kind() != Effect.Kind.STATUS && ++count[0] == number) {
              var id = whom.apply(world);
              if (!id.equals("none")) {
                revokeNow(world, id);
              }
            }
          });

          world.untilOver();
          world.run(Duration.ofMinutes(60));

          assertThat(world.brokenPromises()).as("named after effect " + number).isEmpty();
          assertThat(world.leftOver()).as("named after effect " + number).isEmpty();
        });
  }
}
