package dev.rekey.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** A lease is ours for as long as both clocks say so, and not a moment longer. */
class TenureTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final long START = Long.MAX_VALUE - Duration.ofSeconds(7).toNanos(); // runs over

  private final Tenure tenure = new Tenure(Duration.ofSeconds(10));

  @Test
  void nothingIsHeldBeforeTheLeaseWasRead() {
    assertThat(new Tenure(Duration.ofSeconds(10)).holds(0, NOON)).isFalse();

    tenure.begin(at(0), NOON);

    assertThat(tenure.holds(at(0), NOON)).isFalse();
  }

  @Test
  void itLastsFromTheRenewalAndNotFromTheReading() {
    tenure.seen(NOON.minusSeconds(4), at(0), NOON);

    assertThat(tenure.holds(at(5), NOON.plusSeconds(5))).isTrue();
    assertThat(tenure.holds(at(6), NOON.plusSeconds(6))).isFalse();
    assertThat(tenure.isOver(at(5))).isFalse();
    assertThat(tenure.isOver(at(6))).isTrue();
  }

  @Test
  void aPausedProcessHoldsNothingWhenItWakes() {
    tenure.seen(NOON, at(0), NOON);

    assertThat(tenure.holds(at(60), NOON.plusSeconds(60))).isFalse();
  }

  @Test
  void aMachineThatWasSuspendedHoldsNothingWhenItWakes() {
    tenure.seen(NOON, at(0), NOON);

    assertThat(tenure.holds(at(1), NOON.plusSeconds(60)))
        .as("its monotonic clock stood still")
        .isFalse();
  }

  @Test
  void aWallClockThatIsSetBackProlongsNothing() {
    tenure.seen(NOON, at(0), NOON);
    tenure.seen(NOON, at(8), NOON.minusSeconds(3600));

    assertThat(tenure.holds(at(9), NOON.minusSeconds(3599))).isTrue();
    assertThat(tenure.holds(at(10), NOON.minusSeconds(3598))).isFalse();
  }

  @Test
  void eachRenewalProlongsIt() {
    tenure.seen(NOON, at(0), NOON);
    tenure.seen(NOON.plusSeconds(8), at(9), NOON.plusSeconds(9));

    assertThat(tenure.holds(at(17), NOON.plusSeconds(17))).isTrue();
    assertThat(tenure.holds(at(18), NOON.plusSeconds(18))).isFalse();
  }

  private static long at(long seconds) {
    return START + Duration.ofSeconds(seconds).toNanos();
  }
}
