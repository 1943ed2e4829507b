package dev.rekey.rotation;

/** What came of asking for a key to be deleted. */
public sealed interface DeleteResult {

  /** The issuer says that it is deleted now. */
  record Deleted() implements DeleteResult {}

  /** The issuer says that there is no such key. */
  record Gone() implements DeleteResult {}

  /** It may still be there. */
  record Failed(Fault fault) implements DeleteResult {}
}
