package dev.rekey.act;

import dev.rekey.rotation.Key;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.Publication;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Stamp;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The target Secret as a publication wants it. */
final class DesiredSecret {
  private DesiredSecret() {}

  /** One that is not there yet. */
  static Secret of(Rotation rotation, Publication publication) {
    return of(empty(rotation), rotation, publication);
  }

  private static Secret empty(Rotation rotation) {
    var binding = rotation.binding();
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace(binding.namespace())
        .withName(binding.secret())
        .endMetadata()
        .withType("Opaque")
        .build();
  }

  /** Rekey's data keys and annotations in {@code from}; what others keep there stays. */
  static Secret of(Secret from, Rotation rotation, Publication publication) {
    var data = new HashMap<>(Optional.ofNullable(from.getData()).orElseGet(Map::of));
    publication.dropped().forEach(data::remove);
    publication
        .data()
        .forEach((key, text) ->
            data.put(
                key,
                Base64.getEncoder()
                    .encodeToString(text.reveal().getBytes(StandardCharsets.UTF_8))));
    var annotations =
        new HashMap<>(Optional.ofNullable(from.getMetadata().getAnnotations()).orElseGet(Map::of));
    var key = rotation.key(publication.keyName());
    put(annotations, Names.KEY_ID, key.flatMap(Key::id));
    put(annotations, Names.ACCOUNT, key.map(it -> it.issuer().account()));
    put(annotations, Names.ISSUED_AT, key.map(it -> it.issuedAt().toString()));
    put(annotations, Names.EXPIRES_AT, key.flatMap(Key::expiresAt).map(Instant::toString));
    put(
        annotations,
        Names.PREVIOUS_KEY_ID,
        rotation
            .key(Role.CURRENT)
            .filter(it -> !it.name().equals(publication.keyName()))
            .flatMap(Key::id));
    annotations.put(
        Names.PUBLICATION, new Stamp(rotation.lineage(), publication.number()).toString());
    return new SecretBuilder(from)
        .withData(data)
        .editMetadata()
        .withAnnotations(annotations)
        .addToLabels(Names.TARGET_LABEL, "true")
        .endMetadata()
        .build();
  }

  private static void put(Map<String, String> to, String name, Optional<String> value) {
    value.ifPresentOrElse(it -> to.put(name, it), () -> to.remove(name));
  }
}
