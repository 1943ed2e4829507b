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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A replica that is not, or not surely, the leader any more does nothing more, and ends. */
@Testkube
final class LostLeaseIT {
  private static final Duration LEASE = Duration.ofSeconds(3);
  private static final Duration SOON = Duration.ofSeconds(5);

  private final Replicas replicas;

  LostLeaseIT(ControlPlane controlPlane, TestNamespace namespace, @TempDir Path folder)
      throws IOException {
    replicas = new Replicas(controlPlane, namespace, folder);
    replicas.create("busy", Probe.Spec.busy());
  }

  @AfterEach
  void close() {
    replicas.close();
  }

  @Test
  void aReplicaWhoseLeaseWasTakenEnds() throws Exception {
    var replica = replicas.start("a", LEASE);
    replica.says("begin busy");

    replicas.leaseIsTakenBy("thief");

    assertThat(replica.ends(SOON)).isEqualTo(OperatorProcess.LOST);
    assertThat(replicas.holder()).isEqualTo("thief");
  }

  @ParameterizedTest
  @EnumSource
  void aReplicaThatIsCutOffEndsBeforeItsLeaseDoes(Wire.Cut how) throws Exception {
    var replica = replicas.startWired("a", LEASE);
    replica.says("begin busy");

    replicas.wire().cut(how);

    assertThat(replica.ends(SOON)).isEqualTo(OperatorProcess.LOST);
    assertThat(System.currentTimeMillis()).isLessThan(replicas.leaseEnds());
  }

  @Test
  void aReplicaThatWasSuspendedPastItsLeaseDoesNothingMore() throws Exception {
    var sleeper = replicas.start("a", LEASE);
    sleeper.says("begin busy");
    var standby = replicas.start("b", LEASE);
    var watching = standby.says("started");
    sleeper.says(watching + 500, "begin busy");
    assertThat(standby.begun()).isEmpty();

    sleeper.signal("STOP");
    standby.says("begin busy");
    var woken = System.currentTimeMillis();
    sleeper.signal("CONT");

    assertThat(sleeper.ends(SOON)).isEqualTo(OperatorProcess.LOST);
    assertThat(sleeper.begun().getLast()).isLessThan(woken);
    assertThat(replicas.holder()).isEqualTo("b");
  }
}
