package dev.rekey.rotation;

/** What the issuer says about a key that is shown to it. */
public sealed interface Verdict {

  /** The key works. */
  record Accepted() implements Verdict {}

  /** The key does not work. */
  record Rejected() implements Verdict {}

  /** Nothing can be said. */
  record Unknown(Fault fault) implements Verdict {}
}
