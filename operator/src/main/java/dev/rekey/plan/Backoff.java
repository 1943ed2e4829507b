package dev.rekey.plan;

import dev.rekey.config.Settings;
import dev.rekey.rotation.Failure;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.Verb;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How long something that failed is left alone. Pure, so that it survives a restart in the ledger.
 */
public final class Backoff {
  private Backoff() {}

  /** The failure to write down, after {@code before}, the last one of the same verb and subject. */
  public static Failure after(
      Optional<Failure> before,
      Verb verb,
      String subject,
      Fault fault,
      long generation,
      Instant now,
      Settings settings) {
    int count = before.map(Failure::count).orElse(0) + 1;
    var pause = doubled(settings.backoff(), count - 1, settings.backoffCeiling());
    var asked = fault.retryAfter().orElse(Duration.ZERO);
    return new Failure(
        verb,
        subject,
        count,
        now.plus(asked.compareTo(pause) > 0 ? asked : pause),
        generation,
        fault.reason(),
        fault.message());
  }

  private static Duration doubled(Duration first, int times, Duration ceiling) {
    var pause = first;
    for (int i = 0; i < times && pause.compareTo(ceiling) < 0; i++) {
      pause = pause.multipliedBy(2);
    }
    return pause.compareTo(ceiling) > 0 ? ceiling : pause;
  }
}
