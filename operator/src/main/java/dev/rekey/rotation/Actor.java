package dev.rekey.rotation;

/** Who has to act for something that failed to go well. */
public enum Actor {
  /** Whoever writes the resource, the Secret or the issuer's definition. */
  USER,
  /** Whoever looks after the account at the issuer: its credential, its quota. */
  ACCOUNT,
  /** Nobody: it passes by itself. */
  NOBODY
}
