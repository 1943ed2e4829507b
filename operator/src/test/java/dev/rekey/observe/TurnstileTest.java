package dev.rekey.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.config.OperatorConfig;
import dev.rekey.config.Settings;
import dev.rekey.plan.Given;
import dev.rekey.plan.Line.Who;
import dev.rekey.plan.Plan;
import dev.rekey.plan.Step;
import dev.rekey.rotation.Binding;
import dev.rekey.rotation.Cause;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.Ledger;
import dev.rekey.rotation.Observation.Owner;
import dev.rekey.rotation.Observation.Turn;
import dev.rekey.rotation.Observation.Turn.Scope;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Verb;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Two rollouts may run in a namespace at once, and three in the cluster. */
class TurnstileTest {
  private static final Settings SETTINGS =
      OperatorConfig.settings(
          Map.of("REKEY_ROLLOUTS_AT_ONCE", "3", "REKEY_ROLLOUTS_AT_ONCE_PER_NAMESPACE", "2"));
  private static final Step BEGIN = new Step.Begin(Cause.Interval);
  private static final Duration PATIENCE = Duration.ofMinutes(15);

  private final List<Rotation> known = new ArrayList<>();
  private final List<Who> woken = new ArrayList<>();
  private final Turnstile turns = new Turnstile(SETTINGS, () -> List.copyOf(known), woken::add);
  private Instant now = Given.NOW;

  @Test
  void soManyBeginAndTheOthersWaitInTheirOrder() {
    assertThat(turns.take(due("a", 1), BEGIN)).isTrue();
    assertThat(turns.take(due("a", 2), BEGIN)).isTrue();

    assertThat(turns.take(due("a", 3), BEGIN)).isFalse();
    assertThat(waits("a", 3)).isEqualTo(new Turn.Waiting(1, 1, 2, 2, Scope.NAMESPACE));
    assertThat(waits("a", 4)).isEqualTo(new Turn.Waiting(2, 2, 2, 2, Scope.NAMESPACE));
    assertThat(waits("a", 3)).isEqualTo(new Turn.Waiting(1, 2, 2, 2, Scope.NAMESPACE));
    assertThat(turns.take(due("b", 1), BEGIN)).isTrue();
    assertThat(waits("b", 2)).isEqualTo(new Turn.Waiting(1, 1, 3, 3, Scope.CLUSTER));
  }

  @Test
  void whoeverWasFirstIsWokenWhenARolloutIsOver() {
    turns.take(due("a", 1), BEGIN);
    turns.take(due("a", 2), BEGIN);
    waits("a", 3);
    waits("a", 4);

    ends("a", 1);

    assertThat(woken).containsExactly(who("a", 3));
    assertThat(turns.of(due("a", 4))).isInstanceOf(Turn.Waiting.class);
    assertThat(turns.take(due("a", 4), BEGIN)).isFalse();
    assertThat(turns.take(due("a", 3), BEGIN)).isTrue();
  }

  @Test
  void aPlaceIsKeptFromTheBeginningUntilAllHaveMoved() {
    turns.take(due("a", 1), BEGIN);
    turns.take(due("a", 2), BEGIN);

    for (var given :
        List.of(
            Given.begun(),
            Given.minted(),
            Given.published(Duration.ofSeconds(20)),
            Given.published(Duration.ofHours(1)).progress(1, 2, Duration.ofMinutes(3), false))) {
      assertThat(turns.of(seen("a", 1, given))).isEqualTo(new Turn.Granted());
      assertThat(turns.of(due("a", 3))).isInstanceOf(Turn.Waiting.class);
    }
    turns.of(
        seen(
            "a",
            1,
            Given.published(Duration.ofHours(1)).progress(2, 2, Duration.ofMinutes(3), true)));

    assertThat(turns.of(due("a", 3))).isEqualTo(new Turn.Granted());
  }

  @Test
  void aRolloutThatIsStuckKeepsNobodyWaiting() {
    turns.take(due("a", 1), BEGIN);
    var stands = Given.published(Duration.ofHours(1)).progress(1, 2, PATIENCE, false);
    turns.of(seen("a", 1, stands));
    turns.take(due("a", 2), BEGIN);
    assertThat(turns.of(due("a", 3))).isInstanceOf(Turn.Waiting.class);

    now = now.plusSeconds(1);
    assertThat(turns.of(due("a", 3))).isEqualTo(new Turn.Granted());
    turns.of(seen("a", 1, stands));
    assertThat(turns.of(due("a", 3))).as("looked at again").isEqualTo(new Turn.Granted());
  }

  @Test
  void aPlaceThatLeadsToNothingIsGivenBack() {
    turns.take(due("a", 1), BEGIN);
    turns.take(due("a", 2), BEGIN);
    assertThat(turns.of(due("a", 3))).isInstanceOf(Turn.Waiting.class);

    // somebody else had written the ledger: the rotation has not begun
    turns.of(due("a", 1));

    assertThat(turns.of(due("a", 3))).isEqualTo(new Turn.Granted());
  }

  @Test
  void whoeverIsGoneKeepsNoPlaceAndStandsInNoLine() {
    turns.take(due("a", 1), BEGIN);
    turns.take(due("a", 2), BEGIN);
    waits("a", 3);
    waits("a", 4);

    turns.gone("a", who("a", 3).secret(), now);
    turns.gone("a", who("a", 1).secret(), now);

    assertThat(woken).containsExactly(who("a", 4));
    assertThat(turns.take(due("a", 4), BEGIN)).isTrue();
  }

  @Test
  void aPlaceOfAProcessThatForgotItIsGivenBackByItself() {
    turns.take(due("a", 1), BEGIN);
    turns.take(due("a", 2), BEGIN);

    now = now.plus(PATIENCE);
    assertThat(turns.of(due("a", 3))).isInstanceOf(Turn.Waiting.class);
    now = now.plusSeconds(1);
    assertThat(turns.of(due("a", 3))).isEqualTo(new Turn.Granted());
  }

  @Test
  void aRotationThatFailsBeforeItPublishesKeepsNobodyWaiting() {
    turns.take(due("a", 1), BEGIN);
    turns.take(due("a", 2), BEGIN);

    turns.of(seen("a", 1, Given.minted().failed(Verb.VERIFY, "2", Duration.ofMinutes(5))));

    assertThat(turns.take(due("a", 3), BEGIN)).isTrue();
    assertThat(turns.take(seen("a", 1, Given.begun()), new Step.Mint())).isFalse();
  }

  @Test
  void aLeakedKeyTakesAPlaceThoughNoneIsFreeAndOthersWaitForIt() {
    turns.take(due("a", 1), BEGIN);
    turns.take(due("a", 2), BEGIN);

    assertThat(turns.take(due("a", 3), new Step.Begin(Cause.Leaked))).isTrue();

    turns.of(due("a", 1));
    assertThat(waits("a", 4)).isEqualTo(new Turn.Waiting(1, 1, 2, 2, Scope.NAMESPACE));
  }

  @Test
  void whatIsUnderWayWhenAProcessStartsIsCounted() {
    known.add(bound(Given.published(Duration.ofSeconds(20)), "a", 1));
    known.add(bound(Given.published(Duration.ofSeconds(20)), "a", 2));
    known.add(bound(Given.atRest(), "a", 4));
    known.add(bound(Given.soaked(), "a", 5));

    assertThat(turns.of(due("a", 3))).isEqualTo(new Turn.Waiting(1, 1, 2, 2, Scope.NAMESPACE));
  }

  @Test
  void whatIsPublishedNeedsNoTurnAfterARestart() {
    turns.take(due("a", 1), BEGIN);
    turns.take(due("a", 2), BEGIN);

    assertThat(turns.of(seen("a", 3, Given.published(Duration.ofSeconds(20)))))
        .isEqualTo(new Turn.Granted());
  }

  @Test
  void whoWaitsForSomethingElseStandsInNoLine() {
    turns.take(due("a", 1), BEGIN);
    turns.take(due("a", 2), BEGIN);
    waits("a", 3);
    waits("a", 4);

    turns.ended(due("a", 3), new Plan.Wait(now, Reason.Suspended, "suspended"));

    assertThat(turns.of(due("a", 4))).isEqualTo(new Turn.Waiting(1, 1, 2, 2, Scope.NAMESPACE));
  }

  @Test
  void whoDoesNotComeBackKeepsNobodyWaitingAndKeepsItsOrder() {
    turns.take(due("a", 1), BEGIN);
    turns.take(due("a", 2), BEGIN);
    waits("a", 3);
    now = now.plusSeconds(30);
    waits("a", 4);
    ends("a", 1);

    now = now.plus(SETTINGS.heldLook().multipliedBy(2)).plusSeconds(1);
    assertThat(turns.of(due("a", 4))).isEqualTo(new Turn.Granted());
    assertThat(turns.of(due("a", 3))).isEqualTo(new Turn.Granted());
    waits("a", 3);
    assertThat(turns.of(due("a", 4)))
        .as("the other one is back, and was there before")
        .isInstanceOf(Turn.Waiting.class);
  }

  @Test
  void ofManyPassesThatAskAtOnceAsManyBeginAsMay() throws Exception {
    var start = new CountDownLatch(1);
    var passes = new ArrayList<Future<Boolean>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 100; i++) {
        var seen = due(i % 2 == 0 ? "a" : "b", i);
        Callable<Boolean> pass =
            () -> {
              start.await();
              return turns.take(seen, BEGIN);
            };
        passes.add(threads.submit(pass));
      }
      start.countDown();
      int begun = 0;
      for (var pass : passes) {
        begun += pass.get() ? 1 : 0;
      }

      assertThat(begun).isEqualTo(3);
    }
  }

  /** It looks, and waits for its turn. */
  private Turn waits(String namespace, int number) {
    var seen = due(namespace, number);
    var turn = turns.of(seen);
    turns.ended(
        seen, new Plan.Wait(now.plus(SETTINGS.heldLook()), Reason.WaitingForTurn, "in line"));
    return turn;
  }

  /** Its rotation is over, and nothing is due. */
  private void ends(String namespace, int number) {
    var seen = seen(namespace, number, Given.atRest());
    turns.of(seen);
    turns.ended(seen, new Plan.Wait(now.plusSeconds(60), Reason.Idle, "at rest"));
  }

  private Observation due(String namespace, int number) {
    return seen(namespace, number, Given.atRest().dueSince(Duration.ofSeconds(1000 - number)));
  }

  private Observation seen(String namespace, int number, Given given) {
    var seen = given.seen();
    return new Observation(
        now,
        seen.live(),
        seen.resource(),
        new Ledger.Held(bound(given, namespace, number), "1", Owner.THIS_RESOURCE),
        seen.secret(),
        seen.issuer(),
        seen.issuers(),
        seen.consumers());
  }

  private static Rotation bound(Given given, String namespace, int number) {
    return ((Ledger.Held) given.seen().ledger())
        .rotation()
        .boundTo(
            new Binding(
                "cluster-1",
                namespace,
                who(namespace, number).secret(),
                "resource",
                "resource-" + number));
  }

  private static Who who(String namespace, int number) {
    return new Who(namespace, "secret-" + number);
  }
}
