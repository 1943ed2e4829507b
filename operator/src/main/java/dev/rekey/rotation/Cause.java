package dev.rekey.rotation;

/** Why a rotation is due. */
public enum Cause {
  /** There is no key yet. */
  FirstKey,
  /** The key has reached the age at which it is to be rotated. */
  Interval,
  /** The key expires soon. */
  BeforeExpiry,
  /** A person asked by {@code rekey.dev/rotate}. */
  Requested
}
