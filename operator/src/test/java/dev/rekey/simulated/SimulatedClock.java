package dev.rekey.simulated;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands still until somebody moves it. */
public final class SimulatedClock implements InstantSource {
  private Instant now;

  SimulatedClock(Instant start) {
    now = start;
  }

  @Override
  public Instant instant() {
    return now;
  }

  void advance(Duration by) {
    now = now.plus(by);
  }
}
