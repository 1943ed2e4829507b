package dev.rekey.issuer.http;

import dev.rekey.issuer.CredentialSource;
import java.util.Map;
import java.util.Optional;

/** How an issuer is to be entered, by its definition. */
sealed interface AccountAuth {

  /** How a credential is carried. */
  @FunctionalInterface
  interface Carrier {
    /** Absent where the credential cannot be carried so. */
    Optional<Authentication> carry(String credential);
  }

  /** How a key is carried. */
  @FunctionalInterface
  interface KeyAuth {
    /** Absent where what the templates give cannot be carried so. */
    Optional<Authentication> carry(Map<String, ?> values);
  }

  /** With the credential itself. */
  record ByCredential(Carrier carrier) implements AccountAuth {}

  /** With a session that is asked for with the credential. */
  record BySession(SessionRequest request) implements AccountAuth {}

  /** With the key in use. */
  record ByKey(KeyAuth carrier) implements AccountAuth {}

  /** Begins to get in so. Nothing is asked yet. */
  default Access access(
      CredentialSource credential, SecuredTransport transport, HttpDefinition of) {
    return switch (this) {
      case ByCredential(Carrier carrier) -> new CredentialAccess(credential, carrier);
      case BySession(SessionRequest request) ->
          new SessionAccess(
              credential,
              it -> request.ask(it, transport, of.capabilities().requestTimeout()),
              transport.clock());
      case ByKey(KeyAuth carrier) -> KeyAccess.withoutKeys(credential, carrier);
    };
  }
}
