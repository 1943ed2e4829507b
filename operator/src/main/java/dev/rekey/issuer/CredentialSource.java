package dev.rekey.issuer;

import dev.rekey.rotation.SecretText;

/** Where an issuer's own credential is read. */
@FunctionalInterface
public interface CredentialSource {

  /** The credential, which may have been read a while ago. */
  Credential read();

  /** The credential as it is now, since the issuer has refused the one that was read. */
  default Credential readAgain() {
    return read();
  }

  /** Another one, that is kept in the same namespace. */
  default CredentialSource beside(String secret, String key) {
    return () -> new Credential.Missing("There is no Secret " + secret + " here.");
  }

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
