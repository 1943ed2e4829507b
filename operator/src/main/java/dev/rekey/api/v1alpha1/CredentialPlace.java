package dev.rekey.api.v1alpha1;

import java.util.Optional;

/**
 * Where an issuer's credential is kept.
 *
 * @param secret the name of the Secret
 * @param key the data key that holds it; absent: all of the Secret's data is it
 */
public record CredentialPlace(String secret, Optional<String> key) {
  static CredentialPlace of(SecretKeyRef ref) {
    return new CredentialPlace(ref.name(), Optional.of(ref.key()));
  }
}
