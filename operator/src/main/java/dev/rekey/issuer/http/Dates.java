package dev.rekey.issuer.http;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import java.util.Optional;

/**
 * Dates as services write them. Where one can be read in two ways, the earlier is taken: a key that
 * is believed to expire too early is rotated too early, the other way round an application fails.
 */
public final class Dates {
  private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  /** Seconds reach this number in the year 5138, milliseconds have passed it in 1973. */
  private static final double MILLIS_FROM = 1e11;

  private static final DateTimeFormatter FORMAT =
      new DateTimeFormatterBuilder()
          .parseCaseInsensitive()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .optionalStart()
          .appendPattern("['T'][ ]")
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .appendPattern("[ ]")
          .appendPattern("[XXX][XX][X]")
          .optionalEnd()
          .toFormatter(Locale.ROOT)
          .withResolverStyle(ResolverStyle.STRICT);

  private Dates() {}

  /** The instant that is meant; absent where this is no date. */
  public static Optional<Instant> read(Object value) {
    return switch (value) {
      case Instant instant -> within(instant);
      case Long number -> number((double) number);
      case Double number -> number(number);
      case String text when text.matches("\\d{9,13}") -> number(Double.parseDouble(text));
      case String text -> text(text.strip());
      default -> Optional.empty();
    };
  }

  private static Optional<Instant> number(double number) {
    double millis = number < MILLIS_FROM ? number * 1000 : number;
    return Double.isFinite(millis) && millis < LATEST.toEpochMilli()
        ? within(Instant.ofEpochMilli((long) millis))
        : Optional.empty();
  }

  private static Optional<Instant> text(String text) {
    try {
      TemporalAccessor read =
          FORMAT.parseBest(text, OffsetDateTime::from, LocalDateTime::from, LocalDate::from);
      return within(
          switch (read) {
            case OffsetDateTime moment -> moment.toInstant();
            case LocalDateTime moment -> moment.toInstant(ZoneOffset.UTC);
            case LocalDate day -> day.atStartOfDay(ZoneOffset.UTC).toInstant();
            default -> throw new DateTimeException("no date");
          });
    } catch (DateTimeException noDate) {
      return Optional.empty();
    }
  }

  private static Optional<Instant> within(Instant instant) {
    return instant.isBefore(EARLIEST) || instant.isAfter(LATEST)
        ? Optional.empty()
        : Optional.of(instant);
  }
}
