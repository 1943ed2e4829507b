package dev.rekey.simulated;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What is true at the issuers, whatever anybody believes. */
interface Accounts {

  /** A key as its issuer knows it. */
  interface TrueKey {
    String id();

    String label();

    String value();

    /** Whether Rekey asked for it. */
    boolean ours();

    /** The name of the account. */
    String account();
  }

  /** The keys that work now. */
  List<? extends TrueKey> alive();

  /** When Rekey first asked for this key's deletion, whatever came of it. */
  Optional<Instant> deleteAsked(String value);

  /** When the key of this value was last accepted. */
  Optional<Instant> lastAccepted(String value);

  /** How often the key of this value was accepted in a row. */
  int acceptedInARow(String value);
}
