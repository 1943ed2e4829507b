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
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whoever copies an example begins with something that the API server takes. */
@Testkube
final class ExamplesIT {
  private final ApiServer apiServer;
  private final String namespace;

  ExamplesIT(KubernetesClient admin, TestNamespace own) {
    apiServer = new ApiServer(admin);
    namespace = own.name();
  }

  static List<String> examples() throws IOException {
    Path root = Binaries.repository();
    try (var files = Files.walk(root.resolve("examples"))) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .map(file -> root.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void thereAreSome() throws IOException {
    assertThat(examples()).hasSizeGreaterThanOrEqualTo(10);
  }

  /** In a namespace of the test's own. What is cluster-wide is judged, but not stored. */
  @ParameterizedTest
  @MethodSource("examples")
  void isTaken(String example) throws IOException {
    var text = Files.readString(Binaries.repository().resolve(example));
    for (String yaml : objects(text)) {
      var answer =
          ApiServer.isClusterWide(yaml)
              ? apiServer.createDryRun(namespace, yaml)
              : apiServer.create(namespace, yaml);

      assertThat(answer.code()).as("%s in %s", answer.message(), yaml).isEqualTo(201);
    }
  }

  static List<String> documented() throws IOException {
    var page = Files.readString(Binaries.repository().resolve("docs/issuers.md"));
    return Pattern.compile("(?s)```yaml\n(.*?)```")
        .matcher(page)
        .results()
        .map(it -> it.group(1))
        .filter(it -> it.startsWith("apiVersion"))
        .toList();
  }

  @Test
  void someAreDocumented() throws IOException {
    assertThat(documented()).hasSizeGreaterThanOrEqualTo(4);
  }

  @ParameterizedTest
  @MethodSource("documented")
  void documentedIssuerIsTaken(String yaml) {
    var own = yaml.replace("namespace: payments", "namespace: " + namespace);

    var answer = apiServer.create(namespace, own);

    assertThat(answer.code()).as("%s in %s", answer.message(), yaml).isEqualTo(201);
  }

  private List<String> objects(String text) {
    return Stream.of(text.split("(?m)^---$"))
        .filter(yaml -> yaml.lines().anyMatch(line -> !line.isBlank() && !line.startsWith("#")))
        .map(yaml -> yaml.replaceAll("(?m)^  namespace: .*$", "  namespace: " + namespace))
        .toList();
  }
}
