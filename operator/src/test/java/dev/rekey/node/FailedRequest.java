package dev.rekey.node;

import java.time.Instant;

/**
 * A request of an application that did not succeed.
 *
 * @param keyHint the last five characters of the key it was sent with
 * @param what the status of the answer, or what kind of exception there was instead
 */
public record FailedRequest(Instant at, String pod, String keyHint, String what) {}
