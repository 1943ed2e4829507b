package dev.rekey.issuer.http;

import dev.rekey.api.v1alpha1.DeclaredRequest;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the texts of a request mention, as they are written. */
final class Mentions {
  private Mentions() {}

  /** Whether a text of the request holds this, its path included. */
  static boolean of(DeclaredRequest request, Pattern pattern) {
    return RequestTemplate.paths(request).values().stream()
            .anyMatch(it -> pattern.matcher(it).find())
        || beside(request, pattern);
  }

  /** Whether a text of its body, form or headers holds this. */
  static boolean beside(DeclaredRequest request, Pattern pattern) {
    return in(request.body(), pattern)
        || in(request.form(), pattern)
        || in(request.headers(), pattern);
  }

  private static boolean in(@Nullable Object node, Pattern pattern) {
    return switch (node) {
      case String text -> pattern.matcher(text).find();
      case Map<?, ?> map -> map.values().stream().anyMatch(it -> in(it, pattern));
      case List<?> list -> list.stream().anyMatch(it -> in(it, pattern));
      case null, default -> false;
    };
  }
}
