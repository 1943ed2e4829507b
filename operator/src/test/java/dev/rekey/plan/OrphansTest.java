package dev.rekey.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.plan.Orphans.OtherLedgers;
import dev.rekey.rotation.Attempt;
import dev.rekey.rotation.Checks;
import dev.rekey.rotation.Listing.Listed;
import dev.rekey.rotation.Listing.ListedKey;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Tracing;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class OrphansTest {
  private static final Duration DOUBT = Duration.ofSeconds(5);
  private static final OtherLedgers NOBODY = new OtherLedgers(false, id -> false);

  private final Attempt attempt =
      new Attempt(
          "a",
          "rk-a",
          Given.ISSUER,
          Attempt.State.LOST,
          Given.NOW.minusSeconds(60),
          Given.NOW.minusSeconds(20),
          0,
          Optional.of(Given.NOW),
          Tracing.COUNTABLE,
          List.of("1", "7"));

  @Nested
  class ByLabel {
    @Test
    void onlyAnEqualLabelCounts() {
      var list =
          new Listed(List.of(key("8", "rk-ab"), key("9", "rk-a"), key("10", "x rk-a")), true);

      assertThat(Orphans.labelled(attempt, list))
          .isEqualTo(new Orphans.Found(List.of(key("9", "rk-a"))));
    }

    @Test
    void aPartOfTheListProvesPresenceAndNotAbsence() {
      assertThat(Orphans.labelled(attempt, new Listed(List.of(key("9", "rk-a")), false)))
          .isInstanceOf(Orphans.Found.class);
      assertThat(Orphans.labelled(attempt, new Listed(List.of(), false)))
          .isInstanceOf(Orphans.Doubt.class);
      assertThat(Orphans.labelled(attempt, new Listed(List.of(), true)))
          .isInstanceOf(Orphans.NoneListed.class);
    }
  }

  @Nested
  class ByCounting {
    @Test
    void theOneNewKeyIsIt() {
      assertThat(counted(NOBODY, "1", "7", "8"))
          .isEqualTo(new Orphans.Found(List.of(key("8", ""))));
      assertThat(counted(NOBODY, "1", "7")).isInstanceOf(Orphans.NoneListed.class);
    }

    @Test
    void aKeyThatSomebodyAnswersForIsNot() {
      assertThat(counted(new OtherLedgers(false, "8"::equals), "7", "8"))
          .isInstanceOf(Orphans.NoneListed.class);
      // key 2 is in the ledger itself
      assertThat(counted(NOBODY, "7", "2", "8"))
          .isEqualTo(new Orphans.Found(List.of(key("8", ""))));
    }

    @Test
    void twoNewKeysAreADoubt() {
      assertThat(counted(NOBODY, "7", "8", "9")).isInstanceOf(Orphans.Doubt.class);
    }

    @Test
    void anotherRotationThatMayBeMintingIsADoubt() {
      assertThat(counted(new OtherLedgers(true, id -> false), "7", "8"))
          .isInstanceOf(Orphans.Doubt.class);
      assertThat(counted(new OtherLedgers(true, id -> false), "7"))
          .isInstanceOf(Orphans.NoneListed.class);
    }

    @Test
    void aPartOfTheListIsADoubt() {
      assertThat(counted(new Listed(List.of(key("8", "")), false), NOBODY))
          .isInstanceOf(Orphans.Doubt.class);
    }

    @Test
    void aKeyThatWasIssuedAtAnotherTimeIsADoubt() {
      assertThat(issued(attempt.openedAt().minus(DOUBT))).isInstanceOf(Orphans.Found.class);
      assertThat(issued(attempt.openedAt().minus(DOUBT).minusMillis(1)))
          .isInstanceOf(Orphans.Doubt.class);
      assertThat(issued(attempt.notAfter().plus(DOUBT))).isInstanceOf(Orphans.Found.class);
      assertThat(issued(attempt.notAfter().plus(DOUBT).plusMillis(1)))
          .isInstanceOf(Orphans.Doubt.class);
    }

    @Test
    void anIdThatIsGivenAgainIsANewKeyWhereItIsDatedSurelyLater() {
      assertThat(givenAgain(attempt, later(DOUBT.plusMillis(1)), true))
          .isInstanceOf(Orphans.Found.class);
      assertThat(givenAgain(attempt, later(DOUBT), true)).isInstanceOf(Orphans.Doubt.class);
      assertThat(givenAgain(attempt, later(DOUBT.negated()), true))
          .isInstanceOf(Orphans.NoneListed.class);
      assertThat(givenAgain(attempt, Optional.empty(), true))
          .isInstanceOf(Orphans.NoneListed.class);
    }

    @Test
    void anIdFromBeforeIsNoNewKeyWhereNoneIsGivenAgain() {
      assertThat(givenAgain(attempt, later(DOUBT.plusMillis(1)), false))
          .isInstanceOf(Orphans.NoneListed.class);
    }

    @Test
    void anIdFromBeforeThatWasFreedIsADoubtWhereNothingIsDated() {
      var freed = attempt.freeing(Given.key("7", Role.CONDEMNED, Given.NOW));

      assertThat(givenAgain(freed, Optional.empty(), true)).isInstanceOf(Orphans.Doubt.class);
      assertThat(givenAgain(freed, later(DOUBT.negated()), true))
          .as("an old list")
          .isInstanceOf(Orphans.NoneListed.class);
    }

    @Test
    void aDeletedKeyThatIsStillListedIsADoubtWhereItsIdMayBeAnothers() {
      var asked = Checks.NONE.deleteAsked(attempt.openedAt().minusSeconds(30));
      var sent = Checks.NONE.deleting(attempt.openedAt().minusSeconds(30));

      for (var deleted : List.of(asked, sent)) {
        assertThat(beside(deleted, Optional.empty(), "2", "8")).isInstanceOf(Orphans.Doubt.class);
        assertThat(beside(deleted, Optional.empty(), "2")).isInstanceOf(Orphans.Doubt.class);
        assertThat(beside(deleted, Optional.of(issued().plus(DOUBT)), "2"))
            .as("the key itself, in an old list")
            .isInstanceOf(Orphans.NoneListed.class);
      }
      assertThat(beside(Checks.NONE, Optional.empty(), "2"))
          .as("one that nobody has deleted")
          .isInstanceOf(Orphans.NoneListed.class);
      assertThat(beside(Checks.NONE, later(Duration.ZERO), "2"))
          .as("one that somebody else has deleted")
          .isInstanceOf(Orphans.Doubt.class);
      assertThat(beside(sent, later(Duration.ZERO), "2")).isInstanceOf(Orphans.Doubt.class);
      assertThat(beside(asked, later(Duration.ZERO), "2"))
          .as("surely another one")
          .isInstanceOf(Orphans.Found.class);
      assertThat(beside(asked, later(Duration.ZERO), "2", "8"))
          .as("two new ones")
          .isInstanceOf(Orphans.Doubt.class);
    }

    private Instant issued() {
      return attempt.openedAt().minus(Duration.ofHours(1));
    }

    private Orphans beside(Checks deleted, Optional<Instant> dated, String... ids) {
      var known = Given.key("2", Role.CONDEMNED, issued()).checked(deleted);
      var listed =
          Stream.of(ids).map(it -> new ListedKey(it, "", dated, Optional.empty())).toList();
      return Orphans.counted(
          attempt,
          new Listed(listed, true),
          Given.minted().rotation(it -> it.key(known)).rotation(),
          NOBODY,
          true,
          DOUBT);
    }

    private Optional<Instant> later(Duration span) {
      return Optional.of(attempt.openedAt().plus(span));
    }

    private static Orphans givenAgain(Attempt of, Optional<Instant> issuedAt, boolean reusesIds) {
      var list = new Listed(List.of(new ListedKey("7", "", issuedAt, Optional.empty())), true);
      return Orphans.counted(of, list, Given.minted().rotation(), NOBODY, reusesIds, DOUBT);
    }

    private Orphans issued(Instant at) {
      return counted(
          new Listed(List.of(new ListedKey("8", "", Optional.of(at), Optional.empty())), true),
          NOBODY);
    }

    private Orphans counted(OtherLedgers others, String... ids) {
      return counted(new Listed(Stream.of(ids).map(it -> key(it, "")).toList(), true), others);
    }

    private Orphans counted(Listed list, OtherLedgers others) {
      return Orphans.counted(attempt, list, Given.minted().rotation(), others, false, DOUBT);
    }
  }

  private static ListedKey key(String id, String label) {
    return new ListedKey(id, label, Optional.empty(), Optional.empty());
  }
}
