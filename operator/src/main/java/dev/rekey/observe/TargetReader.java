package dev.rekey.observe;

import dev.rekey.rotation.Names;
import dev.rekey.rotation.Observation.Target;
import dev.rekey.rotation.SecretText;
import dev.rekey.rotation.Stamp;
import io.fabric8.kubernetes.api.model.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads a target Secret, with what Rekey wrote beside the data. */
public final class TargetReader {
  private TargetReader() {}

  /** The Secret as a fact. */
  public static Target.Present read(Secret secret) {
    var meta = secret.getMetadata();
    var annotations = Optional.ofNullable(meta.getAnnotations()).orElseGet(Map::<String, String>of);
    var publication = Optional.ofNullable(annotations.get(Names.PUBLICATION)).flatMap(Stamp::parse);
    var data = new HashMap<String, SecretText>();
    Optional.ofNullable(secret.getData())
        .orElseGet(Map::of)
        .forEach((key, value) -> data.put(key, SecretText.of(decode(value))));
    return new Target.Present(
        secret.getType() == null || "Opaque".equals(secret.getType()),
        Map.copyOf(data),
        publication.map(Stamp::publication).orElse(0),
        publication.map(Stamp::lineage).orElse(""),
        Optional.ofNullable(annotations.get(Names.KEY_ID)),
        instant(annotations.get(Names.ISSUED_AT)),
        instant(annotations.get(Names.EXPIRES_AT)),
        Optional.ofNullable(meta.getCreationTimestamp())
            .flatMap(TargetReader::instant)
            .orElse(Instant.EPOCH));
  }

  private static String decode(String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
  }

  private static Optional<Instant> instant(@Nullable String text) {
    try {
      return text == null ? Optional.empty() : Optional.of(Instant.parse(text));
    } catch (DateTimeParseException notADate) {
      // somebody else wrote it; it says nothing
      return Optional.empty();
    }
  }
}
