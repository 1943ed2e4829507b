package dev.rekey.rotation;

import java.time.Instant;

/**
 * Something that Rekey cannot or must not delete, and so names to a person: promise 3.
 *
 * @param what which key, for people: id and hint, or the attempt that may have left one; or what
 *     else was not brought to its end
 * @param issuer where it is, for people
 * @param reason why it is left
 * @param since since when
 */
public record Left(String what, String issuer, Reason reason, Instant since) {}
