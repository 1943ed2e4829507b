package dev.rekey.endtoend;

import dev.rekey.testkube.Binaries;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;

/** A definition of {@code examples/issuers/}, as it is but for where the service is. */
final class Preset {
  private Preset() {}

  /** With a shorter patience, so that an answer that is lost is given up soon. */
  static String at(String name, URI url) throws IOException {
    var file = Binaries.repository().resolve("examples/issuers").resolve(name + ".yaml");
    return Files.readString(file)
        .replaceFirst("url: https://\\S+", "url: " + url + "\n    requestTimeout: 5s");
  }
}
