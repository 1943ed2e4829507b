package dev.rekey.issuer.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** JSON to plain maps, lists and values, and back. */
final class Json {
  private static final int DEEPEST_NESTING = 100;

  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(DEEPEST_NESTING).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Json() {}

  /**
   * A JSON value that was read.
   *
   * @param value null for JSON's own null
   */
  record Read(@Nullable Object value) {}

  /** Absent where the bytes are no JSON; the parser's message repeats them and is thrown away. */
  static Optional<Read> read(byte[] bytes) {
    if (bytes.length == 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(new Read(MAPPER.readValue(bytes, Object.class)));
    } catch (IOException noJson) {
      return Optional.empty();
    }
  }

  static byte[] write(@Nullable Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException impossible) {
      // Only maps, lists, texts, numbers and truth values come here. No cause: it repeats values.
      throw new IllegalStateException("a request's body cannot be written as JSON");
    }
  }
}
