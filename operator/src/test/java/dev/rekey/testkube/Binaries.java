package dev.rekey.testkube;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The programs that {@code testkube/build.sh} builds: etcd, the Kubernetes components, kubectl and
 * helm.
 */
public record Binaries(Path folder) {
  private static final int NO_GO = 3; // build.sh's exit code

  /** The control plane can't be had on this machine; the message says what to do. */
  public static final class Unavailable extends Exception {
    private static final long serialVersionUID = 1;

    Unavailable(String why) {
      super(why + "; run testkube/build.sh once (it needs Go and takes about 8 minutes)");
    }
  }

  /** Asks {@code build.sh} for the folder. That builds it first where it can and must. */
  public static Binaries locate() throws Unavailable {
    var script = repository().resolve("testkube/build.sh");
    try {
      var build =
          new ProcessBuilder("bash", script.toString())
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectError(ProcessBuilder.Redirect.INHERIT) // a build takes minutes, and says so
              .start();
      var answer = new String(build.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return switch (build.waitFor()) {
        case 0 -> new Binaries(Path.of(answer.strip()));
        case NO_GO -> throw new Unavailable("the control plane isn't built and Go isn't there");
        default -> throw new Unavailable("testkube/build.sh failed, see above");
      };
    } catch (IOException e) {
      throw new Unavailable("testkube/build.sh can't run here: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while testkube/build.sh ran");
    }
  }

  /**
   * The root of the repository: system property {@code rekey.root} (the build sets it), else (in an
   * IDE) the first folder upwards that has the script.
   */
  public static Path repository() {
    var told = System.getProperty("rekey.root", "");
    if (!told.isEmpty()) {
      return Path.of(told);
    }
    for (var d = Path.of("").toAbsolutePath(); d != null; d = d.getParent()) {
      if (Files.exists(d.resolve("testkube/build.sh"))) {
        return d;
      }
    }
    throw new IllegalStateException("set the system property rekey.root to the repository's root");
  }

  /** For example {@code program("helm")}. */
  public Path program(String name) {
    return folder.resolve("bin").resolve(name);
  }
}
