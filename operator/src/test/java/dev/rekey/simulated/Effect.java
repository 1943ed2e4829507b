package dev.rekey.simulated;

import java.util.function.Supplier;

/**
 * Something that Rekey does to the world.
 *
 * @param kind what
 * @param subject to what: an object's name, a key's id, a label
 * @param telling as the log of effects shows it; only asked where somebody reads it
 */
record Effect(Kind kind, String subject, Supplier<String> telling) {

  /** One whose words are known. */
  Effect(Kind kind, String subject, String told) {
    this(kind, subject, () -> told);
  }

  /** The kinds of effects. */
  enum Kind {
    LEDGER,
    SECRET,
    STAMP,
    POD,
    STATUS,
    MINT,
    VERIFY,
    LIST,
    DELETE;

    /** Whether it is a write to the cluster, and so may meet a conflict. */
    boolean isWrite() {
      return this == LEDGER || this == SECRET || this == STAMP || this == POD;
    }

    /** Whether it is a request to an issuer. */
    boolean isRequest() {
      return this == MINT || this == VERIFY || this == LIST || this == DELETE;
    }
  }

  /** As the log of effects shows it. */
  String told() {
    return telling.get();
  }

  @Override
  public String toString() {
    return told();
  }
}
