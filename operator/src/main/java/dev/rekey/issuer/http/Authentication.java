package dev.rekey.issuer.http;

import dev.rekey.rotation.SecretText;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * What authenticates a request; prints as a mask. White space around a credential is left out, as a
 * line break that an editor left in a Secret. Absent is one that cannot be carried: the JDK's own
 * complaint would repeat it.
 */
sealed interface Authentication {

  /** A header. */
  record Header(String name, SecretText value) implements Authentication {}

  /** A parameter of the query. It joins the address only where the request is made. */
  record Query(String name, SecretText value) implements Authentication {}

  /** None: the request itself says who asks. */
  record None() implements Authentication {}

  /** {@code Authorization: Bearer}. */
  static Optional<Authentication> bearer(String token) {
    String stripped = token.strip();
    return stripped.chars().allMatch(c -> c > ' ' && c < 0x7f)
        ? header("Authorization", "Bearer ", stripped)
        : Optional.empty();
  }

  /** {@code Authorization: Basic}. */
  static Optional<Authentication> basic(String username, String password) {
    String secret = password.strip();
    boolean fit =
        !username.isEmpty()
            && username.indexOf(':') < 0
            && !secret.isEmpty()
            && (username + secret).chars().noneMatch(Character::isISOControl);
    return fit
        ? header(
            "Authorization",
            "Basic ",
            Base64.getEncoder()
                .encodeToString((username + ":" + secret).getBytes(StandardCharsets.UTF_8)))
        : Optional.empty();
  }

  /** A header of any name. */
  static Optional<Authentication> header(String name, String prefix, String secret) {
    String stripped = secret.strip();
    boolean fit =
        !stripped.isEmpty() && (prefix + stripped).chars().allMatch(c -> c >= ' ' && c < 0x7f);
    return fit ? Optional.of(new Header(name, SecretText.of(prefix + stripped))) : Optional.empty();
  }

  /** A parameter of the query, whatever is in it: it is encoded. */
  static Optional<Authentication> query(String name, String secret) {
    String stripped = secret.strip();
    return stripped.isEmpty()
        ? Optional.empty()
        : Optional.of(new Query(name, SecretText.of(stripped)));
  }
}
