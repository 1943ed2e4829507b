package dev.rekey.issuer.http;

import dev.rekey.issuer.CredentialSource;
import dev.rekey.issuer.CredentialSource.Credential;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Reason;
import java.util.Optional;
import java.util.function.Supplier;

/** The account's credential is sent as it is kept. */
record CredentialAccess(CredentialSource source, AccountAuth.Carrier carrier) implements Access {

  @Override
  public Pass enter(Optional<Key> about) {
    return pass(source.read());
  }

  /** It may have been rotated since it was read. */
  @Override
  public Supplier<Pass> refused(Pass.Given given) {
    var now = source.readAgain();
    return () -> pass(now);
  }

  private Pass pass(Credential credential) {
    return switch (credential) {
      case Credential.Missing(String message) -> missing(message);
      case Credential.Found found ->
          carrier
              .carry(found.text().reveal())
              .<Pass>map(it -> new Pass.Given(it, new AccountCredential(Optional.of(found.text()))))
              .orElseGet(CredentialAccess::uncarried);
    };
  }

  static Pass missing(String message) {
    return new Pass.Denied(Fault.of(Reason.CredentialMissing, message));
  }

  private static Pass uncarried() {
    return new Pass.Denied(
        Fault.of(
            Reason.CredentialRefused,
            "The issuer's credential is empty or holds what no request can carry, so that no"
                + " request was made. Put a working one into the Secret that spec.http.auth"
                + " names."));
  }
}
