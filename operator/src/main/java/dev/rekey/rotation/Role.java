package dev.rekey.rotation;

/** What a key is to Rekey at the moment. A key has exactly one role. */
public enum Role {
  /** Minted, and not yet in use everywhere. */
  NEXT,
  /** In use. */
  CURRENT,
  /** No longer in use, and left to a person: Rekey does not know its id. */
  RETIRED,
  /** It was in the Secret for a while and was taken back by a rollback. */
  REJECTED,
  /** Rekey has decided to delete it. There is no way back from here. */
  CONDEMNED
}
