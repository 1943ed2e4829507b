package dev.rekey.issuer.http;

import dev.rekey.rotation.Fault;
import dev.rekey.rotation.Key;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** How Rekey gets in at an issuer: what its requests carry, asked for anew for each of them. */
interface Access {

  /** What came of it. */
  sealed interface Pass {
    /**
     * A request may carry this.
     *
     * @param credential what its body may hold as well
     */
    record Given(Authentication authentication, AccountCredential credential) implements Pass {
      /** One whose body holds nothing of it. */
      Given(Authentication authentication) {
        this(authentication, new AccountCredential(Optional.empty()));
      }
    }

    /** There is nothing that a request could carry, so that it is not made. */
    record Denied(Fault fault) implements Pass {}
  }

  /**
   * What the next request carries.
   *
   * @param about the key that it is about, where there is one
   */
  Pass enter(Optional<Key> about);

  /**
   * The issuer has refused what a request carried: it is not used again where another can be had.
   *
   * @return gives another one to whoever may repeat the request; only then is it asked for
   */
  Supplier<Pass> refused(Pass.Given given);

  /** The same, with these keys of one ledger where it is they that get in. */
  default Access with(List<Key> keys) {
    return this;
  }

  /** Whether a request about this key carries that key itself. */
  default boolean isItself(Key about) {
    return false;
  }

  /** What a refusal means here. */
  default Fault explained(Fault fault) {
    return fault;
  }
}
