package dev.rekey.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.testkube.Binaries;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Mistakes that the API server refuses at once, each with words that help. One file each, whose
 * first line says which words.
 */
@Testkube
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class MalformedResourcesIT {
  private static final String REFUSED = "# refused: ";

  private final ApiServer apiServer;
  private final String namespace;

  /** One namespace for all: nothing is ever stored in it. */
  MalformedResourcesIT(KubernetesClient admin, TestNamespace own) {
    apiServer = new ApiServer(admin);
    namespace = own.name();
  }

  static List<Path> files() throws IOException {
    var folder = Binaries.repository().resolve("operator/src/test/resources/malformed");
    try (var files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  static List<String> cases() throws IOException {
    return files().stream().map(file -> file.getFileName().toString()).toList();
  }

  @Test
  void thereAreManyOfThem() throws IOException {
    assertThat(files()).hasSizeGreaterThanOrEqualTo(70);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isRefusedWithWordsThatHelp(String name) throws IOException {
    var file = Binaries.repository().resolve("operator/src/test/resources/malformed/" + name);
    var yaml = Files.readString(file);
    var first = yaml.lines().findFirst().orElse("");
    assertThat(first).as("first line").startsWith(REFUSED);

    var answer = apiServer.create(namespace, yaml);

    assertThat(answer.code()).as("HTTP status of %s", answer.body()).isIn(400, 422);
    assertThat(answer.message()).contains(first.substring(REFUSED.length()));
  }
}
