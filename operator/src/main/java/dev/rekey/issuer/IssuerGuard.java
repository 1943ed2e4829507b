package dev.rekey.issuer;

import dev.rekey.rotation.Fault;
import dev.rekey.rotation.IssuerBinding;
import java.util.Optional;

/** Keeps issuers, and their credentials, from going while keys of theirs are unfinished. */
@FunctionalInterface
public interface IssuerGuard {

  /**
   * Keeps the issuer and its credential. Nothing is written where they are kept already, so it may
   * be done again.
   *
   * @return why no key may be asked for there; empty when both are kept
   */
  Optional<Fault> hold(IssuerBinding binding);
}
