package dev.rekey.rotation;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The keys of an account. */
public sealed interface Listing {

  /**
   * What the issuer lists.
   *
   * @param keys every key on the account, those of other teams as well
   * @param complete whether a key that is not among them certainly is not there
   */
  record Listed(List<ListedKey> keys, boolean complete) implements Listing {}

  /** There is no list this time. */
  record Failed(Fault fault) implements Listing {}

  /**
   * One of them.
   *
   * @param id the issuer's id
   * @param label its label, empty where it has none
   * @param issuedAt when it was issued, where the list tells
   * @param expiresAt when it stops working, where the list tells
   */
  record ListedKey(
      String id, String label, Optional<Instant> issuedAt, Optional<Instant> expiresAt) {}
}
