package dev.rekey.issuer.http;

import dev.rekey.cel.CelProblem;
import dev.rekey.issuer.CredentialSource;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Reason;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The key in use gets in. A new key is asked for with the current one, and the old one deleted with
 * the new one, which is the current one by then. A key that is being deleted is used only where
 * there is no other: the last of all deletes itself.
 *
 * @param source asked before each request: whoever may not ask is told so there
 * @param keys those of one ledger that were issued here
 */
record KeyAccess(CredentialSource source, AccountAuth.KeyAuth carrier, List<Key> keys)
    implements Access {
  private static final int ITSELF = 8;
  private static final int NEVER = 9;

  static KeyAccess withoutKeys(CredentialSource source, AccountAuth.KeyAuth carrier) {
    return new KeyAccess(source, carrier, List.of());
  }

  @Override
  public Access with(List<Key> others) {
    return new KeyAccess(source, carrier, List.copyOf(others));
  }

  @Override
  public Pass enter(Optional<Key> about) {
    source.read();
    var key = chosen(about);
    if (key.isEmpty()) {
      return new Pass.Denied(
          Fault.of(
              Reason.NoUsableKey,
              "The issuer is asked with the key in use, and there is none that could be sent to"
                  + " it. "
                  + Reason.NoUsableKey.sentence()));
    }
    try {
      return carrier
          .carry(Described.whole(key.get()))
          .<Pass>map(Pass.Given::new)
          .orElseGet(() -> uncarried("gives what no request can carry"));
    } catch (CelProblem problem) {
      return uncarried(String.valueOf(problem.getMessage()));
    }
  }

  private static Pass uncarried(String what) {
    return new Pass.Denied(
        Fault.of(
            Reason.IssuerInvalid,
            "No request was made, for spec.http.auth.key cannot be sent: " + what + "."));
  }

  /** There is no other key to try. */
  @Override
  public Supplier<Pass> refused(Pass.Given given) {
    return () -> given;
  }

  @Override
  public boolean isItself(Key about) {
    return chosen(Optional.of(about)).filter(it -> it.name().equals(about.name())).isPresent();
  }

  /** The Secret that holds the credential is the one that Rekey writes. */
  @Override
  public Fault explained(Fault fault) {
    return fault.reason() == Reason.CredentialRefused
        ? Fault.of(
            Reason.NoUsableKey,
            "The issuer refuses "
                + chosen(Optional.empty()).map(Key::display).orElse("the key")
                + ", with which it is asked by spec.http.auth.key. "
                + Reason.NoUsableKey.sentence())
        : fault;
  }

  private Optional<Key> chosen(Optional<Key> about) {
    return keys.stream()
        // whose value nobody knows, as of one that was only found in a list
        .filter(it -> !it.fields().isEmpty())
        .filter(it -> rank(it, about) < NEVER)
        .min(Comparator.comparingInt(it -> rank(it, about)));
  }

  /** Which key is used first. One that nothing has accepted yet proves nothing but itself. */
  private static int rank(Key key, Optional<Key> about) {
    if (about.filter(it -> it.name().equals(key.name())).isPresent()) {
      return ITSELF;
    }
    return switch (key.role()) {
      case CURRENT -> 0;
      case NEXT -> key.checks().acceptedInARow() > 0 ? 1 : NEVER;
      case RETIRED -> 2;
      case REJECTED -> 3;
      case CONDEMNED -> key.checks().deleteAskedAt().isEmpty() ? 4 : NEVER;
    };
  }
}
