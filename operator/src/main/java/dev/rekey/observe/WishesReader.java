package dev.rekey.observe;

import dev.rekey.rotation.Fingerprint;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.Observation.Named;
import dev.rekey.rotation.Observation.Wishes;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads what a resource's annotations ask for. */
final class WishesReader {
  /** Longer than any id or hint; what is longer names nothing. */
  private static final int LONGEST = 500;

  private WishesReader() {}

  static Wishes read(@Nullable Map<String, String> annotations) {
    if (annotations == null) {
      return Wishes.NONE;
    }
    return new Wishes(
        // the value itself may be anything a person wrote, and long; its fingerprint is enough
        value(annotations, Names.ROTATE).map(Fingerprint::of),
        named(annotations, Names.LEAKED),
        named(annotations, Names.REVOKE_NOW),
        value(annotations, Names.TAKEOVER),
        named(annotations, Names.DELETED));
  }

  private static Optional<Named> named(Map<String, String> annotations, String name) {
    return value(annotations, name)
        .filter(it -> it.length() <= LONGEST)
        .map(it -> new Named(Fingerprint.of(name + "=" + it), it));
  }

  private static Optional<String> value(Map<String, String> annotations, String name) {
    return Optional.ofNullable(annotations.get(name))
        .map(String::strip)
        .filter(it -> !it.isEmpty());
  }
}
