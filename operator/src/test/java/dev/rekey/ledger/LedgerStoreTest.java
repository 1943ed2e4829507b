package dev.rekey.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekey.cluster.ClusterException;
import dev.rekey.cluster.Secrets;
import dev.rekey.cluster.Watched;
import dev.rekey.ledger.LedgerStore.Found;
import dev.rekey.rotation.Binding;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.Rotation;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LedgerStoreTest {
  private static final String NAMESPACE = "rekey-system";

  private final OneSecret cluster = new OneSecret();
  private final LedgerStore ledgers = new LedgerStore(cluster, cluster.cache(), NAMESPACE);
  private final Rotation rotation =
      Rotation.begin("lineage", new Binding("c", "payments", "api-key", "r", "u"), List.of());

  @Test
  void itsNameIsReadableAndValidAndUnmistakable() {
    assertThat(LedgerStore.name("payments", "api-key"))
        .matches("rekey-payments-api-key-[0-9a-f]{10}");
    assertThat(LedgerStore.name("a", "b-c")).isNotEqualTo(LedgerStore.name("a-b", "c"));

    var valid = "[a-z0-9]([-a-z0-9.]*[a-z0-9])?";
    for (var secret : List.of("s".repeat(253), "a".repeat(28) + "." + "b".repeat(60), "x.y")) {
      assertThat(LedgerStore.name("payments", secret)).matches(valid).hasSizeLessThan(60);
      assertThat(LedgerStore.name("payments", secret))
          .isNotEqualTo(LedgerStore.name("payments", secret + "1"));
    }
  }

  @Test
  void itIsASecretOfItsOwnTypeInTheOperatorsNamespace() {
    ledgers.create(rotation);

    var secret = cluster.required();
    assertThat(secret.getMetadata().getNamespace()).isEqualTo(NAMESPACE);
    assertThat(secret.getMetadata().getName()).isEqualTo(LedgerStore.name("payments", "api-key"));
    assertThat(secret.getType()).isEqualTo(Names.LEDGER_TYPE);
    assertThat(secret.getMetadata().getLabels()).containsKey(Names.LEDGER_LABEL);
    assertThat(secret.getMetadata().getOwnerReferences()).isEmpty();
  }

  @Test
  void aWriteComparesWithWhatWasRead() {
    var first = ledgers.create(rotation);
    var second = ledgers.replace(first, rotation.boundTo("r", "another"));

    assertThat(second.version()).isNotEqualTo(first.version());
    assertThatThrownBy(() -> ledgers.replace(first, rotation.boundTo("r", "third")))
        .isInstanceOf(ClusterException.Conflict.class);
    assertThatThrownBy(() -> ledgers.create(rotation))
        .isInstanceOf(ClusterException.Conflict.class);
  }

  @Test
  void aWriteThatChangesNothingIsNone() {
    var first = ledgers.create(rotation);
    int writes = cluster.writes;

    assertThat(ledgers.replace(first, rotation)).isEqualTo(first);
    assertThat(cluster.writes).isEqualTo(writes);
  }

  @Test
  void aCacheThatHasNotSeenOurWriteIsNotBelieved() {
    var first = ledgers.create(rotation);
    cluster.catchUp();
    assertThat(cached()).isEqualTo(new Found.Ledger(first));

    var second = ledgers.replace(first, rotation.boundTo("r", "another"));
    assertThat(cached()).isEqualTo(new Found.Stale());

    cluster.catchUp();
    assertThat(cached()).isEqualTo(new Found.Ledger(second));
  }

  @Test
  void versionsAreComparedAsNumbers() {
    cluster.version = 8;
    var ninth = ledgers.create(rotation);
    cluster.catchUp();
    ledgers.replace(ninth, rotation.boundTo("r", "another"));

    assertThat(cached()).isEqualTo(new Found.Stale());
  }

  @Test
  void aLedgerThatIsNotInTheCacheIsLookedForBeforeItIsCalledMissing() {
    assertThat(cached()).isEqualTo(new Found.Nothing());

    var first = ledgers.create(rotation);
    assertThat(cached()).isEqualTo(new Found.Ledger(first));

    cluster.deleteByHand();
    assertThat(cached()).isEqualTo(new Found.Nothing());
  }

  @Test
  void atRestTheCacheIsAsked() {
    ledgers.create(rotation);
    cluster.catchUp();
    int reads = cluster.reads;

    assertThat(cached()).isInstanceOf(Found.Ledger.class);
    assertThat(cluster.reads).isEqualTo(reads);
  }

  @Test
  void aLedgerThatCannotBeReadIsNotOverwritten() {
    ledgers.create(rotation);
    cluster.edit(it -> it.withData(Map.of()));
    assertThat(ledgers.live("payments", "api-key")).isInstanceOf(Found.Unreadable.class);

    cluster.edit(it -> it.addToData("ledger.json", "Z2FyYmFnZQ=="));
    assertThat(ledgers.live("payments", "api-key")).isInstanceOf(Found.Unreadable.class);
  }

  private Found cached() {
    return ledgers.cached("payments", "api-key");
  }

  /** A cluster with room for one Secret. */
  private static final class OneSecret implements Secrets {
    private @Nullable Secret stored;
    private @Nullable Secret cached;
    private final List<Secret> others = new ArrayList<>();
    private long version;
    private int writes;
    private int reads;

    @Override
    public Optional<Secret> get(String namespace, String name) {
      reads++;
      return Optional.ofNullable(stored);
    }

    @Override
    public List<Secret> list(String namespace, String label) {
      reads++;
      return Stream.concat(Optional.ofNullable(stored).stream(), others.stream()).toList();
    }

    @Override
    public Secret create(Secret secret) {
      if (stored != null) {
        throw new ClusterException.Conflict("Secret");
      }
      return store(secret);
    }

    @Override
    public Secret replace(Secret secret) {
      if (!required()
          .getMetadata()
          .getResourceVersion()
          .equals(secret.getMetadata().getResourceVersion())) {
        throw new ClusterException.Conflict("Secret");
      }
      return store(secret);
    }

    private Secret store(Secret secret) {
      writes++;
      var after =
          new SecretBuilder(secret)
              .editMetadata()
              .withResourceVersion(Long.toString(++version))
              .endMetadata()
              .build();
      stored = after;
      return after;
    }

    void edit(UnaryOperator<SecretBuilder> change) {
      stored = change.apply(new SecretBuilder(required())).build();
    }

    void deleteByHand() {
      stored = null;
    }

    void catchUp() {
      cached = stored;
    }

    Secret required() {
      return Optional.ofNullable(stored).orElseThrow();
    }

    Watched<Secret> cache() {
      return new Watched<>() {
        @Override
        public Optional<Secret> get(String namespace, String name) {
          return Optional.ofNullable(cached);
        }

        @Override
        public List<Secret> all() {
          return Optional.ofNullable(cached).stream().toList();
        }
      };
    }
  }
}
