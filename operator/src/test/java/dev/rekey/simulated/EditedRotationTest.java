package dev.rekey.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.api.v1alpha1.ApiKeyRotationSpec;
import dev.rekey.api.v1alpha1.OnFailure;
import dev.rekey.api.v1alpha1.Rollout;
import dev.rekey.api.v1alpha1.TargetSecret;
import dev.rekey.issuer.Trick;
import dev.rekey.rotation.Cause;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.WorkloadKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What people ask for beside a new key: another form of it, its end, its way back. */
class EditedRotationTest {
  private static final Duration LONG = Duration.ofMinutes(40);

  @Nested
  class AnotherFormOfTheKey {
    @Test
    void isPublishedAndRolledWithoutAMint() {
      var world = Simulation.atRest();
      int begin = world.mark();

      edit(world);
      world.untilOver();

      assertThat(world.doneSince(begin))
          .startsWith(
              "ledger: a rotation begins (DataChanged)",
              "ledger: publication 2 is decided",
              "Secret: shows publication 2, key 1",
              "ledger: publication 2 is written",
              "Deployment api: stamped 2")
          .endsWith("ledger: the rotation is over")
          .noneMatch(it -> it.startsWith("issuer:"));
      assertThat(world.ledger().history().getFirst().cause()).isEqualTo(Cause.DataChanged);
      assertThat(world.ledger().keys()).hasSize(1);
      assertThat(world.secrets.target().getData()).containsKey("address");
      world.assertPromisesKept();
    }

    @Test
    void waitsForTheRotationThatIsUnderWay() {
      var world = Simulation.due();
      world.untilStatus("Soaking");

      edit(world);
      world.untilLedger(it -> it.history().size() == 2);

      assertThat(world.ledger().history().getFirst().cause()).isEqualTo(Cause.Interval);
      assertThat(world.ledger().publication().orElseThrow().number()).isGreaterThan(1);
      world.untilLedger(it -> it.history().getFirst().cause() == Cause.DataChanged);
      assertThat(world.secrets.target().getData()).containsKey("address");
      world.assertPromisesKept();
    }

    @Test
    void isTakenAlongByARotationThatIsDue() {
      var world = Simulation.due();

      edit(world);
      world.untilOver();

      assertThat(world.ledger().history().getFirst().cause()).isEqualTo(Cause.Interval);
      assertThat(world.secrets.target().getData()).containsKey("address");
      world.run(Duration.ofMinutes(5));
      assertThat(world.ledger().run()).isEmpty();
      world.assertPromisesKept();
    }

    @Test
    void isFinishedWhateverGoesWrongOnce() {
      var counting = Simulation.atRest();
      int from = counting.effects.count();
      edit(counting);
      counting.untilOver();
      int length = counting.effects.count() - from;

      for (var mishap : Mishap.values()) {
        IntStream.rangeClosed(1, length)
            .forEach(number -> {
              var world = Simulation.atRest();
              edit(world);
              world.effects.goWrong(number, mishap);
              world.untilOver();
              world.assertPromisesKept();
              assertThat(world.ledger().keys()).as(mishap + " at " + number).hasSize(1);
              assertThat(world.secrets.target().getData()).containsKey("address");
            });
      }
    }

    @Test
    void thatCannotBeFilledInIsNeverCalledDoneAndDoesNotRunHot() {
      var world = Simulation.atRest();
      int from = world.effects.count();

      edit(world, "${string(int(key.value))}");
      world.run(LONG);

      assertThat(world.effects.count() - from).isLessThan(100);
      assertThat(world.ready().getReason()).isEqualTo("InvalidSpec");
      assertThat(world.ledger().history()).hasSize(1);

      edit(world);
      world.untilLedger(it -> it.history().size() == 2);
      assertThat(world.secrets.target().getData()).containsKey("address");
      world.assertPromisesKept();
    }

    private static void edit(Simulation world) {
      edit(world, "https://${key.id}.example");
    }

    private static void edit(Simulation world, String address) {
      var spec = Simulation.spec();
      world.resources.edit(
          Simulation.NAME,
          new ApiKeyRotationSpec(
              spec.issuerRef(),
              new TargetSecret(
                  spec.secret().name(),
                  spec.secret().creationPolicy(),
                  Map.of(SimulatedSecrets.DATA_KEY, "${key.value}", "address", address)),
              null,
              spec.schedule(),
              spec.rollout()));
    }
  }

  @Nested
  class ALeakedKey {
    @Test
    void isReplacedAtOnceWithoutASoakInOrder() {
      var world = Simulation.atRest();
      int begin = world.mark();
      var start = world.clock.instant();

      world.resources.annotate(Simulation.NAME, Names.LEAKED, "1");
      world.untilOver();

      assertThat(world.ledger().history().getFirst().cause()).isEqualTo(Cause.Leaked);
      assertThat(Duration.between(start, world.clock.instant())).isLessThan(Simulation.SOAK);
      assertThat(world.doneSince(begin))
          .containsSubsequence(
              "ledger: publication 2 is written",
              "Deployment api: stamped 2",
              "ledger: key 1 is CONDEMNED, key 2 is CURRENT",
              "issuer: delete 1");
      world.run(LONG);
      assertThat(world.ledger().sequence()).isEqualTo(2);
    }

    @Test
    void thatIsBeingReplacedGoesWithoutASoak() {
      var world = Simulation.due();
      world.untilStatus("Soaking");

      world.resources.annotate(Simulation.NAME, Names.LEAKED, "1");
      world.run(Duration.ofMinutes(1));

      assertThat(world.issuer.liveValues()).hasSize(1);
      assertThat(world.ledger().run()).isEmpty();
    }

    @Test
    void thatNobodyHasSeenIsGivenUp() {
      var world = Simulation.due();
      world.issuer.fake().next(Trick.VERIFY_REJECTED);
      world.untilLedger(it -> it.key(Role.NEXT).isPresent());

      world.resources.annotate(Simulation.NAME, Names.LEAKED, "2");
      world.untilOver();

      assertThat(world.secrets.target().getMetadata().getAnnotations())
          .containsEntry(Names.KEY_ID, "3");
      world.assertInOrder();
    }

    @Test
    void isReplacedAtOnceThoughItsNewFormIsOnItsWay() {
      var world = Simulation.atRest();
      world.workloads.controllersStand(true);
      AnotherFormOfTheKey.edit(world);
      world.untilStatus("Rolling");

      world.resources.annotate(Simulation.NAME, Names.LEAKED, "1");
      world.untilLedger(it -> it.run().map(run -> run.cause() == Cause.Leaked).orElse(false));
      world.workloads.controllersStand(false);
      world.untilLedger(it -> it.run().isEmpty());

      assertThat(world.secrets.target().getData()).containsKey("address");
      assertThat(world.leftOver()).isEmpty();
    }

    @Test
    void thatNobodyKnowsIsSaidAndForgotten() {
      var world = Simulation.atRest();
      int events = world.resources.events().size();

      world.resources.annotate(Simulation.NAME, Names.LEAKED, "77");
      world.run(LONG);

      assertThat(world.resources.events().subList(events, world.resources.events().size()))
          .singleElement()
          .satisfies(it -> assertThat(it).startsWith("KeyUnknown"));
      world.assertInOrder();
    }
  }

  @Nested
  class ARollback {
    @Test
    void putsTheOldKeyBackWhereAWorkloadThatWasWellFails() {
      var world = failing(OnFailure.Rollback);
      int begin = world.mark();

      world.untilLedger(
          it -> it.run().map(run -> run.rollback() == Run.Rollback.DONE).orElse(false));
      world.workloads.freshFail(false);
      world.untilLedger(it -> it.run().isEmpty());

      assertThat(world.doneSince(begin))
          .containsSubsequence(
              "issuer: verify 1",
              "ledger: key 2 is REJECTED, publication 3 is decided, MINT failed, 1 (RolledBack)",
              "Secret: shows publication 3, key 1",
              "Deployment api: stamped 3",
              "ledger: key 2 is CONDEMNED",
              "issuer: delete 2",
              "ledger: the rotation is over");
      assertThat(world.ledger().history().getFirst().rolledBack()).isTrue();
      world.assertInOrder();
    }

    @Test
    void putsTheOldKeyBackUnderTheMappingThatItHad() {
      var world = Simulation.due();
      var spec = Simulation.spec();
      var mapping =
          Map.of(SimulatedSecrets.DATA_KEY, "${key.value}", "address", "https://${key.id}.example");
      world.resources.edit(
          Simulation.NAME,
          new ApiKeyRotationSpec(
              spec.issuerRef(),
              new TargetSecret(spec.secret().name(), spec.secret().creationPolicy(), mapping),
              null,
              spec.schedule(),
              new Rollout("15s", "15m", "10m", null, OnFailure.Rollback)));
      world.untilStatus("Settling");
      assertThat(world.secrets.target().getData()).containsKey("address");

      world.workloads.freshFail(true);
      world.untilLedger(
          it -> it.run().map(run -> run.rollback() == Run.Rollback.DONE).orElse(false));
      world.run(Duration.ofMinutes(1));

      assertThat(world.secrets.target().getData()).doesNotContainKey("address");
      assertThat(world.secrets.target().getMetadata().getAnnotations())
          .containsEntry(Names.KEY_ID, "1");
    }

    @Test
    void isNotTriedAgainAtOnceButWhenSomebodyAsks() {
      var world = failing(OnFailure.Rollback);
      world.untilLedger(
          it -> it.run().map(run -> run.rollback() == Run.Rollback.DONE).orElse(false));
      world.workloads.freshFail(false);
      world.untilLedger(it -> it.run().isEmpty());

      world.restart();
      world.run(Duration.ofHours(2));
      assertThat(world.ledger().run()).isEmpty();
      assertThat(world.ready().getReason()).isEqualTo("RolledBack");
      assertThat(world.ledger().sequence()).isEqualTo(2);

      world.ask("again");
      world.untilOver();
      assertThat(world.ledger().sequence()).isEqualTo(3);
      world.assertInOrder();
    }

    @Test
    void doesNotHappenWhereNobodyHasAskedForIt() {
      var world = failing(OnFailure.Halt);

      world.run(Duration.ofHours(2));

      assertThat(world.ledger().publicationNumber()).isEqualTo(2);
      assertThat(world.ready().getReason()).isEqualTo("ConsumersStuck");
      assertThat(world.issuer.deleteAsked()).isEmpty();
    }

    @Test
    void doesNotHappenWhereAPausedWorkloadGoesOnAfterALongWhile() {
      var world = Simulation.due();
      edit(world, new Rollout("15s", "15m", "10m", null, OnFailure.Rollback));
      world.untilStatus("Settling");
      world.workloads.pause(Simulation.APP, true);
      world.run(Duration.ofHours(2));
      assertThat(world.ready().getReason()).isEqualTo("WorkloadPaused");
      assertThat(world.ledger().publicationNumber()).isEqualTo(2);

      world.workloads.pause(Simulation.APP, false);
      world.untilLedger(it -> it.run().isEmpty());

      assertThat(world.ledger().history().getFirst().rolledBack()).isFalse();
      assertThat(world.ledger().publicationNumber()).isEqualTo(2);
      world.assertInOrder();
    }

    @Test
    void deletesTheOnePodThatWouldHoldUpAnOrderedSet() {
      var world = failingInASet();
      int begin = world.mark();

      world.untilLedger(it -> it.run().isEmpty());

      assertThat(world.doneSince(begin))
          .containsSubsequence(
              "StatefulSet queue: stamped 3",
              "Pod queue-1: deleted",
              "issuer: delete 2",
              "ledger: the rotation is over")
          .filteredOn(it -> it.startsWith("Pod "))
          .hasSize(1);
      assertThat(world.workloads.allRolledOut()).isTrue();
      world.assertInOrder();
    }

    @Test
    void isFinishedInAnOrderedSetWhateverGoesWrongOnce() {
      for (var mishap : Mishap.values()) {
        IntStream.rangeClosed(1, 15)
            .forEach(number -> {
              var world = failingInASet();
              world.effects.goWrong(number, mishap);
              world.untilLedger(it -> it.run().isEmpty() && it.keys().size() == 1);
              world.assertInOrder();
            });
      }
    }

    /** It is taken back, since no pod of a set gets ready on the new key. */
    private static Simulation failingInASet() {
      var world = Simulation.due();
      world.workloads.deploySet(WorkloadKind.StatefulSet, "queue", 2);
      edit(world, new Rollout("15s", "15m", "10m", null, OnFailure.Rollback));
      world.workloads.fail(it ->
          it.name.startsWith("queue")
              && it.annotations.values().stream().anyMatch(stamp -> stamp.endsWith(".2")));
      world.untilLedger(
          it -> it.run().map(run -> run.rollback() == Run.Rollback.DONE).orElse(false));
      return world;
    }

    @Test
    void isFinishedWhateverGoesWrongOnce() {
      for (var mishap : Mishap.values()) {
        IntStream.rangeClosed(1, 40)
            .forEach(number -> {
              var world = failing(OnFailure.Rollback);
              world.effects.goWrong(number, mishap);
              world.untilLedger(it -> it.publicationNumber() == 3 || it.run().isEmpty());
              world.workloads.freshFail(false);
              world.untilLedger(it -> it.run().isEmpty() && it.keys().size() == 1);
              world.assertInOrder();
            });
      }
    }

    private static Simulation failing(OnFailure onFailure) {
      var world = Simulation.due();
      edit(world, new Rollout("15s", "15m", "10m", null, onFailure));
      world.untilStatus("Settling");
      world.workloads.freshFail(true);
      return world;
    }
  }

  @Test
  void bothKeysWorkForTheOverlapThatIsAskedFor() {
    var world = Simulation.due();
    edit(world, new Rollout("15s", "15m", "10m", "2h", null));
    world.untilLedger(it -> it.run().flatMap(Run::shownAt).isPresent());
    var shown = world.ledger().run().flatMap(Run::shownAt).orElseThrow();

    var condemned = new ArrayList<Instant>();
    world.whenever("is CONDEMNED", () -> condemned.add(world.clock.instant()));

    world.untilOver();

    assertThat(condemned).containsExactly(shown.plus(Duration.ofHours(2)));
    world.assertInOrder();
  }

  @Test
  void oldKeysThatCannotBeDeletedNeverBlockTheNextRotations() {
    var world = Simulation.due();
    world.issuer.keepsAll(true);
    for (var token : List.of("one", "two", "three")) {
      world.ask(token);
      world.untilLedger(it ->
          it.keys(Role.CONDEMNED).size() == count(token) && it.run().isEmpty()
              || it.keys(Role.CONDEMNED).size() == count(token));
    }
    world.issuer.keepsAll(false);
    world.untilLedger(it -> it.run().isEmpty() && it.keys().size() == 1);
    world.assertInOrder();
  }

  private static int count(String token) {
    return List.of("one", "two", "three").indexOf(token) + 1;
  }

  private static void edit(Simulation world, Rollout rollout) {
    var spec = Simulation.spec();
    world.resources.edit(
        Simulation.NAME,
        new ApiKeyRotationSpec(spec.issuerRef(), spec.secret(), null, spec.schedule(), rollout));
  }
}
