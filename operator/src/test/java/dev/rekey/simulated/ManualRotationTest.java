package dev.rekey.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.issuer.FakeIssuer.FakeKey;
import dev.rekey.rotation.Attempt;
import dev.rekey.rotation.Left;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Tracing;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Whole rotations where a person makes the keys and deletes them, as the status asks for it. */
class ManualRotationTest {
  private static final Pattern LABEL = Pattern.compile("with the label (rk-[-a-z0-9]+)");
  private static final Pattern TO_DELETE = Pattern.compile("Delete key (\\S+) \\(");

  /** Somebody who reads nothing but the status, and makes one key for each label. */
  private static final class Person {
    private final Simulation world;
    private final Map<String, FakeKey> made = new HashMap<>();

    Person(Simulation world) {
      this.world = world;
    }

    void acts() {
      makes();
      deletes();
    }

    void makes() {
      var asked = LABEL.matcher(ready());
      if (asked.find() && !made.containsKey(asked.group(1))) {
        var key = world.issuer.fake().seed(asked.group(1), world.clock.instant());
        made.put(asked.group(1), key);
        world.inbox.put(Map.of("value", key.value().reveal(), "id", key.id()));
      }
    }

    void deletes() {
      var asked = TO_DELETE.matcher(ready());
      if (asked.find()) {
        world.issuer.fake().deleteByHand(asked.group(1));
      }
    }

    private String ready() {
      return world.resources.status(Simulation.NAME).isEmpty() ? "" : world.ready().getMessage();
    }

    /** Until a rotation is over, and all that is left to do after it. */
    void goesThrough() {
      world.until(() -> {
        acts();
        return world
            .secrets
            .ledger()
            .map(it -> it.run().isEmpty() && it.sequence() == 1)
            .orElse(false);
      });
      world.run(Duration.ofMinutes(15));
    }
  }

  @TestFactory
  Stream<DynamicTest> whateverGoesWrongOnceOneKeyIsMadeAndNoneIsLost() {
    var world = Simulation.atDashboard();
    new Person(world).goesThrough();
    world.assertInOrder();
    int length = world.effects.count();
    return Stream.of(Mishap.values())
        .map(mishap ->
            DynamicTest.dynamicTest(
                mishap + ", each of " + length,
                () ->
                    IntStream.rangeClosed(1, length).forEach(number -> goesWrong(number, mishap))));
  }

  private static void goesWrong(int number, Mishap mishap) {
    var world = Simulation.atDashboard();
    var person = new Person(world);
    world.effects.goWrong(number, mishap);

    person.goesThrough();

    var told = mishap + " at " + number;
    assertThat(world.brokenPromises()).as(told).isEmpty();
    assertThat(world.leftOver()).as(told).isEmpty();
    assertThat(person.made).as(told).hasSize(1);
    assertThat(world.inbox.isEmpty()).as(told + ": the inbox is empty").isTrue();
    assertThat(world.ledger().left()).as(told).isEmpty();
  }

  @Test
  void whoeverIsLateIsWaitedForAndNobodyIsAskedForASecondKey() {
    var world = asked();
    var label = attempt(world).label();

    world.run(Duration.ofDays(20));
    assertThat(world.ready().getReason()).isEqualTo("PersonOverdue");
    assertThat(world.ready().getMessage()).contains(label);
    assertThat(attempt(world).label()).isEqualTo(label);

    var person = new Person(world);
    person.goesThrough();
    assertThat(person.made).containsOnlyKeys(label);
    world.assertInOrder();
  }

  @Test
  void theKeyInUseIsNoNewOneAndOneThatIsRejectedStaysInTheInbox() {
    var world = asked();
    world.inbox.put(Map.of("value", world.secrets.value().orElseThrow()));
    world.run(Duration.ofMinutes(5));
    assertThat(world.ready().getReason()).isEqualTo("InboxUnusable");
    assertThat(world.ready().getMessage()).contains("known already", attempt(world).label());

    world.inbox.put(Map.of("value", "no-key-of-anybody"));
    world.run(Duration.ofMinutes(5));
    assertThat(world.ready().getReason()).isEqualTo("KeyNotAccepted");
    assertThat(world.inbox.isEmpty()).isFalse();

    new Person(world).goesThrough();
    world.assertInOrder();
  }

  /** Many dashboards have nothing against two keys of one name. */
  @Test
  void aKeyThatOnlyHasTheNameOfTheOneInUseIsNotTakenIn() {
    var world = asked();
    var old = world.ledger().key(Role.CURRENT).flatMap(it -> it.id()).orElseThrow();
    world.inbox.put(Map.of("value", "no-key-of-anybody", "label", old));
    world.run(Duration.ofMinutes(5));

    assertThat(world.ready().getReason()).isEqualTo("InboxUnusable");
    assertThat(world.ready().getMessage()).contains("another key is told by " + old, "write an id");
    new Person(world).goesThrough();
    world.assertInOrder();
  }

  @Test
  void nothingIsTakenInWhileSuspended() {
    var world = asked();
    var spec = world.resources.required(Simulation.NAME).getSpec();
    world.resources.edit(Simulation.NAME, Simulation.suspended(spec));
    var person = new Person(world);
    person.makes();
    world.run(Duration.ofHours(3));
    assertThat(world.inbox.isEmpty()).isFalse();

    world.resources.edit(Simulation.NAME, spec);
    person.goesThrough();
    world.assertInOrder();
  }

  @Test
  void aResourceThatGoesWaitsForNobodyAndNamesWhatMayHaveBeenMade() {
    var world = asked();
    var label = attempt(world).label();

    world.resources.delete(Simulation.NAME);
    world.run(Duration.ofMinutes(5));

    assertThat(world.resources.isThere(Simulation.NAME)).isFalse();
    assertThat(world.ledger().attempts()).isEmpty();
    assertThat(world.ledger().left())
        .extracting(Left::what)
        .containsExactly("the key with label " + label + ", if somebody has made it");
    world.assertPromisesKept();
  }

  @Test
  void aKeyThatIsToGoNowIsAskedForAtOnceAndSoIsTheNextOne() {
    var world = asked();
    var old = world.ledger().key(Role.CURRENT).flatMap(it -> it.id()).orElseThrow();

    world.resources.annotate(Simulation.NAME, Names.REVOKE_NOW, old);
    world.run(Duration.ofMinutes(1));
    assertThat(world.ready().getMessage())
        .contains("Delete key " + old + " ", "a new key is needed", attempt(world).label());

    new Person(world).goesThrough();
    world.assertInOrder();
  }

  @Test
  void whereNothingTellsThatAKeyWorksAPersonsWordEndsTheRotation() {
    var world = Simulation.atDashboard();
    world.issuer.can(Tracing.PERSON, false, false, false);
    var person = new Person(world);
    world.until(() -> {
      person.makes();
      return world.secrets.ledger().map(it -> !it.keys(Role.CONDEMNED).isEmpty()).orElse(false);
    });
    world.run(Duration.ofHours(3));
    assertThat(world.ready().getReason()).isEqualTo("AwaitingDeletion");
    var old = world.ledger().keys(Role.CONDEMNED).getFirst().id().orElseThrow();

    world.issuer.fake().deleteByHand(old);
    world.resources.annotate(Simulation.NAME, Names.DELETED, old);
    person.goesThrough();

    world.assertInOrder();
  }

  /** A person was asked, and has not done anything yet. */
  private static Simulation asked() {
    var world = Simulation.atDashboard();
    world.untilLedger(it -> it.attempts().stream().anyMatch(Attempt::awaitsPerson));
    world.run(Duration.ofMinutes(1));
    assertThat(world.ready().getReason()).isEqualTo("AwaitingPerson");
    return world;
  }

  private static Attempt attempt(Simulation world) {
    return world.ledger().attempts().getFirst();
  }
}
