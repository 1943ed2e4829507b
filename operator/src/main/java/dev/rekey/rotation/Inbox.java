package dev.rekey.rotation;

/**
 * What a person has put into the inbox of a rotation, as far as a decision needs to know.
 *
 * @param version which state of which Secret it is
 * @param token a short hash of the value in it, by which it is remembered as taken in
 */
public record Inbox(String version, String token) {

  /** Whether what is in it was taken in before. */
  public boolean wasTaken(Rotation ledger) {
    return ledger.handledTokens().contains(token);
  }
}
