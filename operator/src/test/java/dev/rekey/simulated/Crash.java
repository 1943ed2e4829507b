package dev.rekey.simulated;

/** The operator's process ends here, without any further word. */
final class Crash extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Crash(String where) {
    super(where);
  }
}
