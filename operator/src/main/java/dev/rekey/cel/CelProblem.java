package dev.rekey.cel;

/**
 * An expression that cannot be compiled, or that does not give what is needed. The message says
 * which expression, and what was expected. It never contains an evaluated value: values may be
 * secret, which is also why no exception of the CEL library is kept as a cause.
 */
public final class CelProblem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean missing;

  private CelProblem(String message, boolean missing) {
    super(message);
    this.missing = missing;
  }

  /** The expression and what is wrong with it; {@code what} must not contain a value. */
  public static CelProblem in(String expression, String what) {
    return new CelProblem("`" + expression + "` " + what, false);
  }

  static CelProblem missingIn(String expression) {
    return new CelProblem("`" + expression + "` reads a field that is not there", true);
  }

  /** Something wrong that is not about one expression. */
  public static CelProblem of(String message) {
    return new CelProblem(message, false);
  }

  /** Whether the only thing wrong is that a field is not there, which is fine for optional ones. */
  public boolean missing() {
    return missing;
  }
}
