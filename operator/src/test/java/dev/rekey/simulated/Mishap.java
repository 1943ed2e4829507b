package dev.rekey.simulated;

/** What can go wrong with one effect. */
enum Mishap {
  /** The process ends before the effect. */
  CRASH_BEFORE,
  /** The process ends after the effect, before it hears of it. */
  CRASH_AFTER,
  /** The effect does not happen, and nobody can tell. */
  LOST_BEFORE,
  /** The effect happens, and nobody can tell. */
  LOST_AFTER,
  /** Somebody else has written the object in between; at an issuer, nothing. */
  CONFLICT
}
