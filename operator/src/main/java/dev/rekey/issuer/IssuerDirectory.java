package dev.rekey.issuer;

import dev.rekey.api.v1alpha1.IssuerRef;
import dev.rekey.rotation.IssuerBinding;
import dev.rekey.rotation.Observation.IssuerView;
import dev.rekey.rotation.Rotation;
import java.util.Optional;

/** Finds the issuers that resources name. */
public interface IssuerDirectory {

  /**
   * What can be said of the issuer that a resource of {@code namespace} names, without asking it.
   */
  IssuerView view(String namespace, IssuerRef ref);

  /** What can be said of the issuer of a key, if it is still the same one, without asking it. */
  IssuerView view(IssuerBinding binding);

  /** The issuer of this binding, if it is still the same one. */
  Optional<Issuer> open(IssuerBinding binding);

  /** The same, to ask it about the keys of this ledger. */
  default Optional<Issuer> open(IssuerBinding binding, Rotation ledger) {
    return open(binding)
        .map(it ->
            it.askedWith(
                ledger.keys().stream()
                    .filter(key -> key.issuer().isSameAccountAs(binding))
                    .toList()));
  }
}
