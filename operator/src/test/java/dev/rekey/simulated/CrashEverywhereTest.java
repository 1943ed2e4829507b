package dev.rekey.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.issuer.Trick;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * A rotation in which one effect goes wrong, for each effect and each way to go wrong; and the same
 * for the first rotation of all, for one whose answer is lost, and for one whose Secret is
 * reverted.
 */
class CrashEverywhereTest {

  /** A rotation, from a world at rest to one at rest. */
  private enum Course {
    DUE {
      @Override
      Simulation begin() {
        return Simulation.due();
      }
    },
    FIRST_KEY {
      @Override
      Simulation begin() {
        return Simulation.beforeTheFirstKey();
      }
    },
    ANSWER_LOST {
      @Override
      Simulation begin() {
        var world = Simulation.madeByHand();
        world.issuer.fake().next(Trick.MINT_ANSWER_LOST);
        return world;
      }
    },
    REVERTED {
      @Override
      Simulation begin() {
        var world = Simulation.madeByHand();
        var old = world.secrets.value().orElseThrow();
        var reverted = new ArrayList<String>();
        world.whenever(
            "all is rolled out",
            () -> {
              if (reverted.isEmpty()) {
                reverted.add(old);
                world.secrets.editValue(old);
              }
            });
        return world;
      }
    },
    DELETE_LIES {
      @Override
      Simulation begin() {
        var world = Simulation.madeByHand();
        world.issuer.fake().next(Trick.DELETE_IGNORED);
        return world;
      }
    };

    abstract Simulation begin();

    int length() {
      var world = begin();
      int before = world.effects.count();
      finish(world);
      return world.effects.count() - before;
    }
  }

  @TestFactory
  Stream<DynamicTest> whateverGoesWrongOnceAllIsInOrderInTheEnd() {
    return Stream.of(Course.values())
        .flatMap(course -> {
          int length = course.length();
          return Stream.of(Mishap.values())
              .map(mishap ->
                  DynamicTest.dynamicTest(
                      course + " " + mishap + ", each of " + length,
                      () ->
                          IntStream.rangeClosed(1, length)
                              .forEach(number -> goesWrong(course, number, mishap))));
        });
  }

  @Test
  void theProcessMayEndAfterEachSingleEffect() {
    for (var mishap : List.of(Mishap.CRASH_BEFORE, Mishap.CRASH_AFTER)) {
      var world = Simulation.due();
      int end = world.effects.count() + 200;
      // every second one: a process that never gets anything done never ends a rotation
      for (int number = 2; world.effects.count() + number < end; number += 2) {
        world.effects.goWrong(number, mishap);
      }
      finish(world);
      world.assertInOrder();
    }
  }

  private static void goesWrong(Course course, int number, Mishap mishap) {
    var world = course.begin();
    world.effects.goWrong(number, mishap);

    finish(world);

    assertThat(world.brokenPromises()).as(course + " " + mishap + " at " + number).isEmpty();
    assertThat(world.leftOver()).as(course + " " + mishap + " at " + number).isEmpty();
  }

  /** Until all sweeps are over, and nothing is left that waits for the next rotation. */
  private static void finish(Simulation world) {
    world.untilOver();
    world.run(Duration.ofMinutes(15));
  }
}
