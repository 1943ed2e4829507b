package dev.rekey.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PodVerdictTest {
  private static final Instant SETTLED = Instant.parse("2026-06-01T12:00:00Z");
  private static final Duration DOUBT = Duration.ofSeconds(5);

  private static final Restarts NONE = new Restarts(Restarts.Strategy.NONE, Optional.empty());

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
  void aPodOfARolloutIsToldByItsAgeThoughItsWorkloadIsRestarted() {
    assertBehind(ofRollout(SETTLED.plus(DOUBT)), "started before the new key");
    assertMoved(ofRollout(SETTLED.plus(DOUBT).plusMillis(1)));
  }

  @Test
  void aPodOfARolloutThatIsNotListedIsNamedForThat() {
    var others = new Restarts(Restarts.Strategy.RESTART, Optional.of(List.of("Deployment web")));

    assertReason(verdict(ofRollout(SETTLED), others, Optional.empty()), Reason.NotListed);
  }

  private static Consumers.Pod ofRollout(Instant createdAt) {
    return new Consumers.Pod(
        "web-1",
        "uid-web-1",
        createdAt,
        Optional.empty(),
        Optional.of("Rollout web"),
        Reading.TAKEN,
        Optional.empty(),
        false,
        false,
        Optional.empty(),
        new Readiness.Ready(),
        false,
        false,
        true);
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
                pod("", false, SETTLED.plusSeconds(60)),
                new PodVerdict.Measure(
                    "lineage1", 7, Instant.MAX, DOUBT, Restarts.ALL, Optional.empty())))
        .isInstanceOf(PodVerdict.Behind.class);
  }

  @Test
  void aPodThatOnlyPullsImagesHasMovedOnceThePublicationHasSettled() {
    var pulling = with(pod("", true, SETTLED.minusSeconds(60)), Reading.PULLED);

    assertMoved(pulling);
    assertThat(PodVerdict.of(pulling, measure(Instant.MAX, Restarts.ALL, Optional.empty())))
        .isInstanceOf(PodVerdict.Behind.class);
  }

  @Test
  void withoutRestartsAMountedFileIsRenewedByAKubeletThatWasAtWorkAllTheWhile() {
    var written = SETTLED.minusSeconds(15);
    var mounting = with(pod("", true, SETTLED.minusSeconds(600)), Reading.MOUNTED);
    var longAgo = Optional.of(written);

    assertThat(verdict(onNode(mounting, written.minusSeconds(60)), NONE, longAgo))
        .isEqualTo(new PodVerdict.Moved(Evidence.Term.FILES_RENEWED));
    // too early
    assertReason(
        verdict(onNode(mounting, written.minusSeconds(60)), NONE, Optional.empty()),
        Reason.WaitingForConsumers);
    // its node was away meanwhile, or may have been, or nobody knows
    assertReason(
        verdict(onNode(mounting, written.plusSeconds(1)), NONE, longAgo),
        Reason.WaitingForConsumers);
    assertReason(
        verdict(onNode(mounting, written.minus(DOUBT)), NONE, longAgo), Reason.WaitingForConsumers);
    assertReason(verdict(mounting, NONE, longAgo), Reason.WaitingForConsumers);
    // whoever is restarted does not need it, and whoever restarts does not read the file again
    assertReason(
        verdict(onNode(mounting, written.minusSeconds(60)), Restarts.ALL, longAgo),
        Reason.WaitingForConsumers);
  }

  @Test
  void withoutRestartsAPodThatTakesTheKeyOnceIsBehindUntilSomebodyRestartsIt() {
    var written = SETTLED.minusSeconds(15);
    var taking = onNode(pod("", true, SETTLED.minusSeconds(600)), written.minusSeconds(60));

    assertReason(verdict(taking, NONE, Optional.of(written)), Reason.NotReloaded);
    // Rekey stamps nobody then, so its start tells
    assertThat(verdict(pod("", true, SETTLED.plusSeconds(6)), NONE, Optional.of(written)))
        .isInstanceOf(PodVerdict.Moved.class);
  }

  @Test
  void aPodOfAWorkloadThatIsNotListedIsWaitedForAndNotForgotten() {
    var others = new Restarts(Restarts.Strategy.RESTART, Optional.of(List.of("Deployment web")));

    assertReason(
        verdict(pod("", true, SETTLED.minusSeconds(60)), others, Optional.empty()),
        Reason.NotListed);
    assertThat(verdict(pod("", true, SETTLED.plusSeconds(6)), others, Optional.empty()))
        .isInstanceOf(PodVerdict.Moved.class);
  }

  @Test
  void whatIsWrongWithItsNodeIsSaidOfAPodThatDoesNotEnd() {
    var ending = pod("", true, SETTLED.minusSeconds(60), false, true);
    var stranded =
        new Consumers.Pod(
            ending.name(),
            ending.uid(),
            ending.createdAt(),
            ending.stamp(),
            ending.workload(),
            ending.reading(),
            Optional.of(new Hindrance(Reason.NodeUnreachable, "is on node a")),
            false,
            true,
            Optional.empty(),
            new Readiness.Ready(),
            false);

    assertReason(verdict(stranded), Reason.NodeUnreachable);
  }

  @Test
  void byWhatAPodHasMovedIsTheFirstTermThatHolds() {
    var longAgo = SETTLED.minusSeconds(60);
    var over = pod("lineage1.7", true, longAgo, true, false);

    assertMovedBy(Evidence.Term.OVER, over);
    assertMovedBy(Evidence.Term.OUT_OF_SERVICE, onNodeOutOfService(over));
    assertMovedBy(Evidence.Term.STAMPED, pod("lineage1.7", false, SETTLED.plusSeconds(60)));
    assertMovedBy(Evidence.Term.CREATED_LATER, pod("", false, SETTLED.plusSeconds(60)));
    assertMovedBy(Evidence.Term.PULLS_ONLY, with(pod("", true, longAgo), Reading.PULLED));
  }

  private static void assertMovedBy(Evidence.Term term, Consumers.Pod pod) {
    assertThat(verdict(pod)).isEqualTo(new PodVerdict.Moved(term));
  }

  private static Consumers.Pod onNodeOutOfService(Consumers.Pod it) {
    return new Consumers.Pod(
        it.name(),
        it.uid(),
        it.createdAt(),
        it.stamp(),
        it.workload(),
        it.reading(),
        it.hindrance(),
        it.over(),
        it.terminating(),
        it.nodeReadySince(),
        it.readiness(),
        it.holdsUpItsSet(),
        true,
        it.toldByAge());
  }

  private static PodVerdict verdict(
      Consumers.Pod pod, Restarts restarts, Optional<Instant> renewed) {
    return PodVerdict.of(pod, measure(SETTLED, restarts, renewed));
  }

  private static PodVerdict.Measure measure(
      Instant settledAt, Restarts restarts, Optional<Instant> renewed) {
    return new PodVerdict.Measure("lineage1", 7, settledAt, DOUBT, restarts, renewed);
  }

  private static Consumers.Pod with(Consumers.Pod it, Reading reading) {
    return new Consumers.Pod(
        it.name(),
        it.uid(),
        it.createdAt(),
        it.stamp(),
        it.workload(),
        reading,
        it.hindrance(),
        it.over(),
        it.terminating(),
        it.nodeReadySince(),
        it.readiness(),
        it.holdsUpItsSet());
  }

  private static Consumers.Pod onNode(Consumers.Pod it, Instant readySince) {
    return new Consumers.Pod(
        it.name(),
        it.uid(),
        it.createdAt(),
        it.stamp(),
        it.workload(),
        it.reading(),
        it.hindrance(),
        it.over(),
        it.terminating(),
        Optional.of(readySince),
        it.readiness(),
        it.holdsUpItsSet());
  }

  private static void assertReason(PodVerdict verdict, Reason reason) {
    assertThat(verdict)
        .isInstanceOfSatisfying(
            PodVerdict.Behind.class, it -> assertThat(it.reason()).isEqualTo(reason));
  }

  private static void assertMoved(Consumers.Pod pod) {
    assertThat(verdict(pod)).isInstanceOf(PodVerdict.Moved.class);
  }

  private static void assertBehind(Consumers.Pod pod, String why) {
    assertThat(verdict(pod))
        .isInstanceOfSatisfying(PodVerdict.Behind.class, it -> assertThat(it.why()).contains(why));
  }

  private static PodVerdict verdict(Consumers.Pod pod) {
    return PodVerdict.of(
        pod, new PodVerdict.Measure("lineage1", 7, SETTLED, DOUBT, Restarts.ALL, Optional.empty()));
  }

  private static Consumers.Pod pod(String stamp, boolean stampable, Instant createdAt) {
    return pod(stamp, stampable, createdAt, false, false);
  }

  private static Consumers.Pod pod(
      String stamp, boolean stampable, Instant createdAt, boolean over, boolean terminating) {
    return new Consumers.Pod(
        "api-1",
        "uid-api-1",
        createdAt,
        Optional.of(stamp).flatMap(Stamp::parse),
        stampable ? Optional.of("Deployment api") : Optional.empty(),
        Reading.TAKEN,
        stampable
            ? Optional.empty()
            : Optional.of(new Hindrance(Reason.BarePod, "is nobody's; restart it by hand")),
        over,
        terminating,
        Optional.empty(),
        new Readiness.Ready(),
        false);
  }
}
