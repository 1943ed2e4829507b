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
  Requested,
  /** A person named the key as leaked: at once, no soak, the order kept. */
  Leaked,
  /** The key in use is gone: a person had it revoked, or its issuer did. */
  GoneElsewhere,
  /** {@code spec.issuerRef} names another issuer: mint at the new one, delete at the old one. */
  IssuerChanged,
  /** {@code spec.secret.data} was edited: published and rolled without a new key. */
  DataChanged;

  /** Whether somebody wants it now, whatever went wrong before. */
  public boolean isUrgent() {
    return this == Requested || this == Leaked || this == GoneElsewhere;
  }
}
