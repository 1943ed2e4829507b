package dev.rekey.issuer;

import dev.rekey.rotation.SecretText;

/**
 * Where an issuer's own credential is read, anew for every request, so that a rotated one is used.
 */
@FunctionalInterface
public interface CredentialSource {

  /** The credential as it is now. */
  Credential read();

  /** What was read. */
  sealed interface Credential {

    /** There is one. */
    record Found(SecretText text) implements Credential {}

    /**
     * There is none, and no request is made.
     *
     * @param message what is missing where, and what to do
     */
    record Missing(String message) implements Credential {}
  }
}
