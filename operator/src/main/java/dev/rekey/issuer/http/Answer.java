package dev.rekey.issuer.http;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An answer of an issuer, read whole. It may hold a key's value, so that it never prints itself.
 */
final class Answer {
  private static final Duration LONGEST_WAIT = Duration.ofDays(1);

  private final int status;
  private final HttpHeaders headers;
  private final boolean tooLarge;
  private final Instant receivedAt;
  private final Optional<Json.Read> json;

  /**
   * An answer.
   *
   * @param body its body, absent where it is larger than what is read
   */
  Answer(int status, HttpHeaders headers, Optional<byte[]> body, Instant receivedAt) {
    this.status = status;
    this.headers = headers;
    this.tooLarge = body.isEmpty();
    this.receivedAt = receivedAt;
    this.json = body.flatMap(Json::read);
  }

  int status() {
    return status;
  }

  boolean success() {
    return status >= 200 && status < 300;
  }

  boolean tooLarge() {
    return tooLarge;
  }

  /** The body as JSON; absent where it is none. */
  Optional<Json.Read> json() {
    return json;
  }

  /** A header, its lines joined; empty where there is none. */
  String header(String name) {
    return String.join(", ", headers.allValues(name));
  }

  /** A header line by line, for one whose lines cannot be joined. */
  List<String> headerLines(String name) {
    return headers.allValues(name);
  }

  Instant receivedAt() {
    return receivedAt;
  }

  /** What expressions over an answer know; the body is null where it is no JSON. */
  Map<String, @Nullable Object> values() {
    Map<String, @Nullable Object> values = new HashMap<>();
    values.put("status", status);
    values.put("headers", headerMap());
    values.put("body", json.map(Json.Read::value).orElse(null));
    return values;
  }

  private Map<String, String> headerMap() {
    Map<String, String> joined = new HashMap<>();
    headers
        .map()
        .forEach(
            (name, values) -> joined.put(name.toLowerCase(Locale.ROOT), String.join(", ", values)));
    return joined;
  }

  /** How long the issuer asks to be left alone, at most a day. */
  Optional<Duration> retryAfter() {
    return headers
        .firstValue("retry-after")
        .flatMap(this::wait)
        .map(asked -> asked.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : asked);
  }

  private Optional<Duration> wait(String value) {
    String text = value.strip();
    if (text.matches("\\d{1,9}")) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
    }
    try {
      Instant until = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration left = Duration.between(receivedAt, until);
      return Optional.of(left.isNegative() ? Duration.ZERO : left);
    } catch (DateTimeException noDate) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return "Answer[" + status + "]";
  }
}
