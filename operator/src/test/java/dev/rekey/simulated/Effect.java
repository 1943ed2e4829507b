package dev.rekey.simulated;

/**
 * Something that Rekey does to the world.
 *
 * @param kind what
 * @param subject to what: an object's name, a key's id, a label
 * @param told as the log of effects shows it
 */
record Effect(Kind kind, String subject, String told) {

  /** The kinds of effects. */
  enum Kind {
    LEDGER,
    SECRET,
    STAMP,
    STATUS,
    MINT,
    VERIFY,
    LIST,
    DELETE;

    /** Whether it is a write to the cluster, and so may meet a conflict. */
    boolean isWrite() {
      return this == LEDGER || this == SECRET || this == STAMP;
    }
  }

  @Override
  public String toString() {
    return told;
  }
}
