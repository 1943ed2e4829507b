package dev.rekey.node;

/**
 * How a container ended.
 *
 * @param code 0: well
 * @param lastWords its termination message; empty: it left none
 */
record Exit(int code, String lastWords) {
  static final Exit WELL = new Exit(0, "");
  static final Exit BADLY = new Exit(1, "");

  boolean well() {
    return code == 0;
  }

  /** Never the last words: a program may say anything, keys included. */
  @Override
  public String toString() {
    return "exit code " + code;
  }
}
