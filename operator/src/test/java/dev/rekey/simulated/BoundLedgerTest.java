package dev.rekey.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.issuer.Trick;
import dev.rekey.rotation.Left;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.Role;
import io.fabric8.kubernetes.api.model.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A ledger against the world: restored, lost, foreign, and a hundred rotations old. */
class BoundLedgerTest {
  private static final Duration LONG = Duration.ofMinutes(40);

  @Nested
  class RestoredFromABackup {
    @Test
    void theKeyInTheSecretIsTakenOverAndNothingIsDeleted() {
      var world = Simulation.atRest();
      var backup = ledger(world);
      world.ask("now");
      world.untilOver();
      int begin = world.mark();
      world.secrets.putLedger(backup);
      world.restart();

      world.run(LONG);

      assertThat(world.doneSince(begin))
          .noneMatch(it -> it.contains("mint") || it.contains("delete"));
      assertThat(world.ledger().key(Role.CURRENT).flatMap(it -> it.id())).contains("2");
      assertThat(world.ledger().keys()).hasSize(1);
      world.assertPromisesKept();
      world.sleep(Simulation.INTERVAL);
      world.untilOver();
      world.assertInOrder();
    }

    @Test
    void inAnyMomentOfARotationNoPodLosesItsKey() {
      var counting = Simulation.due();
      int from = counting.effects.count();
      counting.untilOver();
      int length = counting.effects.count() - from;

      for (int effect = 1; effect <= length; effect++) {
        restoredAfter(effect);
      }
    }

    private static void restoredAfter(int effect) {
      var world = Simulation.due();
      var backup = ledger(world);
      world.effects.goWrong(effect, Mishap.CRASH_AFTER);
      int last = world.effects.count() + effect;
      world.until(() -> world.effects.count() >= last);
      world.secrets.putLedger(backup);
      world.restart();

      world.run(LONG);
      world.ask("again");
      world.untilOver();
      world.run(LONG);

      world.assertPromisesKept();
      // what the backup does not know may still be there, and is named unless it has our label
      assertThat(world.issuer.liveValues()).contains(world.secrets.value().orElseThrow());
      assertThat(world.workloads.live())
          .allSatisfy(it -> assertThat(it.holds()).isEqualTo(world.secrets.value()));
    }

    @Test
    void togetherWithItsSecretItIsGivenAwayByThePods() {
      var world = Simulation.due();
      var secret = world.secrets.target();
      var ledger = new ArrayList<Secret>();
      world.whenever("an attempt is opened", () -> ledger.add(ledger(world)));
      world.untilOver();
      var inUse = world.secrets.value().orElseThrow();

      world.secrets.putLedger(ledger.getFirst());
      world.secrets.put(secret);
      world.restart();
      world.run(LONG);

      assertThat(world.issuer.liveValues()).contains(inUse);
      world.assertPromisesKept();
    }

    @Test
    void aCacheThatIsBehindIsNotTakenForABackup() {
      var world = Simulation.atRest();
      var earlier = world.secrets.cache();
      world.ask("now");
      world.untilOver();
      var lineage = world.ledger().lineage();
      world.restartOn(earlier);

      world.run(Duration.ofMinutes(5));
      world.restart();
      world.run(Duration.ofMinutes(5));

      assertThat(world.ledger().lineage()).isEqualTo(lineage);
      world.assertInOrder();
    }
  }

  @Nested
  class Lost {
    @Test
    void inTheMiddleOfARotationTheOtherKeysOfItsLineageAreNamed() {
      var world = Simulation.due();
      world.untilStatus("Soaking");
      world.secrets.delete(SimulatedSecrets.OPERATOR, SimulatedSecrets.ledgerName());
      world.restart();

      world.run(LONG);

      assertThat(world.ledger().key(Role.CURRENT).flatMap(it -> it.id())).contains("2");
      assertThat(world.ledger().left()).extracting(Left::what).containsExactly("key 1");
      assertThat(world.issuer.deleteAsked()).isEmpty();
      world.assertPromisesKept();
    }

    @Test
    void itsKeyIsNotTakenForOneOfTheSameIdInAnotherAccount() {
      var world = Simulation.atRest();
      world.secrets.edit(
          SimulatedSecrets.TEAM,
          SimulatedSecrets.TARGET,
          it -> it.editMetadata().addToAnnotations(Names.ACCOUNT, "another").endMetadata());
      world.secrets.delete(SimulatedSecrets.OPERATOR, SimulatedSecrets.ledgerName());
      world.restart();

      world.run(LONG);

      assertThat(world.ledger().keys()).isEmpty();
      assertThat(world.ready().getReason()).isEqualTo("AdoptedKeyUnknown");
      assertThat(world.ready().getMessage()).contains("another account");
      assertThat(world.issuer.liveValues()).contains(world.secrets.value().orElseThrow());
      world.assertPromisesKept();
    }

    @Test
    void aPreviousKeyThatIsGoneIsNotNamed() {
      var world = Simulation.due();
      world.untilOver();
      assertThat(world.secrets.target().getMetadata().getAnnotations())
          .containsKey(Names.PREVIOUS_KEY_ID);
      world.secrets.delete(SimulatedSecrets.OPERATOR, SimulatedSecrets.ledgerName());
      world.restart();

      world.run(LONG);

      assertThat(world.ledger().left()).isEmpty();
      world.assertInOrder();
    }

    @Test
    void aLeakOfTheKeyInUseIsStillFollowed() {
      var world = Simulation.atRest();
      world.resources.annotate(Simulation.NAME, Names.LEAKED, "1");
      world.resources.annotate(Simulation.NAME, Names.ROTATE, "old");
      world.secrets.delete(SimulatedSecrets.OPERATOR, SimulatedSecrets.ledgerName());
      world.restart();

      world.untilOver();

      assertThat(world.ledger().key(Role.CURRENT).flatMap(it -> it.id())).contains("2");
      world.run(LONG);
      assertThat(world.ledger().sequence()).isEqualTo(1);
    }
  }

  @Nested
  class OfAnotherCluster {
    @Test
    void isTakenOverWhereItsLineageIsNamedAndPublishedAnew() {
      var world = Simulation.atRest();
      rewriteLedger(world, "\"cluster\":\"cluster-1\"", "\"cluster\":\"cluster-2\"");
      world.restart();
      var lineage = world.ledger().lineage();
      world.run(Duration.ofMinutes(5));
      int begin = world.mark();

      world.resources.annotate(Simulation.NAME, Names.TAKEOVER, lineage);
      world.run(LONG);

      assertThat(world.doneSince(begin))
          .noneMatch(it -> it.contains("mint") || it.contains("delete"));
      var taken = world.ledger();
      assertThat(taken.lineage()).isNotEqualTo(lineage);
      assertThat(taken.binding().cluster()).isEqualTo("cluster-1");
      assertThat(taken.keys())
          .singleElement()
          .satisfies(it -> assertThat(it.role()).isEqualTo(Role.CURRENT));
      assertThat(taken.publicationNumber()).isEqualTo(2);
      world.sleep(Simulation.INTERVAL);
      world.untilOver();
      world.assertInOrder();
    }

    @Test
    void inTheMiddleOfARotationOnlyWhatIsInUseIsTakenOver() {
      var world = Simulation.due();
      world.untilStatus("Soaking");
      rewriteLedger(world, "\"cluster\":\"cluster-1\"", "\"cluster\":\"cluster-2\"");
      world.restart();
      world.resources.annotate(Simulation.NAME, Names.TAKEOVER, world.ledger().lineage());

      world.run(Duration.ofMinutes(5));

      assertThat(world.ledger().keys())
          .singleElement()
          .satisfies(it -> assertThat(it.id()).contains("2"));
      assertThat(world.ledger().left())
          .singleElement()
          .satisfies(it -> assertThat(it.what()).contains("key 1"));
      assertThat(world.issuer.deleteAsked()).isEmpty();
      world.assertPromisesKept();
    }
  }

  @Test
  void aHundredRotationsDoNotGrowTheLedger() {
    var world = Simulation.atRest();
    int afterTen = 0;
    for (int rotation = 1; rotation <= 100; rotation++) {
      if (rotation % 7 == 0) {
        world.issuer.fake().next(Trick.MINT_ANSWER_LOST);
      }
      if (rotation % 5 == 0) {
        world.secrets.editValue("somebody's " + rotation);
      }
      world.ask("token " + rotation);
      world.untilOver();
      world.run(Duration.ofMinutes(15));
      if (rotation == 10) {
        afterTen = size(world);
      }
    }

    // a token is kept as a hash of 10 characters or so
    assertThat(size(world)).isLessThan(afterTen + 90 * 20 + 1000);
    world.assertInOrder();
  }

  private static int size(Simulation world) {
    return ledger(world).getData().values().iterator().next().length();
  }

  private static Secret ledger(Simulation world) {
    return world
        .secrets
        .get(SimulatedSecrets.OPERATOR, SimulatedSecrets.ledgerName())
        .orElseThrow();
  }

  private static void rewriteLedger(Simulation world, String from, String to) {
    world.secrets.edit(
        SimulatedSecrets.OPERATOR,
        SimulatedSecrets.ledgerName(),
        it -> {
          var key = it.getData().keySet().iterator().next();
          var text =
              new String(Base64.getDecoder().decode(it.getData().get(key)), StandardCharsets.UTF_8);
          assertThat(text).contains(from);
          return it.addToData(key, SimulatedSecrets.encode(text.replace(from, to)));
        });
  }
}
