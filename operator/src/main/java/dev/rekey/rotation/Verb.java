package dev.rekey.rotation;

/** What Rekey does that may fail and is then left alone for a while, each for itself. */
public enum Verb {
  ADOPT,
  MINT,
  INTAKE,
  SWEEP,
  VERIFY,
  PUBLISH,
  REPAIR,
  STAMP,
  DELETE_POD,
  DELETE
}
