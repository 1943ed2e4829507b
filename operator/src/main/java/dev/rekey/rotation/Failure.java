package dev.rekey.rotation;

import java.time.Instant;

/**
 * A verb that failed on an object, and until when it is left alone. Kept in the ledger, so that a
 * restart of the operator is no way around the pause.
 *
 * @param verb what failed
 * @param subject on what: a key's name, an attempt's id, a workload
 * @param count how often in a row
 * @param notBefore when it may be tried again
 * @param generation the resource's generation at the time: an edit of the spec ends the pause
 * @param reason the word for it
 * @param message what happened
 */
public record Failure(
    Verb verb,
    String subject,
    int count,
    Instant notBefore,
    long generation,
    Reason reason,
    String message) {

  /** Whether this is about {@code verb} on {@code subject}. */
  public boolean isAbout(Verb otherVerb, String otherSubject) {
    return verb == otherVerb && subject.equals(otherSubject);
  }
}
