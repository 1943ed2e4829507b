package dev.rekey.issuer.http;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How long a session is good, as services say it. */
final class Lives {
  private static final double LONGEST = Duration.ofDays(366).toSeconds();

  private Lives() {}

  /** Seconds, as a number or in digits; absent where it is neither. */
  static Optional<Duration> ofSeconds(@Nullable Object value) {
    return switch (value) {
      case Number number -> seconds(number.doubleValue());
      case String text when text.matches("\\d{1,12}") -> seconds(Double.parseDouble(text));
      case null, default -> Optional.empty();
    };
  }

  /** Until a date that was given at {@code now}. */
  static Optional<Duration> until(@Nullable Object value, Instant now) {
    return value == null
        ? Optional.empty()
        : Dates.read(value).map(it -> Duration.between(now, it)).map(Lives::notNegative);
  }

  private static Optional<Duration> seconds(double seconds) {
    return Double.isNaN(seconds)
        ? Optional.empty()
        : Optional.of(Duration.ofSeconds((long) Math.min(Math.max(0, seconds), LONGEST)));
  }

  private static Duration notNegative(Duration life) {
    return life.isNegative() ? Duration.ZERO : life;
  }
}
