package dev.rekey.issuer;

import dev.rekey.rotation.Capabilities;
import dev.rekey.rotation.DeleteResult;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Listing;
import dev.rekey.rotation.MintResult;
import dev.rekey.rotation.Verdict;
import java.util.List;

/**
 * A service that issues keys. Every verb may be repeated safely but {@link #mint}, whose every call
 * belongs to one attempt in the ledger. No verb throws for what a service may do: whatever happens
 * becomes one of the results.
 */
public interface Issuer {

  /** What this issuer can do. */
  Capabilities capabilities();

  /**
   * The same issuer, asked with these keys of one ledger, all issued here, where it is the key in
   * use that gets in.
   */
  default Issuer askedWith(List<Key> keys) {
    return this;
  }

  /** Asks for a new key: one request, never repeated from within. */
  MintResult mint(MintRequest request);

  /** Shows the key to the service and asks whether it works. */
  Verdict verify(Key key);

  /** The keys of the account. */
  Listing list();

  /** Deletes the key. The caller has seen it condemned in the ledger. */
  DeleteResult delete(Key key);
}
