package dev.rekey.rotation;

/**
 * How a key whose answer was lost can be found again. What an issuer can do decides; no step knows
 * its type.
 */
public enum Tracing {
  /** A repeated request with the same idempotency key gives the same key. */
  IDEMPOTENT,
  /** A key takes a label, and a complete list shows it. */
  LABELLED,
  /** A complete list without labels, on an account that only this rotation uses. */
  COUNTABLE,
  /** None of these: what was lost is named to a person. */
  BLIND,
  /** A person makes each key and brings it, so that there is no answer to lose. */
  PERSON
}
