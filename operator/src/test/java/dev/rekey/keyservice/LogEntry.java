package dev.rekey.keyservice;

import java.time.Instant;

/**
 * One line of the service's own log. The order of the log is the order in which the service
 * committed things, so a test may compare positions rather than times.
 *
 * @param keyId the key's id, or "-" where no key of this service was named
 * @param by the team of the admin token, or what an application calls itself in {@code User-Agent}
 */
public record LogEntry(Instant at, What what, String keyId, String by) {

  /** What happened. */
  public enum What {
    /** A key made before the story begins, by {@link KeyService#seed}. */
    SEEDED,
    /** A key made through the admin API. */
    MINTED,
    /** All keys of the account were listed. */
    LISTED,
    /** A key was deleted; under {@link Failure.DeleteBitesAfter} it works a little longer. */
    DELETED,
    /** A deletion was answered as if done, and was not. */
    DELETE_IGNORED,
    /** A deletion named a key that is not there, or not any more. */
    DELETE_NOT_FOUND,
    /** An application's request with a working key. */
    ACCEPTED,
    /** An application's request with a key that does not work. */
    REJECTED,
    /** Somebody asked whether a key works, and it does. */
    VERIFIED,
    /** Somebody asked whether a key works, and it does not. */
    VERIFY_REJECTED,
    /** A session for an admin. */
    SESSION_OPENED,
    /** An admin request without a valid token. */
    ADMIN_REFUSED,
    /** A request that made no sense. */
    MALFORMED_REQUEST,
    /** A request that a {@link Failure} answered in the service's place, with nothing done. */
    FAILED
  }
}
