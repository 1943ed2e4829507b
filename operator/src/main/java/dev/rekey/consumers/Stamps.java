package dev.rekey.consumers;

import dev.rekey.rotation.Stamp;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reading stamps from templates and from pods. */
final class Stamps {
  private Stamps() {}

  static Optional<Stamp> on(@Nullable ObjectMeta meta, String annotation) {
    return Optional.ofNullable(meta)
        .map(ObjectMeta::getAnnotations)
        .map((Map<String, String> it) -> it.get(annotation))
        .flatMap(Stamp::parse);
  }
}
