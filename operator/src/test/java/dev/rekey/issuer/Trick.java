package dev.rekey.issuer;

/** What an issuer can be made to do to the next request. */
public enum Trick {
  /** The key is made, the answer is lost on the way. */
  MINT_ANSWER_LOST,
  /** No key is made, and the issuer says so. */
  MINT_REFUSED,
  /** No key is made, and the issuer asks for half a minute of peace. */
  MINT_THROTTLED,
  /** No key is made, and nobody can tell from the answer. */
  MINT_UNCLEAR,
  /** No key is made: whoever asks is not let in, this once. */
  MINT_NOT_LET_IN,
  /** A working key is rejected. */
  VERIFY_REJECTED,
  /** Nothing is said of the key. */
  VERIFY_UNKNOWN,
  /** A delete is answered as if done; the key works on and is listed. */
  DELETE_IGNORED,
  /** The key is deleted, the answer is lost on the way. */
  DELETE_ANSWER_LOST,
  /** The key is not deleted, and the issuer says so. */
  DELETE_FAILS,
  /** There is no list. */
  LIST_FAILS,
  /** There is no list: whoever asks is not let in, this once. */
  LIST_NOT_LET_IN
}
