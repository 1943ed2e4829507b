package dev.rekey.rotation;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Text that only the ledger, the target Secret and a request to the issuer may hold. It prints as a
 * mask, so that a log line or an exception message that contains it gives nothing away.
 */
public final class SecretText {
  private final String text;

  private SecretText(String text) {
    this.text = text;
  }

  /** Wraps {@code text}. */
  public static SecretText of(String text) {
    return new SecretText(text);
  }

  /**
   * The text itself. Every caller writes it to one of the three places named above, or keeps it out
   * of what is shown ({@link Mask}).
   */
  public String reveal() {
    return text;
  }

  /** Whether {@code other} is somewhere in this text. An empty text is nowhere. */
  public boolean contains(SecretText other) {
    return !other.text.isEmpty() && text.contains(other.text);
  }

  /**
   * The last five characters, which people compare with what a dashboard shows; shorter secrets
   * give less of themselves away, down to nothing below sixteen characters.
   */
  public String hint() {
    int shown = Math.min(5, Math.max(0, text.length() - 11));
    return "…" + text.substring(text.length() - shown);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SecretText that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return Objects.hashCode(text);
  }

  @Override
  public String toString() {
    return "***";
  }
}
