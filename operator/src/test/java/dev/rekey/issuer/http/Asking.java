package dev.rekey.issuer.http;

import dev.rekey.issuer.MintRequest;
import dev.rekey.rotation.Checks;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.IssuerBinding;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.MintResult;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.SecretText;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** What tests ask issuers, and what they get. */
final class Asking {
  static final MintRequest MINT = new MintRequest("a-1", "rk-1", "payments", "till");

  private Asking() {}

  static Fault fault(MintResult result) {
    return switch (result) {
      case MintResult.Refused(Fault fault) -> fault;
      case MintResult.Unclear(Fault fault) -> fault;
      default -> throw new AssertionError(result + " is no fault");
    };
  }

  static Key key(String id) {
    return new Key(
        "attempt-1",
        Optional.of(id),
        Role.NEXT,
        Map.of("value", SecretText.of("SEKR-value")),
        "…",
        Transports.NOON,
        Optional.empty(),
        Optional.empty(),
        new IssuerBinding("KeyIssuer", "payments", "till", "u-1", "a-1"),
        OptionalInt.empty(),
        Checks.NONE);
  }
}
