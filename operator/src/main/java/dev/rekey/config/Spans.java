package dev.rekey.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lengths of time as people write them in a resource: {@code 90d}, {@code 1h30m}, {@code 15s}.
 * Whole numbers with a unit each, larger units first; a day is 24 hours.
 */
public final class Spans {
  private static final Pattern SPAN =
      Pattern.compile(
          "(?:(\\d{1,6})d)?(?:(\\d{1,9})h)?(?:(\\d{1,9})m)?(?:(\\d{1,9})s)?(?:(\\d{1,9})ms)?");

  /** Beyond this a span is a slip of the pen, and an instant plus the span might not exist. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private Spans() {}

  /**
   * Reads a span.
   *
   * @throws IllegalArgumentException with a message that says what to write instead
   */
  public static Duration parse(String text) {
    Matcher parts = SPAN.matcher(text);
    if (text.isEmpty() || !parts.matches()) {
      throw new IllegalArgumentException(
          "is not a length of time; write whole numbers with units d, h, m, s, ms, larger units"
              + " first, as in 90d or 1h30m");
    }
    Duration span =
        Duration.ofDays(number(parts, 1))
            .plusHours(number(parts, 2))
            .plusMinutes(number(parts, 3))
            .plusSeconds(number(parts, 4))
            .plusMillis(number(parts, 5));
    if (span.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("is longer than 36500d; write a shorter length of time");
    }
    return span;
  }

  /** Writes a span as {@link #parse} reads it; what is below a millisecond is left out. */
  public static String format(Duration span) {
    if (span.isNegative()) {
      return "-" + format(span.negated());
    }
    StringBuilder text = new StringBuilder();
    append(text, span.toDaysPart(), "d");
    append(text, span.toHoursPart(), "h");
    append(text, span.toMinutesPart(), "m");
    append(text, span.toSecondsPart(), "s");
    append(text, span.toMillisPart(), "ms");
    return text.isEmpty() ? "0s" : text.toString();
  }

  private static void append(StringBuilder text, long number, String unit) {
    if (number != 0) {
      text.append(number).append(unit);
    }
  }

  private static long number(Matcher parts, int group) {
    String digits = parts.group(group);
    return digits == null ? 0 : Long.parseLong(digits);
  }
}
