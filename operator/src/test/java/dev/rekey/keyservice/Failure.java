package dev.rekey.keyservice;

import java.time.Duration;

/**
 * A way in which the service can fail one request. The first group answers in the service's place:
 * nothing is done. The second does the work and loses or spoils the answer. The third answers well
 * and does something else. Hangs are waited for in real time; everything else that takes time is
 * measured by the service's own clock.
 */
public sealed interface Failure {

  /** Answers with this status and does nothing: 500, 503, 403, ... */
  record Status(int code) implements Failure {}

  /** Answers 429 with a {@code Retry-After} in seconds and does nothing. */
  record TooManyRequests(Duration retryAfter) implements Failure {}

  /** Refuses the credential with 401, as after somebody rotated the admin's token. */
  record Unauthorized() implements Failure {}

  /** Waits, and only then does the work and answers: by then the caller may be gone. */
  record HangBefore(Duration duration) implements Failure {}

  /** Does the work at once and answers late: the caller gives up on something that happened. */
  record HangAfterCommit(Duration duration) implements Failure {}

  /** Does the work and cuts the connection instead of answering. */
  record CutAfterCommit() implements Failure {}

  /** Does the work and answers with half of the JSON. */
  record MalformedAnswer() implements Failure {}

  /** Does the work and answers with the usual status and this body instead. */
  record WrongContent(String body) implements Failure {}

  /**
   * Answers a deletion with 200 and lets the key work on.
   *
   * @param stillListed whether lists go on showing it
   */
  record DeleteIgnored(boolean stillListed) implements Failure {}

  /** The deletion is listed at once, and the key works on for this long. */
  record DeleteBitesAfter(Duration delay) implements Failure {}

  /** A list as it would have been this long ago. */
  record ListLags(Duration lag) implements Failure {}

  /** A new key that works only after this long. */
  record KeyWorksAfter(Duration delay) implements Failure {}
}
