package dev.rekey.endtoend;

import dev.rekey.testkube.ControlPlane;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The packaged operator in a process of its own, which can be killed. */
final class OperatorProcess {
  private final Process process;
  private final Path log;

  private OperatorProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** Starts the jar under this identity; {@code more} is added to its environment. */
  static OperatorProcess start(
      ControlPlane controlPlane, Stage stage, String identity, Map<String, String> more)
      throws IOException {
    var environment = new HashMap<>(Stage.quickEnvironment());
    environment.put(
        "KUBECONFIG", controlPlane.kubeconfigFile(controlPlane.adminToken()).toString());
    environment.put("REKEY_NAMESPACE", stage.operatorNamespace);
    environment.put("REKEY_IDENTITY", identity);
    environment.put("REKEY_HTTP_ADDRESS", "127.0.0.1");
    environment.put("REKEY_HTTP_PORT", "0");
    environment.put("REKEY_LEASE_DURATION", "3s");
    environment.put("REKEY_LEASE_RENEW_DEADLINE", "2s");
    environment.put("REKEY_LEASE_RETRY_PERIOD", "300ms");
    environment.put("REKEY_ISSUERS_ALLOW_PLAIN_HTTP", "true");
    environment.put("REKEY_ISSUERS_ALLOW_LOOPBACK", "true");
    environment.putAll(more);
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var jar = Path.of(System.getProperty("rekey.dist"), "rekey-operator.jar").toString();
    var command =
        List.of(java, "-XX:+UseSerialGC", "-Xmx128m", "-XX:TieredStopAtLevel=1", "-jar", jar);
    var process = controlPlane.launch(identity, command, environment);
    var started = new OperatorProcess(process, controlPlane.folder().resolve(identity + ".log"));
    // one that lives on would find no ledgers of its own for the resources of the next test
    stage.ends(started::kill);
    return started;
  }

  /** SIGKILL: no hook runs, nothing is handed over. */
  void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** SIGTERM, as a kubelet sends it; gives the exit code. */
  int stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      kill();
      throw new AssertionError("the operator did not end within 20 s of SIGTERM: " + log());
    }
    return process.exitValue();
  }

  /** What it ended with, by itself. */
  int exitCode() throws InterruptedException {
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      kill();
      throw new AssertionError("the operator did not end by itself within 20 s: " + log());
    }
    return process.exitValue();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** A signal, such as STOP or CONT. */
  void signal(String signal) throws IOException, InterruptedException {
    var kill = new ProcessBuilder("kill", "-" + signal, "" + process.pid()).inheritIO().start();
    if (kill.waitFor() != 0) {
      throw new AssertionError("no " + signal + " for " + process.pid());
    }
  }

  String log() {
    try {
      return Files.readString(log);
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }
}
