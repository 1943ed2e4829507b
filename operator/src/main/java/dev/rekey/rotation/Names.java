package dev.rekey.rotation;

/** The names under which Rekey writes on objects that people and other programs see. */
public final class Names {
  /** Value that asks for a rotation; each value is followed once. */
  public static final String ROTATE = "rekey.dev/rotate";

  /** Id or hint of a key that has leaked: it is replaced at once, the order kept. */
  public static final String LEAKED = "rekey.dev/leaked";

  /** Id of a key that is to be deleted now, whoever holds it. */
  public static final String REVOKE_NOW = "rekey.dev/revoke-now";

  /** Id of a key that a person has deleted, where only people can. */
  public static final String DELETED = "rekey.dev/deleted";

  /** Label of the Secrets in which people bring new keys, by which they are watched. */
  public static final String INBOX_LABEL = "rekey.dev/inbox";

  /** Lineage of another cluster's ledger whose current key is to be taken over. */
  public static final String TAKEOVER = "rekey.dev/takeover";

  /** On resources, issuers and credentials while something is unfinished. */
  public static final String FINALIZER = "rekey.dev/unfinished-keys";

  /** On an issuer: the Secrets with its credential that are kept while its keys are unfinished. */
  public static final String HELD_CREDENTIALS = "rekey.dev/held-credentials";

  /** On a Secret with a credential: the UIDs of the issuers that it is kept for. */
  public static final String HELD_FOR = "rekey.dev/held-for";

  /** On the target Secret: id of the key that it shows. */
  public static final String KEY_ID = "rekey.dev/key-id";

  /** On the target Secret: when that key was issued, RFC 3339. */
  public static final String ISSUED_AT = "rekey.dev/issued-at";

  /** On the target Secret: when that key stops working, RFC 3339. */
  public static final String EXPIRES_AT = "rekey.dev/expires-at";

  /** On the target Secret: {@code <lineage>.<publication>}. */
  public static final String PUBLICATION = "rekey.dev/publication";

  /** On the target Secret: the id of the key before, until that one is deleted. */
  public static final String PREVIOUS_KEY_ID = "rekey.dev/previous-key-id";

  /** On the target Secret: fingerprint of the account that issued the key. */
  public static final String ACCOUNT = "rekey.dev/account";

  /** Label of target Secrets, by which they are watched. */
  public static final String TARGET_LABEL = "rekey.dev/target";

  /** Label of ledgers, by which they are watched. */
  public static final String LEDGER_LABEL = "rekey.dev/ledger";

  /** On a ledger: the Secret that it is about, {@code namespace/name}. */
  public static final String LEDGER_TARGET = "rekey.dev/target";

  /** The type of a ledger Secret. */
  public static final String LEDGER_TYPE = "rekey.dev/ledger";

  /** The field manager of what Rekey writes on other people's workloads. */
  public static final String FIELD_MANAGER = "rekey";

  private static final String STAMP = "rekey.dev/stamp-";

  private Names() {}

  /** The Secret in which a person brings a new key for this target Secret. */
  public static String inbox(String secret) {
    return secret + "-inbox";
  }

  /**
   * The annotation on pod templates for one target Secret: a workload may read several. Hashed,
   * since a name ends at 63 characters.
   */
  public static String stamp(String secret) {
    return STAMP + Fingerprint.of(secret);
  }
}
