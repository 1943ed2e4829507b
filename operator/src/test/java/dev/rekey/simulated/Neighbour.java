package dev.rekey.simulated;

import dev.rekey.cluster.Secrets;
import dev.rekey.ledger.LedgerStore;
import dev.rekey.rotation.Attempt;
import dev.rekey.rotation.Binding;
import dev.rekey.rotation.Checks;
import dev.rekey.rotation.IssuerBinding;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.SecretText;
import dev.rekey.rotation.Tracing;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Another rotation of the same Rekey, which uses the same account for a Secret of its own. It does
 * as Rekey does: an attempt in its ledger, a key, the key in its ledger.
 */
final class Neighbour {
  private static final String SECRET = "neighbour-api-key";

  private final Life life;
  private final LedgerStore ledgers;
  private Rotation ledger =
      Rotation.begin(
          "neighbour",
          new Binding(
              SimulatedResources.CLUSTER,
              SimulatedSecrets.TEAM,
              SECRET,
              "neighbour",
              "resource-of-the-neighbour"),
          List.of());
  private int rotations;

  Neighbour(Life life) {
    this.life = life;
    ledgers =
        new LedgerStore(
            new DirectSecrets(),
            life.secrets.watchedBy(Names.LEDGER_LABEL),
            SimulatedSecrets.OPERATOR);
  }

  /** It gets itself one more key, over some seconds. */
  void rotate(Account account, IssuerBinding issuer) {
    var name = "neighbour-" + ++rotations;
    var now = life.clock.instant();
    write(
        ledger.opened(
            new Attempt(
                name,
                "rk-" + name,
                issuer,
                Attempt.State.OPEN,
                now,
                now.plus(Duration.ofSeconds(40)),
                0,
                Optional.empty(),
                Tracing.COUNTABLE,
                List.of())));
    life.in(
        life.dice.millis(0, 4000),
        () -> {
          var key = account.makeByHand("");
          life.in(
              life.dice.millis(0, 4000),
              () -> write(ledger.minted(name, known(key, issuer, name))));
        });
  }

  private static Key known(Account.TrueKey key, IssuerBinding issuer, String name) {
    return new Key(
        name,
        Optional.of(key.id()),
        Role.CURRENT,
        Map.of("value", SecretText.of(key.value())),
        "neighbour",
        key.issuedAt(),
        Optional.empty(),
        Optional.empty(),
        issuer,
        OptionalInt.of(1),
        Checks.NONE);
  }

  private void write(Rotation next) {
    ledger = next;
    ledgers.create(next);
  }

  /** Secrets that are simply put there: nobody else writes this ledger. */
  private final class DirectSecrets implements Secrets {
    @Override
    public Optional<Secret> get(String namespace, String name) {
      return life.secrets.get(namespace, name);
    }

    @Override
    public List<Secret> list(String namespace, String label) {
      return life.secrets.list(namespace, label);
    }

    @Override
    public Secret create(Secret secret) {
      life.secrets.put(secret);
      var meta = secret.getMetadata();
      return life.secrets.get(meta.getNamespace(), meta.getName()).orElseThrow();
    }

    @Override
    public Secret replace(Secret secret) {
      return create(secret);
    }
  }
}
