package dev.rekey.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.api.v1alpha1.ApiKeyRotationSpec;
import dev.rekey.api.v1alpha1.DeletionPolicy;
import dev.rekey.rotation.Attempt;
import dev.rekey.rotation.Left;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Role;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Whole lives whose resource is deleted, at rest and after each single effect of a rotation. */
class DeletedResourceTest {
  private static final Duration LONG = Duration.ofMinutes(40);

  @Nested
  class Retained {
    @Test
    void atRestIsGoneAtOnceAndNothingIsTouched() {
      var world = Simulation.atRest();
      world.run(LONG);
      int begin = world.mark();

      world.resources.delete(Simulation.NAME);

      assertThat(world.resources.isThere(Simulation.NAME)).isFalse();
      world.run(LONG);
      assertThat(world.doneSince(begin)).isEmpty();
      world.assertInOrder();
    }

    @Test
    void oneThatACacheStillShowsIsNotRotated() {
      var world = Simulation.due();
      var cached = world.resources.required(Simulation.NAME);
      int begin = world.mark();
      world.resources.delete(Simulation.NAME);
      assertThat(world.resources.isThere(Simulation.NAME)).isFalse();

      world.pass(cached);

      assertThat(world.doneSince(begin)).isEmpty();
    }

    @Test
    void noKeyIsAskedForOnceItIsGoneAgainstItsFinalizer() {
      var world = Simulation.due();
      world.untilLedger(it -> it.run().isPresent());
      var cached = world.resources.required(Simulation.NAME);
      int begin = world.mark();
      world.resources.delete(Simulation.NAME);
      world.resources.deleteByForce(Simulation.NAME);
      assertThat(world.resources.isThere(Simulation.NAME)).isFalse();

      world.pass(cached);

      assertThat(world.doneSince(begin)).noneMatch(it -> it.startsWith("issuer: mint"));
    }

    @Test
    void whileItSoaksIsFinishedInOrderFirst() {
      var world = Simulation.due();
      world.untilStatus("Soaking");
      int begin = world.mark();

      world.resources.delete(Simulation.NAME);
      assertThat(world.resources.isThere(Simulation.NAME)).isTrue();
      untilGone(world);

      assertThat(world.doneSince(begin))
          .containsSubsequence(
              "ledger: key 1 is CONDEMNED, key 2 is CURRENT",
              "issuer: delete 1",
              "ledger: the rotation is over");
      world.assertInOrder();
    }

    @Test
    void afterEachEffectOfARotationLeavesNothingUnfinished() {
      int length = effectsOf(Simulation.due());
      for (int effect = 1; effect <= length; effect++) {
        var world = crashedAfter(Simulation.due(), effect);

        world.resources.delete(Simulation.NAME);
        untilGone(world);

        var at = "deleted after effect " + effect;
        assertThat(world.ledger().keys())
            .as(at)
            .singleElement()
            .satisfies(it -> assertThat(it.role()).isEqualTo(Role.CURRENT));
        assertThat(world.ledger().attempts())
            .as(at)
            .noneMatch(it -> it.state() == Attempt.State.OPEN || it.nextSweep().isPresent());
        assertThat(world.ledger().left()).as(at).isEmpty();
        assertThat(world.issuer.liveValues()).as(at).hasSize(1);
        podsAreWell(world, at);
        world.assertPromisesKept();

        // made again, it goes on with what it left
        world.resources.create(Simulation.NAME, Simulation.spec());
        world.run(LONG);
        world.assertInOrder();
      }
    }
  }

  @Nested
  class Revoked {
    @Test
    void waitsForPodsAndTakesTheKeyAlong() {
      var world = revoking(Simulation.atRest());
      world.run(LONG);
      int begin = world.mark();

      world.resources.delete(Simulation.NAME);
      world.run(LONG);

      assertThat(world.ready().getReason()).isEqualTo("WaitingForReaders");
      assertThat(world.doneSince(begin)).isEmpty();
      podsAreWell(world, "while pods read");

      world.workloads.scale(Simulation.APP, 0);
      untilGone(world);
      assertThat(world.doneSince(begin))
          .containsSubsequence("ledger: key 1 is CONDEMNED", "issuer: delete 1");
      assertThat(world.issuer.liveValues()).isEmpty();
      world.assertPromisesKept();
    }

    @Test
    void keepsTheKeyForACronJobMadeMeanwhileThatHasNoPodsYet() {
      var world = revoking(Simulation.atRest());
      world.run(LONG);
      world.resources.delete(Simulation.NAME);
      world.run(LONG);
      int begin = world.mark();

      world.workloads.deployCronJob("report");
      world.workloads.scale(Simulation.APP, 0);
      world.run(Duration.ofMinutes(10));

      assertThat(world.ready().getReason()).isEqualTo("WaitingForReaders");
      assertThat(world.doneSince(begin)).isEmpty();
      world.assertPromisesKept();
    }

    @Test
    void afterEachEffectOfARotationDeletesEveryKeyOnceNobodyReadsTheSecret() {
      int length = effectsOf(revoking(Simulation.due()));
      for (int effect = 1; effect <= length; effect++) {
        var world = crashedAfter(revoking(Simulation.due()), effect);
        var at = "deleted after effect " + effect;

        world.resources.delete(Simulation.NAME);
        world.run(Duration.ofMinutes(5));
        assertThat(world.resources.isThere(Simulation.NAME)).as(at).isTrue();
        podsAreWell(world, at);

        world.workloads.scale(Simulation.APP, 0);
        untilGone(world);
        assertThat(world.issuer.liveValues()).as(at).isEmpty();
        assertThat(world.ledger().keys()).as(at).isEmpty();
        assertThat(world.ledger().hasUnfinished()).as(at).isFalse();
        assertThat(world.ledger().left()).as(at).isEmpty();
        world.assertPromisesKept();
      }
    }

    @Test
    void madeAgainMintsANewKeyAndDoesNotTakeUpTheDeadOne() {
      var world = revoking(Simulation.atRest());
      var dead = world.secrets.value();
      world.run(LONG);
      world.resources.delete(Simulation.NAME);
      world.workloads.scale(Simulation.APP, 0);
      untilGone(world);
      int begin = world.mark();

      world.resources.create(Simulation.NAME, Simulation.spec());
      world.untilOver();
      world.workloads.scale(Simulation.APP, 2);
      world.run(LONG);

      assertThat(world.doneSince(begin)).filteredOn(it -> it.startsWith("issuer: mint")).hasSize(1);
      assertThat(world.secrets.value()).isNotEqualTo(dead);
      world.assertInOrder();
    }

    @Test
    void byACacheThatHasNotSeenItMadeAgainTakesNoKeyAlong() {
      var world = revoking(Simulation.atRest());
      world.run(LONG);
      world.resources.delete(Simulation.NAME);
      world.run(Duration.ofMinutes(5));
      var cached = SimulatedResources.copy(world.resources.required(Simulation.NAME));
      world.resources.deleteByForce(Simulation.NAME);
      world.resources.create(Simulation.NAME, Simulation.spec());
      world.workloads.scale(Simulation.APP, 0);
      world.sleep(LONG);
      int begin = world.mark();

      world.pass(cached);

      assertThat(world.doneSince(begin)).isEmpty();
      world.workloads.scale(Simulation.APP, 2);
      world.run(LONG);
      world.assertInOrder();
    }

    @Test
    void atItsDeadlineLeavesTheKeyToAPersonAndGoes() {
      var world = revoking(Simulation.atRest());
      world.run(LONG);
      int begin = world.mark();

      world.resources.delete(Simulation.NAME);
      world.run(Duration.ofHours(2));

      assertThat(world.resources.isThere(Simulation.NAME)).isFalse();
      assertThat(world.doneSince(begin)).noneMatch(it -> it.startsWith("issuer: delete"));
      assertThat(world.ledger().left())
          .singleElement()
          .extracting(Left::reason)
          .isEqualTo(Reason.Abandoned);
      assertThat(world.resources.events())
          .filteredOn(it -> it.startsWith("Abandoned: "))
          .hasSize(1);
      podsAreWell(world, "after the deadline");
      world.assertInOrder();
    }
  }

  private static void untilGone(Simulation world) {
    world.until(() -> !world.resources.isThere(Simulation.NAME));
  }

  private static void podsAreWell(Simulation world, String at) {
    assertThat(world.workloads.live())
        .as(at)
        .isNotEmpty()
        .allSatisfy(
            it -> assertThat(world.issuer.liveValues()).contains(it.holds().orElse("nothing")));
  }

  /** How many effects a rotation has from here on. */
  private static int effectsOf(Simulation world) {
    int from = world.effects.count();
    world.untilOver();
    return world.effects.count() - from;
  }

  /** The process ended right after this effect. */
  private static Simulation crashedAfter(Simulation world, int effect) {
    int last = world.effects.count() + effect;
    world.effects.goWrong(effect, Mishap.CRASH_AFTER);
    world.until(() -> world.effects.count() >= last);
    return world;
  }

  private static Simulation revoking(Simulation world) {
    var spec = Simulation.spec();
    world.resources.edit(
        Simulation.NAME,
        new ApiKeyRotationSpec(
            spec.issuerRef(),
            spec.secret(),
            spec.adopt(),
            spec.schedule(),
            spec.rollout(),
            DeletionPolicy.Revoke,
            null));
    return world;
  }
}
