package dev.rekey.node;

/** Thrown by a program that ends as a container does that says why: with its last words. */
public final class ContainerExit extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int code;

  /**
   * An end with this exit code.
   *
   * @param lastWords what the program leaves in its termination message, keys included
   */
  public ContainerExit(int code, String lastWords) {
    super(lastWords);
    this.code = code;
  }

  /** How it ended. */
  Exit exit() {
    return new Exit(code, String.valueOf(getMessage()));
  }
}
