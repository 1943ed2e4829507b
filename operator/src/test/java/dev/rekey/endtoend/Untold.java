package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/** Secret values that a person who reads what Rekey tells must not find there. */
record Untold(List<String> secrets) {
  static Untold of(String... secrets) {
    return new Untold(List.of(secrets));
  }

  /** Neither in the rotation nor in the log nor in an event, and not in base64 either. */
  void assertIn(Stage stage, OperatorLog log, String rotation) {
    var told = new ArrayList<>(log.lines());
    assertThat(told).isNotEmpty();
    told.add(Serialization.asYaml(stage.rotation(rotation)));
    for (var namespace : List.of(stage.namespace, stage.operatorNamespace)) {
      stage
          .client
          .v1()
          .events()
          .inNamespace(namespace)
          .list()
          .getItems()
          .forEach(it -> told.add(Serialization.asYaml(it)));
    }
    var forms =
        secrets.stream()
            .flatMap(it ->
                Stream.of(
                    it, Base64.getEncoder().encodeToString(it.getBytes(StandardCharsets.UTF_8))))
            .toList();
    assertThat(told.stream().filter(text -> forms.stream().anyMatch(text::contains)).count())
        .as("texts that tell a secret value")
        .isZero();
  }
}
