package dev.rekey.rotation;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A key that Rekey answers for, until it is known to be gone.
 *
 * @param name unique in its ledger for ever, unlike the id, which some issuers use again: the
 *     attempt that minted it, or {@code adopted-<lineage>}
 * @param id the issuer's id; absent when a person put the key into the Secret and did not say it
 * @param role what it is now
 * @param fields its secret fields; {@code value} where there is only one
 * @param hint what may be shown of it
 * @param issuedAt when it was issued, at the latest
 * @param expiresAt when it stops working; absent when that is not known
 * @param label the label it carries at the issuer
 * @param issuer where it was minted
 * @param lastPublication the number of the last publication that showed it, 0 for one that was
 *     there before Rekey; absent when it was never published
 * @param checks what verifying it has shown so far
 * @param named whether a person has named it in {@code rekey.dev/revoke-now}: the one exception to
 *     promise 1
 */
public record Key(
    String name,
    Optional<String> id,
    Role role,
    Map<String, SecretText> fields,
    String hint,
    Instant issuedAt,
    Optional<Instant> expiresAt,
    Optional<String> label,
    IssuerBinding issuer,
    OptionalInt lastPublication,
    Checks checks,
    boolean named) {

  /** A key that no person has named. */
  public Key(
      String name,
      Optional<String> id,
      Role role,
      Map<String, SecretText> fields,
      String hint,
      Instant issuedAt,
      Optional<Instant> expiresAt,
      Optional<String> label,
      IssuerBinding issuer,
      OptionalInt lastPublication,
      Checks checks) {
    this(
        name,
        id,
        role,
        fields,
        hint,
        issuedAt,
        expiresAt,
        label,
        issuer,
        lastPublication,
        checks,
        false);
  }

  /** How people tell this key from others: id and hint, never its value. */
  public String display() {
    return id.map(it -> "key " + it + " (" + hint + ")").orElse("the key " + hint);
  }

  /** The same key in another role. */
  public Key as(Role other) {
    return new Key(
        name,
        id,
        other,
        fields,
        hint,
        issuedAt,
        expiresAt,
        label,
        issuer,
        lastPublication,
        checks,
        named);
  }

  /** The same key, after one more check. */
  public Key checked(Checks newest) {
    return new Key(
        name,
        id,
        role,
        fields,
        hint,
        issuedAt,
        expiresAt,
        label,
        issuer,
        lastPublication,
        newest,
        named);
  }

  /** The same key, shown in the Secret under {@code publication}. */
  public Key shownIn(int publication) {
    return new Key(
        name,
        id,
        role,
        fields,
        hint,
        issuedAt,
        expiresAt,
        label,
        issuer,
        OptionalInt.of(publication),
        checks,
        named);
  }

  /** The same key, at the issuer of this binding. */
  public Key at(IssuerBinding other) {
    return new Key(
        name,
        id,
        role,
        fields,
        hint,
        issuedAt,
        expiresAt,
        label,
        other,
        lastPublication,
        checks,
        named);
  }

  /** The same key, condemned because a person named it. */
  public Key namedByPerson() {
    return new Key(
        name,
        id,
        Role.CONDEMNED,
        fields,
        hint,
        issuedAt,
        expiresAt,
        label,
        issuer,
        lastPublication,
        checks,
        true);
  }
}
