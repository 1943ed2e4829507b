package dev.rekey.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/** The formatter has the last word on layout. */
class FormattedSourcesTest {
  private final Path root = Path.of(System.getProperty("rekey.root", ".."));

  @Test
  void everyJavaFileIsFormatted() throws Exception {
    var sources = JavaSources.below(root);
    var unformatted = new ArrayList<Path>();
    for (Path file : sources) {
      String source = Files.readString(file);
      if (!JavaSources.formatted(source).equals(source)) {
        unformatted.add(root.relativize(file));
      }
    }

    assertThat(sources).as("Java files below " + root).isNotEmpty();
    assertThat(unformatted).as("files that ./mvnw -q -Pformat would change").isEmpty();
  }
}
