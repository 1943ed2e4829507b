package dev.rekey.issuer.http;

import dev.rekey.rotation.SecretText;
import java.util.Optional;

/** Bearer tokens, before they go into a header. */
final class Bearer {
  private Bearer() {}

  /**
   * The token without the white space around it, as a line break that an editor left in a Secret;
   * absent where it is empty or no header can carry it. The JDK's own complaint would repeat it.
   */
  static Optional<SecretText> fit(String token) {
    String stripped = token.strip();
    boolean fit = !stripped.isEmpty() && stripped.chars().allMatch(c -> c > ' ' && c < 0x7f);
    return fit ? Optional.of(SecretText.of(stripped)) : Optional.empty();
  }
}
