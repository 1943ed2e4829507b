package dev.rekey.issuer;

/**
 * What a mint is told.
 *
 * @param attempt the attempt it belongs to
 * @param label what to label the key with
 * @param namespace the namespace of the rotation
 * @param name the name of the rotation
 */
public record MintRequest(String attempt, String label, String namespace, String name) {

  /** By which an issuer that is idempotent knows a request that it has answered already. */
  public String idempotencyKey() {
    return attempt;
  }
}
