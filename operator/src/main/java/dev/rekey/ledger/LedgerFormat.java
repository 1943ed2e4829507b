package dev.rekey.ledger;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.SecretText;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A ledger as text: {@code {"schema": 1, "rotation": {…}}}. This is the only place that writes
 * secret texts out; any other serializer would find nothing in {@link SecretText} to write.
 */
final class LedgerFormat {
  /** Counted up when a newer Rekey writes what an older one would misread. */
  static final int SCHEMA = 1;

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .addModule(new JavaTimeModule())
          .addModule(secretTexts())
          .addMixIn(Run.Foreseen.class, WithClaims.class)
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
          .build();

  private LedgerFormat() {}

  /** They were kept once, and are looked for by the pods that are there now. */
  @JsonIgnoreProperties("claims")
  private interface WithClaims {}

  /** What reading gives. */
  sealed interface Parsed {
    record Understood(Rotation rotation) implements Parsed {}

    record NotUnderstood(Reason reason, String message) implements Parsed {}
  }

  /** The whole text. */
  private record Text(int schema, @Nullable Rotation rotation) {}

  static String write(Rotation rotation) {
    try {
      return JSON.writeValueAsString(new Text(SCHEMA, rotation));
    } catch (JsonProcessingException impossible) {
      // its message could quote the ledger
      throw new IllegalStateException("a ledger cannot be written as JSON");
    }
  }

  static Parsed read(String text) {
    try {
      var whole = JSON.readValue(text, Text.class);
      if (whole.schema() == SCHEMA && whole.rotation() != null) {
        return new Parsed.Understood(whole.rotation());
      }
    } catch (JsonProcessingException | RuntimeException notOurs) {
      // what it is instead is found out below
    }
    return readAnother(text);
  }

  /** A text that is not what this Rekey writes. */
  private static Parsed readAnother(String text) {
    try {
      JsonNode tree = JSON.readTree(text);
      int schema = tree.path("schema").asInt(0);
      if (schema > SCHEMA) {
        return new Parsed.NotUnderstood(
            Reason.Downgraded,
            "it has schema "
                + schema
                + ", written by a newer Rekey; this one knows schema "
                + SCHEMA
                + ". Upgrade the operator.");
      }
      if (schema < 1) {
        return new Parsed.NotUnderstood(
            Reason.LedgerUnreadable, "it has no schema. Restore it, or delete it.");
      }
      return new Parsed.Understood(
          Objects.requireNonNull(JSON.treeToValue(tree.path("rotation"), Rotation.class)));
    } catch (UnrecognizedPropertyException newer) {
      return new Parsed.NotUnderstood(
          Reason.Downgraded,
          "it has a field that this Rekey does not know, written by a newer one. Upgrade the"
              + " operator.");
    } catch (JsonProcessingException | RuntimeException problem) {
      return new Parsed.NotUnderstood(
          Reason.LedgerUnreadable, "it is damaged. Restore it, or delete it.");
    }
  }

  private static SimpleModule secretTexts() {
    return new SimpleModule()
        .addSerializer(
            SecretText.class,
            new StdSerializer<SecretText>(SecretText.class) {
              private static final long serialVersionUID = 1L;

              @Override
              public void serialize(SecretText text, JsonGenerator to, SerializerProvider provider)
                  throws IOException {
                to.writeString(text.reveal());
              }
            })
        .addDeserializer(
            SecretText.class,
            new StdDeserializer<SecretText>(SecretText.class) {
              private static final long serialVersionUID = 1L;

              @Override
              public SecretText deserialize(JsonParser from, DeserializationContext context)
                  throws IOException {
                return SecretText.of(from.getValueAsString(""));
              }
            });
  }
}
