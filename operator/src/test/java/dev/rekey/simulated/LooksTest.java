package dev.rekey.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.cluster.Secrets;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How often the API server is asked for what a step is decided on. */
class LooksTest {
  private final List<String> reads = new ArrayList<>();

  @Test
  void aKeyIsDeletedOnTheLookOnWhichItWasCondemned() {
    var world = Simulation.due();
    readsAfter(world, () -> {});

    world.untilOver();

    assertThat(reads.subList(reads.indexOf("condemned"), reads.indexOf("deleted")))
        .doesNotContain("read");
    world.assertInOrder();
  }

  @Test
  void aLookThatIsMoreThanASecondOldIsMadeAgain() {
    var world = Simulation.due();
    readsAfter(world, () -> world.clock.advance(Duration.ofSeconds(1)));

    world.untilOver();

    assertThat(reads.subList(reads.indexOf("condemned"), reads.indexOf("deleted")))
        .contains("read");
    world.assertInOrder();
  }

  private void readsAfter(Simulation world, Runnable happens) {
    world.sabotage(Sabotage.none().secrets(Counted::new));
    world.whenever(
        "key 1 is CONDEMNED",
        () -> {
          reads.add("condemned");
          happens.run();
        });
    world.whenever("issuer: delete", () -> reads.add("deleted"));
  }

  private final class Counted extends ForwardingSecrets {
    private Counted(Secrets real) {
      super(real);
    }

    @Override
    public Optional<Secret> get(String namespace, String name) {
      reads.add("read");
      return super.get(namespace, name);
    }
  }
}
