package dev.rekey.issuer.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.api.v1alpha1.IssuerRef;
import dev.rekey.issuer.Issuer;
import dev.rekey.issuer.IssuerDirectory;
import dev.rekey.issuer.MintRequest;
import dev.rekey.rotation.Binding;
import dev.rekey.rotation.Checks;
import dev.rekey.rotation.DeleteResult;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.IssuerBinding;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Listing;
import dev.rekey.rotation.MintResult;
import dev.rekey.rotation.Observation.IssuerView;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.SecretText;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which key gets in, where it is the key in use that does. */
class KeyAccessTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final IssuerBinding HERE =
      new IssuerBinding("KeyIssuer", "payments", "till", "u-1", "a-1");
  private static final IssuerBinding ELSEWHERE =
      new IssuerBinding("KeyIssuer", "payments", "other", "u-2", "a-2");

  private final ScriptedServer server = new ScriptedServer();
  private final Transports transports = new Transports();

  @AfterEach
  void stop() {
    transports.close();
    server.close();
  }

  @Test
  void newKeyIsAskedForWithTheCurrentOne() {
    server.answers(201, "{\"id\": \"43\", \"token\": \"new-value-of-43\"}");

    assertThat(mint(key("41", Role.CURRENT, 0), key("42", Role.NEXT, 3)))
        .isInstanceOf(MintResult.Minted.class);

    assertThat(shown()).isEqualTo("Bearer value-of-41");
  }

  @Test
  void oldKeyIsDeletedWithTheNewOne() {
    server.answers(204, "");
    Key old = key("41", Role.CONDEMNED, 0);

    assertThat(asked(old, key("42", Role.CURRENT, 3)).delete(old))
        .isInstanceOf(DeleteResult.Deleted.class);

    assertThat(shown()).isEqualTo("Bearer value-of-42");
  }

  @Test
  void newKeyThatWasTakenBackIsDeletedWithTheOldOne() {
    server.answers(204, "");
    Key rejected = key("42", Role.CONDEMNED, 3);

    asked(rejected, key("41", Role.CURRENT, 0)).delete(rejected);

    assertThat(shown()).isEqualTo("Bearer value-of-41");
  }

  @Test
  void keyThatNothingHasAcceptedIsNotReliedOn() {
    Key old = key("41", Role.CONDEMNED, 0);
    server.answers(204, "");

    asked(old, key("42", Role.NEXT, 0)).delete(old);

    assertThat(shown()).isEqualTo("Bearer value-of-41");
  }

  @Test
  void orphanIsDeletedWithTheCurrentKey() {
    server.answers(204, "");
    Key orphan =
        new Key(
            "lost/43",
            Optional.of("43"),
            Role.CONDEMNED,
            Map.of(),
            "never seen",
            NOON,
            Optional.empty(),
            Optional.empty(),
            HERE,
            OptionalInt.empty(),
            Checks.NONE);

    asked(key("41", Role.CURRENT, 0), orphan).delete(orphan);

    assertThat(shown()).isEqualTo("Bearer value-of-41");
  }

  @Test
  void lastKeyDeletesItselfAndIsGoneWhenItIsRefused() {
    Key last = key("41", Role.CONDEMNED, 0);
    server.answers(401, "{}");

    assertThat(asked(last).delete(last)).isInstanceOf(DeleteResult.Gone.class);
    server.answers(403, "{}");
    assertThat(asked(last).delete(last)).isInstanceOf(DeleteResult.Failed.class);
  }

  @Test
  void refusalOfAnotherKeySaysNothingOfTheOneThatIsDeleted() {
    Key old = key("41", Role.CONDEMNED, 0);
    server.answers(401, "{}");

    DeleteResult result = asked(old, key("42", Role.CURRENT, 3)).delete(old);

    assertThat(result).isInstanceOf(DeleteResult.Failed.class);
    Fault fault = ((DeleteResult.Failed) result).fault();
    assertThat(fault.reason()).isEqualTo(Reason.NoUsableKey);
    assertThat(fault.message()).contains("key 42").doesNotContain("value-of");
  }

  @Test
  void keyOfAnotherAccountIsNeverSent() {
    Key elsewhere = key("41", Role.CURRENT, 3).at(ELSEWHERE);

    MintResult result = mint(elsewhere);

    assertThat(server.asked()).isEmpty();
    assertThat(result).isInstanceOf(MintResult.Refused.class);
    assertThat(((MintResult.Refused) result).fault().reason()).isEqualTo(Reason.NoUsableKey);
  }

  @Test
  void withoutAKeyNothingIsAskedAndItIsSaid() {
    assertThat(((Listing.Failed) asked().list()).fault().reason()).isEqualTo(Reason.NoUsableKey);
    assertThat(((MintResult.Refused) mint()).fault().message()).contains("spec.adopt");
    assertThat(server.asked()).isEmpty();
  }

  private MintResult mint(Key... keys) {
    return asked(keys).mint(new MintRequest("a-1", "rk-1", "payments", "till"));
  }

  private Issuer asked(Key... keys) {
    Issuer issuer =
        WrittenIssuers.issuer(
            server, transports, "auth: {key: {bearer: {value: \"${key.value}\"}}}");
    return new Directory(issuer).open(HERE, ledger(keys)).orElseThrow();
  }

  private record Directory(Issuer issuer) implements IssuerDirectory {
    @Override
    public IssuerView view(String namespace, IssuerRef ref) {
      throw new AssertionError();
    }

    @Override
    public IssuerView view(IssuerBinding binding) {
      throw new AssertionError();
    }

    @Override
    public Optional<Issuer> open(IssuerBinding binding) {
      return Optional.of(issuer);
    }
  }

  private static Rotation ledger(Key... keys) {
    Binding binding = new Binding("c-1", "payments", "till", "till", "r-1");
    return Rotation.begin("lineage", binding, List.of()).sweptUp("lost", List.of(keys));
  }

  private String shown() {
    return server.asked().getLast().authorization();
  }

  private static Key key(String id, Role role, int accepted) {
    Checks checks = Checks.NONE;
    for (int i = 0; i < accepted; i++) {
      checks = checks.accepted(NOON);
    }
    return new Key(
        "attempt-" + id,
        Optional.of(id),
        role,
        Map.of("value", SecretText.of("value-of-" + id)),
        "…",
        NOON,
        Optional.empty(),
        Optional.of("rk-" + id),
        HERE,
        OptionalInt.empty(),
        checks);
  }
}
