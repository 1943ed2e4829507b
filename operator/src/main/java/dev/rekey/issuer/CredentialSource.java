package dev.rekey.issuer;

import dev.rekey.rotation.SecretText;
import java.util.Map;

/** Where an issuer's own credential is read. */
@FunctionalInterface
public interface CredentialSource {

  /** Where none is needed. */
  CredentialSource NONE = () -> new Credential.Found(Map.of());

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

    /**
     * There is one.
     *
     * @param parts its texts by name: the data keys of its Secret where all of that is it
     */
    record Found(Map<String, SecretText> parts) implements Credential {
      private static final String WHOLE = "";

      /** One text. */
      public Found(SecretText text) {
        this(Map.of(WHOLE, text));
      }

      /** The text, where it is one. */
      public SecretText text() {
        return parts.getOrDefault(WHOLE, SecretText.of(""));
      }
    }

    /**
     * There is none, and no request is made.
     *
     * @param message what is missing where, and what to do
     */
    record Missing(String message) implements Credential {}
  }
}
