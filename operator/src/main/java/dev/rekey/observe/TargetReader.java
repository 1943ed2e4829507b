package dev.rekey.observe;

import dev.rekey.rotation.Names;
import dev.rekey.rotation.Observation.Target;
import dev.rekey.rotation.Observation.Traits;
import dev.rekey.rotation.SecretText;
import dev.rekey.rotation.Stamp;
import io.fabric8.kubernetes.api.model.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads a target Secret, with what Rekey wrote beside the data. */
public final class TargetReader {
  /** On a Secret: Stakater Reloader restarts nobody for it, whatever workloads say. */
  private static final String RELOADER_IGNORES = "reloader.stakater.com/ignore";

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
            .orElse(Instant.EPOCH),
        owners(secret),
        Optional.ofNullable(annotations.get(Names.PREVIOUS_KEY_ID)),
        Optional.ofNullable(annotations.get(Names.ACCOUNT)),
        new Traits(
            Boolean.TRUE.equals(secret.getImmutable()),
            Replicators.of(annotations),
            "true".equals(annotations.get(RELOADER_IGNORES))));
  }

  /**
   * For each data key, who has written it last and when, as {@code manager@time}: the API server
   * keeps that for every field, and moves it with every change of a value.
   */
  public static Map<String, String> owners(Secret secret) {
    var owners = new TreeMap<String, String>();
    Optional.ofNullable(secret.getMetadata().getManagedFields()).orElseGet(List::of).stream()
        .filter(it -> it.getFieldsV1() != null)
        .forEach(it ->
            dataKeys(it.getFieldsV1().getAdditionalProperties().get("f:data"))
                .forEach(key ->
                    owners.merge(
                        key, it.getManager() + "@" + it.getTime(), (one, two) -> one + " " + two)));
    return owners;
  }

  private static Stream<String> dataKeys(@Nullable Object fields) {
    return fields instanceof Map<?, ?> map
        ? map.keySet().stream()
            .map(String::valueOf)
            .filter(it -> it.startsWith("f:"))
            .map(it -> it.substring(2))
        : Stream.empty();
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
