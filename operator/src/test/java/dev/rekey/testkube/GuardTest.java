package dev.rekey.testkube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Nothing stays behind, however a test's JVM ends. */
@EnabledOnOs(OS.LINUX)
final class GuardTest {
  private static final List<String> FOR_EVER = List.of("sleep", "600");

  @Test
  void closeEndsProcessesAndRemovesTheFolder() throws IOException {
    var guard = new Guard("testkube", false);
    var sleeper = guard.start("sleeper", FOR_EVER, Map.of());
    assertThat(sleeper.isAlive()).isTrue();

    guard.close();

    await().until(() -> !sleeper.isAlive());
    assertThat(guard.folder()).doesNotExist();
  }

  @Test
  void aKilledJvmLeavesNothing() throws Exception {
    var java = ProcessHandle.current().info().command().orElseThrow();
    var classPath = System.getProperty("java.class.path");
    var victim = new ProcessBuilder(java, "-cp", classPath, Victim.class.getName()).start();
    try (var out = victim.inputReader()) {
      var sleeper = ProcessHandle.of(Long.parseLong(out.readLine())).orElseThrow();
      var folder = Path.of(out.readLine());
      assertThat(sleeper.isAlive()).isTrue();
      assertThat(folder).isDirectory();

      victim.destroyForcibly(); // SIGKILL: no hook runs

      await().until(() -> !isRunning(sleeper) && !Files.exists(folder));
    }
  }

  /** An orphan that has ended is "alive" until the first process of a container reaps it. */
  private static boolean isRunning(ProcessHandle process) {
    return process.isAlive() && process.info().command().isPresent();
  }

  /** A JVM that starts something and then waits to be killed. */
  static final class Victim {
    private Victim() {}

    static void main() throws Exception {
      var guard = new Guard("testkube", false);
      System.out.println(guard.start("sleeper", FOR_EVER, Map.of()).pid());
      System.out.println(guard.folder());
      new CountDownLatch(1).await();
    }
  }
}
