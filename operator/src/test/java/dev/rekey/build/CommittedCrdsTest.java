package dev.rekey.build;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The committed definitions are those of the Java types, and explain themselves. */
class CommittedCrdsTest {
  private final Path root = Path.of(System.getProperty("rekey.root", ".."));

  @Test
  void theCommittedFilesAreThoseOfTheJavaTypes() throws Exception {
    var committed = new TreeMap<String, String>();
    try (var files = Files.list(root.resolve("crds"))) {
      for (Path file : files.toList()) {
        committed.put(file.getFileName().toString(), Files.readString(file));
      }
    }

    assertThat(committed)
        .as("crds/ as ./mvnw -q -Pcrds would write it")
        .isEqualTo(CommittedCrds.generate());
  }

  @Test
  void everyFieldIsDescribed() {
    var undescribed = new ArrayList<String>();
    var described = new ArrayList<String>();
    for (var crd : CommittedCrds.definitions()) {
      JSONSchemaProps schema =
          crd.getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema();
      visit(crd.getSpec().getNames().getKind(), schema, described, undescribed);
    }

    assertThat(undescribed).as("fields without a @JsonPropertyDescription").isEmpty();
    assertThat(described).hasSizeGreaterThan(100);
  }

  @Test
  void everyValidationRuleSaysWhatToWrite() {
    var messages = new ArrayList<String>();
    for (var crd : CommittedCrds.definitions()) {
      collect(crd.getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema(), messages);
    }

    assertThat(messages)
        .hasSizeGreaterThan(60)
        .allSatisfy(message -> assertThat(message).hasSizeGreaterThan(30).contains(" "));
  }

  @Test
  void everyValidationRuleHasAMalformedResource() throws Exception {
    var malformed = root.resolve("operator/src/test/resources/malformed");
    var refusals = new ArrayList<String>();
    try (var files = Files.list(malformed)) {
      for (Path file : files.toList()) {
        refusals.add(Files.readAllLines(file).getFirst().replaceFirst("^# refused: ", ""));
      }
    }
    var messages = new TreeSet<String>();
    for (var crd : CommittedCrds.definitions()) {
      collect(crd.getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema(), messages);
    }
    messages.removeIf(message -> message.startsWith("spec.secret.name cannot be changed"));

    assertThat(messages).allSatisfy(message -> assertThat(refusals).anyMatch(message::contains));
  }

  private static void visit(
      String path, JSONSchemaProps schema, List<String> described, List<String> undescribed) {
    String description = schema.getDescription();
    (description == null || description.isBlank() ? undescribed : described).add(path);
    if (schema.getProperties() != null) {
      schema
          .getProperties()
          .forEach((name, child) -> visit(path + "." + name, child, described, undescribed));
    }
    if (schema.getItems() != null && schema.getItems().getSchema().getProperties() != null) {
      schema
          .getItems()
          .getSchema()
          .getProperties()
          .forEach((name, child) -> visit(path + "[]." + name, child, described, undescribed));
    }
  }

  private static void collect(JSONSchemaProps schema, Collection<String> messages) {
    if (schema.getXKubernetesValidations() != null) {
      schema.getXKubernetesValidations().forEach(rule -> messages.add(rule.getMessage()));
    }
    if (schema.getProperties() != null) {
      schema.getProperties().values().forEach(child -> collect(child, messages));
    }
    if (schema.getItems() != null) {
      collect(schema.getItems().getSchema(), messages);
    }
  }
}
