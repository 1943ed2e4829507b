package dev.rekey.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.rotation.Observation.Traits;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetReaderTest {
  @Test
  void anOrdinarySecretHasNoTraits() {
    assertThat(traits("metadata: {name: till}")).isEqualTo(Traits.NONE);
    assertThat(traits("metadata: {name: till, annotations: {some: thing}}\nimmutable: false"))
        .isEqualTo(Traits.NONE);
  }

  @Test
  void anImmutableOneSaysSo() {
    assertThat(traits("metadata: {name: till}\nimmutable: true").immutable()).isTrue();
  }

  @Test
  void oneThatReloaderIgnoresSaysSo() {
    assertThat(
            traits("metadata: {name: till, annotations: {reloader.stakater.com/ignore: 'true'}}")
                .reloaderIgnores())
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "reflector.v1.k8s.emberstack.com/reflection-allowed      | true     | yes",
        "reflector.v1.k8s.emberstack.com/reflection-allowed      | false    | no",
        "reflector.v1.k8s.emberstack.com/reflection-auto-enabled | True     | yes",
        "reflector.v1.k8s.emberstack.com/reflects                | a/till   | no",
        "replicator.v1.mittwald.de/replicate-to                  | a,b-.*   | yes",
        "replicator.v1.mittwald.de/replicate-to                  | ''       | no",
        "replicator.v1.mittwald.de/replicate-to-matching         | team=a   | yes",
        "replicator.v1.mittwald.de/replication-allowed           | true     | yes",
        "replicator.v1.mittwald.de/replicate-from                | a/till   | no",
        "kubed.appscode.com/sync                                 | ''       | yes",
        "kubed.appscode.com/sync                                 | app=web  | yes",
        "kubed.appscode.com/sync-contexts                        | other    | yes",
      })
  void whoeverCopiesItIsKnownByItsAnnotation(String annotation, String value, String copied) {
    var copiedBy =
        traits("metadata: {name: till, annotations: {%s: '%s'}}".formatted(annotation, value))
            .copiedBy();

    if (copied.equals("yes")) {
      assertThat(copiedBy).containsExactly(annotation);
    } else {
      assertThat(copiedBy).isEmpty();
    }
  }

  private static Traits traits(String secret) {
    return TargetReader.read(Serialization.unmarshal(secret, Secret.class)).traits();
  }
}
