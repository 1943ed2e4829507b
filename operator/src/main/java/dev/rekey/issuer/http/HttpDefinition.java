package dev.rekey.issuer.http;

import dev.rekey.cel.Expression;
import dev.rekey.rotation.Capabilities;
import java.util.Optional;

/**
 * An issuer's definition, compiled.
 *
 * @param capabilities what the issuer can do, by its definition
 * @param auth how Rekey gets in
 * @param create the request that mints
 * @param list the request that lists, where there is one
 * @param delete the request that deletes
 * @param verify the request that tells whether a key works, where there is one
 * @param tls how connections are secured
 */
record HttpDefinition(
    Capabilities capabilities,
    AccountAuth auth,
    Create create,
    Optional<ListKeys> list,
    Delete delete,
    Optional<Verify> verify,
    TlsDefinition tls) {

  /** The request that mints, and how a key is taken from the answer. */
  record Create(
      RequestTemplate request,
      Outcomes outcomes,
      Expression id,
      Expression value,
      Optional<Expression> issuedAt,
      Optional<Expression> expiresAt,
      Optional<String> idempotencyHeader) {}

  /** The request that lists, and how the keys are taken from the answer. */
  record ListKeys(
      RequestTemplate request,
      Outcomes outcomes,
      Expression items,
      Expression id,
      Optional<Expression> label,
      Optional<Expression> issuedAt,
      Optional<Expression> expiresAt,
      boolean complete,
      Paging paging) {}

  /** The request that deletes. */
  record Delete(RequestTemplate request, Outcomes outcomes) {}

  /** The request that tells whether a key works, and how the answer is read. */
  record Verify(
      RequestTemplate request,
      AccountAuth.KeyAuth auth,
      Expression accepted,
      Expression rejected) {}
}
