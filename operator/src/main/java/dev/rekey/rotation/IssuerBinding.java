package dev.rekey.rotation;

/**
 * The issuer that a key came from, and so the only one it may be deleted at.
 *
 * @param kind {@code KeyIssuer} or {@code ClusterKeyIssuer}
 * @param namespace the issuer's namespace; empty for a ClusterKeyIssuer
 * @param name the issuer's name
 * @param uid the issuer's UID: an issuer of the same name made anew is another one
 * @param account fingerprint of the issuer's address: a key that "is not there" under another
 *     address is not deleted. The credential is not part of it, since that is rotated itself.
 */
public record IssuerBinding(
    String kind, String namespace, String name, String uid, String account) {

  /** Whether keys of that binding can be deleted at this issuer. */
  public boolean isSameAccountAs(IssuerBinding other) {
    return uid.equals(other.uid) && account.equals(other.account);
  }

  /** As people write it: {@code KeyIssuer payments/postman}. */
  public String display() {
    return kind + " " + (namespace.isEmpty() ? name : namespace + "/" + name);
  }
}
