package dev.rekey.rotation;

import dev.rekey.rotation.Observation.Target;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.BitSet;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Takes keys out of what others say, such as the last words of a container: every value that Rekey
 * knows of, and every part of one that is long enough to be of use, also as Base64, in hexadecimal
 * digits and percent-encoded. Where something is left that may be a key that Rekey does not know,
 * nothing of the text is shown.
 */
public final class Mask {
  /** So much of a value gives something away; less of it is in every other word. */
  private static final int PART = 8;

  /** A line is cut here, and no more of it is read than may be shown once keys are out of it. */
  private static final int SHOWN = 120;

  private static final int READ = 1024;

  /** A value that is longer is a file that holds a key, and is looked for as it is alone. */
  private static final int KEY = 1024;

  /** To look for more than this would cost too much; then nothing is shown. */
  private static final int KNOWN = 1 << 16;

  private static final String MASKED = "***";

  /** Words are shorter than this, or have no digits; paths and host names have other characters. */
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_+=-]{20,}");

  private final List<String> forms;

  private Mask(List<String> forms) {
    this.forms = forms;
  }

  /** Over every value of {@code ledger}, and whatever else stands in the Secret. */
  public static Mask of(Rotation ledger, Target secret) {
    return new Mask(
        Stream.of(
                ledger.keys().stream().flatMap(it -> it.fields().values().stream()),
                ledger.publication().stream().flatMap(it -> it.data().values().stream()),
                secret instanceof Target.Present present
                    ? present.data().values().stream()
                    : Stream.<SecretText>empty())
            .flatMap(it -> it)
            .distinct()
            .flatMap(it -> forms(it.reveal().strip()))
            .toList());
  }

  /** What may be shown of the first line of {@code text}; empty: nothing. */
  public Optional<String> over(SecretText text) {
    if (forms.stream().mapToInt(String::length).sum() > KNOWN) {
      return Optional.empty();
    }
    var line = firstLine(text.reveal());
    var masked = masked(line, hidden(folded(line)));
    return masked.isEmpty() || mayHoldAnotherKey(masked)
        ? Optional.empty()
        : Optional.of(masked.length() > SHOWN ? masked.substring(0, SHOWN) + "…" : masked);
  }

  private static String firstLine(String text) {
    return text.lines()
        .map(it -> it.length() > READ ? it.substring(0, READ) : it)
        .map(it -> it.replaceAll("\\p{C}", " ").strip())
        .filter(it -> !it.isEmpty())
        .findFirst()
        .orElse("");
  }

  /** The characters of {@code line} that are not to be shown. */
  private BitSet hidden(String line) {
    var hidden = new BitSet();
    var parts = new HashSet<String>();
    for (int at = 0; at + PART <= line.length(); at++) {
      parts.add(line.substring(at, at + PART));
    }
    var known = new HashSet<String>();
    for (var form : forms) {
      if (form.length() < PART) {
        hide(form, line, hidden);
      }
      partsOf(form, parts, known);
    }
    known.forEach(it -> hide(it, line, hidden));
    return hidden;
  }

  private static void partsOf(String form, Set<String> wanted, Set<String> found) {
    for (int at = 0; at + PART <= form.length(); at++) {
      var part = form.substring(at, at + PART);
      if (wanted.contains(part)) {
        found.add(part);
      }
    }
  }

  private static void hide(String what, String line, BitSet hidden) {
    for (int at = line.indexOf(what); at >= 0; at = line.indexOf(what, at + 1)) {
      hidden.set(at, at + what.length());
    }
  }

  private static String masked(String line, BitSet hidden) {
    var shown = new StringBuilder();
    int shownTo = 0;
    for (int from = hidden.nextSetBit(0); from >= 0; from = hidden.nextSetBit(shownTo)) {
      shown.append(line, shownTo, from).append(MASKED);
      shownTo = hidden.nextClearBit(from);
    }
    return shown.append(line, shownTo, line.length()).toString();
  }

  private static boolean mayHoldAnotherKey(String text) {
    return TOKEN
        .matcher(text)
        .results()
        .anyMatch(it ->
            it.group().chars().anyMatch(Character::isDigit)
                && it.group().chars().anyMatch(Character::isLetter));
  }

  /** How a value may be written. A part of Base64 looks otherwise by where the value began. */
  private static Stream<String> forms(String value) {
    if (value.isEmpty() || value.length() > KEY) {
      return Stream.of(value).filter(it -> !it.isEmpty()).map(Mask::folded);
    }
    var bytes = value.getBytes(StandardCharsets.UTF_8);
    var all = new ArrayList<>(List.of(value, HexFormat.of().formatHex(bytes), percent(bytes)));
    for (int before = 0; before < 3; before++) {
      var moved = new byte[before + bytes.length];
      System.arraycopy(bytes, 0, moved, before, bytes.length);
      all.add(Base64.getEncoder().withoutPadding().encodeToString(moved));
      all.add(Base64.getUrlEncoder().withoutPadding().encodeToString(moved));
    }
    return all.stream().map(Mask::folded).distinct();
  }

  private static String percent(byte[] bytes) {
    var text = new StringBuilder();
    for (byte one : bytes) {
      char it = (char) (one & 0xff);
      boolean plain = it < 0x80 && (Character.isLetterOrDigit(it) || "-._~".indexOf(it) >= 0);
      text.append(plain ? String.valueOf(it) : String.format(Locale.ROOT, "%%%02x", (int) it));
    }
    return text.toString();
  }

  /** Upper and lower case are the same, and no text gets longer or shorter by that. */
  private static String folded(String text) {
    var folded = new StringBuilder(text);
    for (int at = 0; at < folded.length(); at++) {
      folded.setCharAt(at, Character.toLowerCase(folded.charAt(at)));
    }
    return folded.toString();
  }
}
