package dev.rekey.rotation;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** What came of asking for a key. */
public sealed interface MintResult {

  /**
   * The key, as the issuer answered it.
   *
   * @param id the issuer's id of it
   * @param fields its secret fields
   * @param issuedAt when, by the issuer's word
   * @param expiresAt until when, by the issuer's word
   */
  record Minted(
      String id,
      Map<String, SecretText> fields,
      Optional<Instant> issuedAt,
      Optional<Instant> expiresAt)
      implements MintResult {}

  /**
   * A person is asked for a key, which comes later and another way, or never.
   *
   * @param what what that person is asked to do
   * @param until when it is late; it is waited for all the same
   */
  record Awaiting(String what, Instant until) implements MintResult {}

  /** There is certainly no key. */
  record Refused(Fault fault) implements MintResult {}

  /** There may be a key: time-out, cut connection, server error, an answer that makes no sense. */
  record Unclear(Fault fault) implements MintResult {}
}
