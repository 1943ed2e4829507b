package dev.rekey.demo;

import java.nio.file.Path;
import java.util.Properties;

/**
 * What the demo is told by system properties.
 *
 * @param root {@code rekey.root}: the project's folder, in which {@code crds} and {@code
 *     examples/demo} are
 * @param revokeFirst {@code rekey.demo.sabotage=revoke-first}: the operator deletes old keys
 *     without waiting for anybody
 * @param keep {@code rekey.demo.keep=true}: everything stays up after the summary
 */
record Options(Path root, boolean revokeFirst, boolean keep) {

  private static final String REVOKE_FIRST = "revoke-first";

  /**
   * Reads them; what Maven passes on for a property that nobody has set counts as not set.
   *
   * @throws IllegalArgumentException saying what to write instead
   */
  static Options from(Properties properties) {
    String sabotage = value(properties, "rekey.demo.sabotage", "none");
    String keep = value(properties, "rekey.demo.keep", "false");
    if (!sabotage.equals("none") && !sabotage.equals(REVOKE_FIRST)) {
      throw new IllegalArgumentException(
          "rekey.demo.sabotage is " + sabotage + "; the only sabotage there is: " + REVOKE_FIRST);
    }
    if (!keep.equals("true") && !keep.equals("false")) {
      throw new IllegalArgumentException("rekey.demo.keep is " + keep + "; write true or false");
    }
    return new Options(
        Path.of(value(properties, "rekey.root", "..")),
        sabotage.equals(REVOKE_FIRST),
        keep.equals("true"));
  }

  private static String value(Properties properties, String name, String otherwise) {
    String value = properties.getProperty(name, "");
    return value.isBlank() || value.startsWith("${") ? otherwise : value;
  }
}
