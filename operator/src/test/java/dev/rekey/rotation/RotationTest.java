package dev.rekey.rotation;

import static dev.rekey.plan.Given.ISSUER;
import static dev.rekey.plan.Given.NOW;
import static dev.rekey.plan.Given.key;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class RotationTest {
  private final Rotation begun =
      Rotation.begin("lineage", new Binding("c", "n", "s", "r", "u"), List.of("old"))
          .adopted(key("1", Role.CURRENT, NOW))
          .published(publication(1, "1"))
          .written(NOW)
          .begun(run(1), List.of("new"));
  private final Rotation rolling =
      begun
          .opened(attempt("2"))
          .minted("2", key("2", Role.NEXT, NOW))
          .published(publication(2, "2"))
          .written(NOW)
          .progressed(new Run.Progress(2, 2, NOW, Optional.of(NOW)));

  @Test
  void aKeyThatIsCondemnedIsFollowedByTheNext() {
    var condemned = rolling.condemned("1");

    assertThat(condemned.key("1").map(Key::role)).contains(Role.CONDEMNED);
    assertThat(condemned.key("2").map(Key::role)).contains(Role.CURRENT);
    assertThat(condemned.run().flatMap(Run::keyName)).contains("2");
  }

  @Test
  void aNewKeyThatIsCondemnedLeavesTheOldOneInUse() {
    var given = begun.opened(attempt("2")).minted("2", key("2", Role.NEXT, NOW)).condemned("2");

    assertThat(given.key("1").map(Key::role)).contains(Role.CURRENT);
    assertThat(given.run().flatMap(Run::keyName)).isEmpty();
  }

  @Test
  void publishingAgainCountsAsShowingEveryKeyThatWasEverShown() {
    var again = rolling.republished(publication(3, "2"));

    assertThat(again.key("1").orElseThrow().lastPublication()).isEqualTo(OptionalInt.of(2));
    assertThat(again.key("2").orElseThrow().lastPublication()).isEqualTo(OptionalInt.of(3));
    assertThat(again.run().flatMap(Run::progress)).isEmpty();
    assertThat(again.publication().flatMap(Publication::writtenAt)).isEmpty();
  }

  @Test
  void theRunKnowsWhichPublicationsShowedItsKeyAlsoWhenItIsTakenBack() {
    assertThat(begun.run().flatMap(Run::shownIn)).isEmpty();
    assertThat(rolling.run().flatMap(Run::shownIn)).contains(new Run.Publications(2, 2));

    var again = rolling.republished(publication(3, "2"));
    assertThat(again.run().flatMap(Run::shownIn)).contains(new Run.Publications(2, 3));

    var back = again.rolledBack("2", publication(4, "1")).republished(publication(5, "1"));
    assertThat(back.run().flatMap(Run::shownIn)).contains(new Run.Publications(2, 3));
  }

  @Test
  void anotherKeyOfTheSameRunIsShownInOtherPublications() {
    var another =
        rolling
            .run(it -> it.bringing(Optional.empty()))
            .opened(attempt("3"))
            .minted("3", key("3", Role.NEXT, NOW));

    assertThat(another.run().flatMap(Run::shownIn)).isEmpty();
    assertThat(another.published(publication(3, "3")).run().flatMap(Run::shownIn))
        .contains(new Run.Publications(3, 3));
  }

  @Test
  void whatWasAtTheSecretBeforeAWriteMayHaveShownEveryKeyThatWasEverShown() {
    var decided = rolling.condemned("1").published(publication(3, "2"));

    var touched = decided.touchedBeforeWrite();

    assertThat(touched.key("1").orElseThrow().lastPublication()).isEqualTo(OptionalInt.of(2));
    assertThat(touched.key("2").orElseThrow().lastPublication()).isEqualTo(OptionalInt.of(3));
    assertThat(touched.publication()).isEqualTo(decided.publication());
    assertThat(touched.touchedBeforeWrite()).isEqualTo(touched);
  }

  @Test
  void aKeyThatNobodyHasSeenIsNotShownByPublishingAgain() {
    var again =
        begun
            .opened(attempt("2"))
            .minted("2", key("2", Role.NEXT, NOW))
            .republished(publication(2, "1"));

    assertThat(again.key("2").orElseThrow().lastPublication()).isEmpty();
  }

  @Test
  void onlyAKeyThatIsPublishedEndsThePausesBetweenMints() {
    var failed = begun.failed(failure(Verb.MINT, "s"));
    var minted = failed.opened(attempt("2")).minted("2", key("2", Role.NEXT, NOW));

    assertThat(minted.failure(Verb.MINT, "s")).isPresent();
    assertThat(minted.republished(publication(2, "1")).failure(Verb.MINT, "s")).isPresent();
    assertThat(minted.published(publication(2, "2")).failure(Verb.MINT, "s")).isEmpty();
  }

  @Test
  void aRotationThatIsOverLeavesOnlyWhatIsStillToBeDeleted() {
    var over =
        rolling
            .condemned("1")
            .failed(failure(Verb.DELETE, "1"))
            .failed(failure(Verb.STAMP, "Deployment api"))
            .completed(NOW.plusSeconds(60));

    assertThat(over.run()).isEmpty();
    assertThat(over.failures()).extracting(Failure::verb).containsExactly(Verb.DELETE);
    assertThat(over.history())
        .containsExactly(
            new PastRun(
                Cause.Interval, NOW, NOW.plusSeconds(60), Optional.of("2"), 2, Optional.empty()));
    assertThat(over.forgotten("1").failures()).isEmpty();
  }

  @Test
  void onWhatTheOldKeyWentOutOfUseIsKeptInTheHistory() {
    var evidence = Evidence.of(NOW, 2, Map.of(Evidence.Term.STAMPED, List.of("api-1")));
    var over =
        rolling
            .run(it -> it.proven(evidence))
            .condemned("1")
            .republished(publication(3, "2"))
            .written(NOW)
            .completed(NOW);

    assertThat(over.history().getFirst().evidence()).contains(evidence);
    assertThat(over.begun(run(2), List.of()).run().flatMap(Run::evidence)).isEmpty();
  }

  @Test
  void aKeyThatIsLeftToAPersonIsNamedInTheHistory() {
    var over = rolling.retired("1").completed(NOW);

    assertThat(over.keys()).extracting(Key::name).containsExactly("2");
    assertThat(over.history().getFirst().leftToPerson()).contains("key 1 (…er-1)");
  }

  @Test
  void theLastFiveRotationsAreRemembered() {
    var rotation = begun;
    for (int i = 2; i < 10; i++) {
      rotation = rotation.completed(NOW.plusSeconds(i)).begun(run(i), List.of());
    }

    assertThat(rotation.history()).hasSize(5);
    assertThat(rotation.history().getFirst().completedAt()).isEqualTo(NOW.plusSeconds(9));
  }

  @Test
  void tokensAreRememberedOnceAndTheOldestOnesForgotten() {
    assertThat(begun.handledTokens()).containsExactly("old", "new");
    assertThat(begun.begun(run(2), List.of("new")).handledTokens()).hasSize(2);

    var rotation = begun;
    for (int i = 0; i < 600; i++) {
      rotation = rotation.begun(run(i), List.of("token " + i));
    }
    assertThat(rotation.handledTokens()).hasSize(500).doesNotContain("old").endsWith("token 599");
  }

  private static Run run(int sequence) {
    return new Run(
        sequence,
        Cause.Interval,
        NOW,
        ISSUER,
        Map.of("apiKey", "${key.value}"),
        Duration.ofSeconds(15),
        Duration.ofMinutes(10),
        Duration.ofMinutes(15),
        0,
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void aKeyThatIsTakenOverWasThereBeforeItsNewLineagePublishedAnything() {
    var here = new Binding("c", "n", "s", "r", "u");
    var shown = key("1", Role.CURRENT, NOW).shownIn(7);
    var foreign = Rotation.begin("theirs", here, List.of()).adopted(shown);

    var taken = foreign.takenOver("ours", here, shown, Optional.empty(), NOW);

    assertThat(taken.key(Role.CURRENT).orElseThrow().lastPublication())
        .isEqualTo(OptionalInt.of(0));
    assertThat(taken.left()).isEmpty();
  }

  @Test
  void whatIsAbandonedIsNamedEvenWhereNoKeyIsUnfinished() {
    var newForm = begun.run(it -> it.bringing(Optional.of("1")));

    var abandoned = newForm.abandoned(NOW, false);

    assertThat(abandoned.left())
        .singleElement()
        .satisfies(it -> assertThat(it.reason()).isEqualTo(Reason.Abandoned));
  }

  @Test
  void anUrgentRotationDoesNotWaitForAFailedRollout() {
    var takenBack =
        Rotation.begin("lineage", new Binding("c", "n", "s", "r", "u"), List.of())
            .failed(
                new Failure(Verb.MINT, "messaging", 1, NOW, 1, Reason.RolledBack, "taken back"));

    for (var cause : Cause.values()) {
      var begun =
          takenBack.begun(
              new Run(
                  1,
                  cause,
                  NOW,
                  ISSUER,
                  Map.of(),
                  Duration.ZERO,
                  Duration.ZERO,
                  Duration.ZERO,
                  0,
                  Optional.empty(),
                  Optional.empty()),
              List.of());
      assertThat(begun.failures().isEmpty()).isEqualTo(cause.isUrgent());
    }
  }

  @Test
  void anIdThatIsFreedMayBeGivenToTheKeyOfAnAttempt() {
    var counted =
        new Attempt(
            "2",
            "rk-2",
            ISSUER,
            Attempt.State.LOST,
            NOW,
            NOW,
            0,
            Optional.empty(),
            Tracing.COUNTABLE,
            List.of("1", "7"));
    var given = begun.opened(counted);

    var freed = given.idFreed(given.key("1").orElseThrow());

    assertThat(freed.attempts().getFirst().freed()).containsExactly("1");
  }

  private static Attempt attempt(String id) {
    return new Attempt(
        id,
        "rk-" + id,
        ISSUER,
        Attempt.State.OPEN,
        NOW,
        NOW,
        0,
        Optional.empty(),
        Tracing.LABELLED,
        List.of());
  }

  private static Publication publication(int number, String key) {
    return new Publication(
        number, key, Map.of("apiKey", SecretText.of("value of " + key)), Optional.empty());
  }

  private static Failure failure(Verb verb, String subject) {
    return new Failure(verb, subject, 1, NOW, 1, Reason.IssuerFailed, "The issuer failed.");
  }
}
