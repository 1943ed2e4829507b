package dev.rekey.cluster;

/**
 * A request to the API server that did not succeed. Its message never contains an object's content.
 */
public abstract sealed class ClusterException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String sentence;

  private ClusterException(String sentence) {
    super(sentence);
    this.sentence = sentence;
  }

  /** What happened, to which object. */
  @Override
  public String getMessage() {
    return sentence;
  }

  /** Somebody else wrote or created the object in between. Observe again. */
  public static final class Conflict extends ClusterException {
    private static final long serialVersionUID = 1L;

    /** A conflict about {@code object}. */
    public Conflict(String object) {
      super(object + " was changed by somebody else in the meantime");
    }
  }

  /** The object does not exist. */
  public static final class NotFound extends ClusterException {
    private static final long serialVersionUID = 1L;

    /** {@code object} is not there. */
    public NotFound(String object) {
      super(object + " does not exist");
    }
  }

  /** The API server refuses the request, and will refuse it again. */
  public static final class Refused extends ClusterException {
    private static final long serialVersionUID = 1L;

    /** A request about {@code object} was refused with this status code. */
    public Refused(String object, int code) {
      super("the API server refuses the request about " + object + " with status " + code);
    }
  }

  /** The API server did not answer, or answered with an error. The write may have happened. */
  public static final class Unavailable extends ClusterException {
    private static final long serialVersionUID = 1L;

    /** A request about {@code object} has no clear outcome. */
    public Unavailable(String object, int code) {
      super(
          "the API server gave no clear answer about "
              + object
              + (code > 0 ? " (status " + code + ")" : ""));
    }
  }

  /**
   * This replica does not surely lead any more, so the request was not sent: whoever leads now does
   * what is left to do.
   */
  public static final class LeaseLost extends ClusterException {
    private static final long serialVersionUID = 1L;

    /** {@code what} was not touched. */
    public LeaseLost(String what) {
      super(what + " was left alone: this replica does not lead any more");
    }
  }
}
