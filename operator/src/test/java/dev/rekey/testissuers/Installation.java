package dev.rekey.testissuers;

import dev.rekey.testkube.Binaries;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The services that {@code testissuers/install.sh} installs.
 *
 * @param folder where they are
 */
public record Installation(Path folder) {
  private static final int LACKING = 3; // install.sh's exit code

  /** The services can't be had on this machine; the message says what to do. */
  public static final class Unavailable extends Exception {
    private static final long serialVersionUID = 1;

    Unavailable(String why) {
      super(why + "; run testissuers/install.sh once (it needs python3 with pip, and npm)");
    }
  }

  /** Asks {@code install.sh} for the folder. That installs them first where it can and must. */
  static Installation locate() throws Unavailable {
    var script = source("install.sh");
    try {
      var install =
          new ProcessBuilder("bash", script.toString())
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectError(ProcessBuilder.Redirect.INHERIT) // it takes a while, and says so
              .start();
      var answer = new String(install.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return switch (install.waitFor()) {
        case 0 -> new Installation(Path.of(answer.strip()));
        case LACKING -> throw new Unavailable("JupyterHub and Verdaccio can't run here, see above");
        default -> throw new Unavailable("testissuers/install.sh failed, see above");
      };
    } catch (IOException e) {
      throw new Unavailable("testissuers/install.sh can't run here: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while testissuers/install.sh ran");
    }
  }

  /** A file of {@code testissuers/}. */
  static Path source(String name) {
    return Binaries.repository().resolve("testissuers").resolve(name);
  }

  /** Where Python finds JupyterHub. */
  Path pythonPath() {
    return folder.resolve("python");
  }

  /** A Node that Verdaccio runs on. */
  Path node() {
    return folder.resolve("node_modules/.bin/node");
  }

  /** Verdaccio's main script. */
  Path verdaccio() {
    return folder.resolve("node_modules/verdaccio/bin/verdaccio");
  }
}
