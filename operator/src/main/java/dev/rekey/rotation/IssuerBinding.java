package dev.rekey.rotation;

/**
 * The issuer that a key came from, and so the only one it may be deleted at.
 *
 * @param kind {@code KeyIssuer} or {@code ClusterKeyIssuer}
 * @param namespace the issuer's namespace; empty for a ClusterKeyIssuer
 * @param name the issuer's name
 * @param uid the issuer's UID: an issuer of the same name made anew is another one
 * @param account fingerprint of what tells accounts apart (address and credential reference)
 */
public record IssuerBinding(
    String kind, String namespace, String name, String uid, String account) {

  /** As people write it: {@code KeyIssuer payments/postman}. */
  public String display() {
    return kind + " " + (namespace.isEmpty() ? name : namespace + "/" + name);
  }
}
