package dev.rekey.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.config.Settings;
import dev.rekey.issuer.FakeIssuer;
import dev.rekey.issuer.Trick;
import dev.rekey.rotation.Left;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Tracing;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of a key whose answer was lost, at each kind of issuer. */
class LostAnswerTest {
  private static final Duration LONG = Duration.ofHours(2);

  @ParameterizedTest
  @EnumSource(
      value = Tracing.class,
      names = {"IDEMPOTENT", "LABELLED", "COUNTABLE"})
  void isFoundAndDeletedWhereItLeavesATrace(Tracing tracing) {
    var world = due(tracing);
    world.issuer.fake().next(Trick.MINT_ANSWER_LOST);

    world.run(LONG);

    assertThat(world.ledger().left()).isEmpty();
    assertThat(world.issuer.fake().liveKeys()).hasSize(1);
    world.assertInOrder();
  }

  @ParameterizedTest
  @EnumSource(
      value = Tracing.class,
      names = {"IDEMPOTENT", "LABELLED", "COUNTABLE"})
  void thatNeverWasIsNotLookedForForEver(Tracing tracing) {
    var world = due(tracing);
    world.issuer.fake().next(Trick.MINT_UNCLEAR);

    world.run(LONG);
    world.ask("once more");
    world.untilOver();

    assertThat(world.ledger().attempts()).isEmpty();
    assertThat(world.ledger().left()).isEmpty();
    world.assertInOrder();
  }

  @Nested
  class AtAnIssuerWhereKeysAreCounted {
    @Test
    void isNamedWhereAnotherKeyIsNewAsWell() {
      var world = due(Tracing.COUNTABLE);
      world.issuer.fake().next(Trick.MINT_ANSWER_LOST);
      world.whenever(
          "issuer: mint",
          () -> {
            if (world.issuer.fake().liveKeys().size() == 2) {
              world.issuer.fake().seed("of somebody else", world.clock.instant());
            }
          });

      world.run(LONG);
      world.ask("once more");
      world.untilOver();

      assertThat(world.ledger().left()).extracting(Left::reason).contains(Reason.PossibleOrphan);
      assertThat(world.issuer.fake().liveKeys())
          .extracting(it -> it.label())
          .as("nobody's key is deleted on a guess")
          .contains("of somebody else")
          .hasSize(3);
      world.assertPromisesKept();
    }
  }

  @Nested
  class AtAnIssuerThatListsOnlyAPart {
    @Test
    void isNamedAtTheEnd() {
      var world = due(Tracing.LABELLED);
      world.issuer.fake().listComplete(false);
      world.issuer.fake().next(Trick.MINT_UNCLEAR);

      world.run(LONG);
      world.ask("once more");
      world.untilOver();

      assertThat(world.ledger().left()).extracting(Left::reason).contains(Reason.PossibleOrphan);
      world.assertPromisesKept();
    }

    @Test
    void isSearchedForOnSinceItsRequestMayHaveLeftTwoKeys() {
      var world = due(Tracing.LABELLED);
      var fake = world.issuer.fake();
      fake.listComplete(false);
      fake.next(Trick.MINT_ANSWER_LOST);
      var other = new AtomicReference<FakeIssuer.FakeKey>();
      world.whenever(
          "issuer: delete",
          () -> {
            if (other.get() == null) {
              // the list did not show it when the first of the two was found
              var label = world.ledger().attempts().getFirst().label();
              other.set(fake.seed(label, world.clock.instant()));
              fake.listComplete(true);
            }
          });

      world.run(LONG);

      assertThat(other.get()).isNotNull();
      assertThat(fake.liveKeys()).hasSize(1).doesNotContain(other.get());
      assertThat(world.ledger().left()).isEmpty();
      world.assertInOrder();
    }
  }

  @Nested
  class AtAnIssuerThatLeavesNoTrace {
    @Test
    void isNamedAtOnceAndOneMoreKeyIsAskedFor() {
      var world = due(Tracing.BLIND);
      world.issuer.fake().next(Trick.MINT_ANSWER_LOST);

      world.untilOver();

      assertThat(world.ledger().leftCount()).isEqualTo(1);
      assertThat(world.ledger().left().getFirst().reason()).isEqualTo(Reason.PossibleOrphan);
      assertThat(world.issuer.fake().liveKeys()).hasSize(2);
      world.assertPromisesKept();
    }

    @Test
    void isWaitedForAfterTheSecondUntilAPersonAsks() {
      var world = due(Tracing.BLIND);
      world.issuer.fake().next(Trick.MINT_ANSWER_LOST, Trick.MINT_ANSWER_LOST);

      world.run(Duration.ofDays(2));

      assertThat(world.issuer.fake().liveKeys()).as("the one in use and two orphans").hasSize(3);
      assertThat(world.ledger().leftCount()).isEqualTo(2);
      assertThat(world.ready().getReason()).isEqualTo("PossibleOrphan");
      assertThat(world.ready().getMessage()).contains("rekey.dev/rotate");

      world.ask("I have looked");
      world.untilOver();
      assertThat(world.issuer.fake().liveKeys()).hasSize(3);
      assertThat(world.ledger().attempts()).isEmpty();
      world.assertPromisesKept();
    }
  }

  @Nested
  class ADeleteWhereIdsAreGivenAgain {
    @Test
    void whoseAnswerWasLostNeverMeetsAnotherKey() {
      var world = Simulation.due();
      world.issuer.can(Tracing.LABELLED, true, true, true);
      world.whenever(
          "issuer: delete",
          () -> {
            if (world.issuer.fake().liveKeys().size() == 1) {
              world.issuer.fake().seed("of another team", world.clock.instant());
            }
          });
      world.issuer.fake().next(Trick.DELETE_ANSWER_LOST);

      world.run(LONG);

      assertThat(world.issuer.fake().liveKeys())
          .extracting(it -> it.label())
          .contains("of another team");
      assertThat(world.ledger().run()).isEmpty();
      world.assertPromisesKept();
    }

    @Test
    void isOnlyRepeatedWhereTheKeyWorksLongAfterIt() {
      var world = Simulation.due();
      world.issuer.can(Tracing.COUNTABLE, true, true, true);
      world.issuer.fake().next(Trick.DELETE_IGNORED);
      world.until(() -> deletes(world) == 1);
      var first = world.clock.instant();

      world.until(() -> deletes(world) == 2);

      assertThat(world.clock.instant()).isAfterOrEqualTo(first.plus(Duration.ofMinutes(5)));
      world.untilLedger(it -> it.run().isEmpty());
      world.assertInOrder();
    }

    private static long deletes(Simulation world) {
      return world.issuer.fake().calls().stream().filter(it -> it.startsWith("delete")).count();
    }

    @Test
    void isNotTakenForDoneWhereTheKeyNeverWorked() {
      var world = Simulation.due();
      world.issuer.can(Tracing.IDEMPOTENT, false, true, true);
      world.issuer.rejectsAll(true);
      world.issuer.keepsAll(true);

      world.run(LONG);

      assertThat(world.ledger().left()).extracting(Left::reason).contains(Reason.DeleteByHand);
      world.assertPromisesKept();
    }

    @Test
    void isNotRepeatedWhereNothingTellsKeysApart() {
      var world = due(Tracing.BLIND);
      world.issuer.can(Tracing.BLIND, false, false, true);
      world.issuer.fake().next(Trick.DELETE_ANSWER_LOST);
      var sent = new AtomicReference<Instant>();
      world.whenever("issuer: delete", () -> sent.set(world.clock.instant()));

      world.run(LONG);

      assertThat(world.issuer.fake().calls()).filteredOn(it -> it.startsWith("delete")).hasSize(1);
      assertThat(world.ledger().left())
          .singleElement()
          .satisfies(it -> {
            assertThat(it.reason()).isEqualTo(Reason.DeleteByHand);
            assertThat(it.since())
                .as("not before the delete can arrive no more")
                .isAfter(sent.get().plus(Settings.standard().lateness()));
          });
      assertThat(world.ledger().run()).isEmpty();
    }
  }

  private static Simulation due(Tracing tracing) {
    var world = Simulation.due();
    boolean lists = tracing == Tracing.LABELLED || tracing == Tracing.COUNTABLE;
    world.issuer.can(tracing, lists, true, false);
    return world;
  }
}
