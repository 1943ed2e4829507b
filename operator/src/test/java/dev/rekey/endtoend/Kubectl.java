package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.testkube.ControlPlane;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The real kubectl, as an administrator uses it. */
record Kubectl(ControlPlane controlPlane) {

  /** What it says; it ends as expected, or the test does. */
  String run(int exitCode, String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(controlPlane.binaries().program("kubectl").toString());
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder
        .environment()
        .put("KUBECONFIG", controlPlane.kubeconfigFile(controlPlane.adminToken()).toString());
    var process = builder.start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isEqualTo(exitCode);
    return said;
  }
}
