package dev.rekey.reconcile.josdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** A {@link ProbeOperator}, and what it has said so far. */
final class OperatorProcess implements AutoCloseable {
  /** The exit code of one that lost its lease. */
  static final int LOST = 3;

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration RETRY = Duration.ofMillis(400);
  private static final Pattern LINE =
      Pattern.compile("(\\d{13}) ((?:begin|end|interrupted) .*|started|stopped)");

  /**
   * What it said.
   *
   * @param at when, in ms
   */
  record Line(long at, String text) {}

  private final Process process;
  private final List<Line> lines = new ArrayList<>();
  private final List<String> log = new ArrayList<>();
  private final Thread reader;

  private OperatorProcess(Process process) {
    this.process = process;
    reader = Thread.ofVirtual().start(this::read);
  }

  static OperatorProcess start(Path kubeconfig, String namespace, String identity, Duration lease)
      throws IOException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java");
    var classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return new OperatorProcess(
        new ProcessBuilder(
                java.toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-cp",
                classPath,
                ProbeOperator.class.getName(),
                kubeconfig.toString(),
                namespace,
                identity,
                "" + lease.toMillis(),
                "" + lease.toMillis() * 2 / 3,
                "" + RETRY.toMillis())
            .redirectErrorStream(true)
            .start());
  }

  private void read() {
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      for (var line = output.readLine(); line != null; line = output.readLine()) {
        hear(line);
      }
    } catch (IOException e) {
      hear("its output broke off: " + e.getMessage());
    }
  }

  private synchronized void hear(String line) {
    var said = LINE.matcher(line);
    if (said.matches()) {
      lines.add(new Line(Long.parseLong(said.group(1)), said.group(2)));
      notifyAll();
    } else {
      log.add(line);
    }
  }

  /** Waits until it says this, and answers when. */
  long says(String text) {
    return says(0, text);
  }

  /** Waits until it says this later than at a time. */
  synchronized long says(long later, String text) {
    Predicate<Line> wanted = line -> line.at() > later && line.text().equals(text);
    var end = System.nanoTime() + PATIENCE.toNanos();
    while (lines.stream().noneMatch(wanted)) {
      var left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      assertThat(left).as("never said '%s':%n%s", text, this).isPositive();
      try {
        wait(left);
      } catch (InterruptedException e) {
        throw new AssertionError("interrupted", e);
      }
    }
    return lines.stream().filter(wanted).findFirst().orElseThrow().at();
  }

  /** When the passes began that began so far. */
  synchronized List<Long> begun() {
    return lines.stream().filter(l -> l.text().startsWith("begin ")).map(Line::at).toList();
  }

  /** Waits for its end and answers the exit code. */
  int ends(Duration limit) throws InterruptedException {
    assertThat(process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS))
        .as("ended within %s:%n%s", limit, this)
        .isTrue();
    reader.join();
    return process.exitValue();
  }

  void signal(String signal) throws IOException, InterruptedException {
    var kill = new ProcessBuilder("kill", "-" + signal, "" + process.pid()).inheritIO().start();
    assertThat(kill.waitFor()).isZero();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }

  @Override
  public synchronized String toString() {
    var text = new StringBuilder(process.isAlive() ? "running" : "ended " + process.exitValue());
    lines.stream()
        .skip(Math.max(0, lines.size() - 10))
        .forEach(line -> text.append("\n  ").append(line));
    log.forEach(line -> text.append('\n').append(line));
    return text.toString();
  }
}
