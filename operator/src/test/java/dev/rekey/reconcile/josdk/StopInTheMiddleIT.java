package dev.rekey.reconcile.josdk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica is stopped, kindly or not, while a step is running. */
@Testkube
final class StopInTheMiddleIT {
  private static final Duration LONG_LEASE = Duration.ofSeconds(15);
  private static final Duration LEASE = Duration.ofSeconds(3);
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final Duration STEP = Duration.ofSeconds(1);

  private final Replicas replicas;

  StopInTheMiddleIT(ControlPlane controlPlane, TestNamespace namespace, @TempDir Path folder)
      throws IOException {
    replicas = new Replicas(controlPlane, namespace, folder);
  }

  @AfterEach
  void close() {
    replicas.close();
  }

  @Test
  void aStopWaitsForTheRunningStepAndTheStandbyFollowsAtOnce() throws Exception {
    replicas.create("early", Probe.Spec.taking(Duration.ZERO));
    var leader = replicas.start("a", LONG_LEASE);
    leader.says("end early");
    var standby = replicas.start("b", LONG_LEASE);
    standby.says("started");
    replicas.create("slow", Probe.Spec.taking(STEP));
    leader.says("begin slow");

    leader.signal("TERM");

    assertThat(leader.ends(SOON)).isZero();
    leader.says("end slow");
    // with its next try, not when 15 s are over
    assertThat(standby.says("begin slow") - leader.says("end slow")).isBetween(0L, 3000L);
    assertThat(replicas.holder()).isEqualTo("b");
  }

  @Test
  void aStopInterruptsAStepThatTakesTooLong() throws Exception {
    replicas.create("endless", Probe.Spec.taking(Duration.ofHours(1)));
    var leader = replicas.start("a", LEASE);
    leader.says("begin endless");

    leader.signal("TERM");

    assertThat(leader.ends(SOON)).isZero();
    leader.says("interrupted endless");
    assertThat(replicas.holder()).isNull();
  }

  @Test
  void aStopBesideAStepThatIsStuckLeavesTheLeaseToItsEnd() throws Exception {
    replicas.create("stuck", Probe.Spec.stuck());
    var leader = replicas.start("a", LEASE);
    leader.says("begin stuck");

    leader.signal("TERM");

    assertThat(leader.ends(SOON)).isZero();
    assertThat(System.currentTimeMillis()).isLessThan(replicas.leaseEnds());
    assertThat(replicas.holder()).isEqualTo("a");
  }

  @Test
  void aStopEndsAlsoWhileTheApiServerDoesNotAnswer() throws Exception {
    replicas.create("early", Probe.Spec.taking(Duration.ZERO));
    var leader = replicas.startWired("a", LEASE);
    leader.says("end early");

    replicas.wire().cut(Wire.Cut.SILENT);
    leader.signal("TERM");

    assertThat(leader.ends(SOON)).isZero();
  }

  @Test
  void afterAKillTheNextReplicaStartsOver() throws Exception {
    replicas.create("slow", Probe.Spec.taking(STEP));
    var killed = replicas.start("a", LEASE);
    killed.says("begin slow");

    killed.signal("KILL");
    killed.ends(SOON);
    var leaseEnds = replicas.leaseEnds();

    var next = replicas.start("b", LEASE);
    next.says("end slow");
    assertThat(next.begun().getFirst()).isGreaterThanOrEqualTo(leaseEnds);
  }
}
