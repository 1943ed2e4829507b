package dev.rekey.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PodVerdictTest {
  private static final Instant SETTLED = Instant.parse("2026-06-01T12:00:00Z");
  private static final Duration DOUBT = Duration.ofSeconds(5);

  @Test
  void aPodWithTheStampHasMoved() {
    assertMoved(pod("lineage1.7", true, SETTLED.minusSeconds(60)));
    assertMoved(pod("lineage1.8", true, SETTLED.minusSeconds(60)));
    // the stamp proves it for a pod that belongs to nobody as well
    assertMoved(pod("lineage1.7", false, SETTLED.minusSeconds(60)));
  }

  @Test
  void aPodWithAnOlderStampOrAnotherLineagesIsBehind() {
    assertBehind(pod("lineage1.6", true, SETTLED.plusSeconds(60)), "before the new key");
    assertBehind(pod("lineage2.9", true, SETTLED.plusSeconds(60)), "before the new key");
  }

  @Test
  void aPodThatShouldCarryAStampAndDoesNotIsBehindHoweverYoungItIs() {
    assertBehind(pod("", true, SETTLED.plus(Duration.ofDays(1))), "before the new key");
    assertBehind(pod("no stamp", true, SETTLED.plus(Duration.ofDays(1))), "before the new key");
  }

  @Test
  void aPodOfNobodyHasMovedIfItStartedSurelyAfterTheSecretHadSettled() {
    assertBehind(pod("", false, SETTLED), "restart it by hand");
    assertBehind(pod("", false, SETTLED.plus(DOUBT)), "restart it by hand");
    assertMoved(pod("", false, SETTLED.plus(DOUBT).plusMillis(1)));
  }

  @Test
  void aTerminatingPodHasNotMovedBeforeItIsOver() {
    assertBehind(pod("lineage1.6", true, SETTLED, false, true), "terminating");
    assertMoved(pod("lineage1.6", true, SETTLED, true, true));
    assertMoved(pod("", false, SETTLED, true, false));
  }

  @Test
  void aPodIsBehindWhereNothingWasWrittenYet() {
    assertThat(
            PodVerdict.of(
                pod("", false, SETTLED.plusSeconds(60)), "lineage1", 7, Instant.MAX, DOUBT))
        .isInstanceOf(PodVerdict.Behind.class);
  }

  private static void assertMoved(Consumers.Pod pod) {
    assertThat(verdict(pod)).isEqualTo(new PodVerdict.Moved());
  }

  private static void assertBehind(Consumers.Pod pod, String why) {
    assertThat(verdict(pod))
        .isInstanceOfSatisfying(PodVerdict.Behind.class, it -> assertThat(it.why()).contains(why));
  }

  private static PodVerdict verdict(Consumers.Pod pod) {
    return PodVerdict.of(pod, "lineage1", 7, SETTLED, DOUBT);
  }

  private static Consumers.Pod pod(String stamp, boolean stampable, Instant createdAt) {
    return pod(stamp, stampable, createdAt, false, false);
  }

  private static Consumers.Pod pod(
      String stamp, boolean stampable, Instant createdAt, boolean over, boolean terminating) {
    return new Consumers.Pod(
        "api-1",
        createdAt,
        Optional.of(stamp).flatMap(Stamp::parse),
        stampable,
        Reading.TAKEN,
        stampable
            ? Optional.empty()
            : Optional.of(new Hindrance(Reason.BarePod, "is nobody's; restart it by hand")),
        over,
        terminating);
  }
}
