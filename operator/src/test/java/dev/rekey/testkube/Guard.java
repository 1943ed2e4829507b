package dev.rekey.testkube;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Starts processes in one temporary folder, and sees to it that they and the folder go when this
 * JVM does, however it ends.
 *
 * <p>A shutdown hook doesn't run under SIGKILL. So a small shell script reads from a pipe that only
 * this JVM holds open: when the pipe closes, by {@link #close} or by the JVM's end, it kills what
 * was started and removes the folder.
 */
public final class Guard implements AutoCloseable {
  /** $1: the folder; the rest of what it does comes as lines: a process id, or {@code keep}. */
  private static final String SCRIPT =
      """
      trap '' HUP INT TERM # Ctrl-C reaches us too, and must not keep us from our work
      pids= keep=
      while read -r line; do
        case $line in keep) keep=1 ;; *) pids="$pids $line" ;; esac
      done
      for pid in $pids; do
        # one that ended long ago may have left its id to a stranger, who doesn't live in our folder
        if [ "$(readlink "/proc/$pid/cwd")" = "$1" ]; then kill -9 "$pid"; fi
      done
      [ -n "$keep" ] && exit
      for try in 1 2 3 4 5 6 7 8 9 10; do # the dying may still write
        rm -rf "$1" && [ ! -e "$1" ] && exit
        sleep 0.1
      done
      """;

  private static final int TAIL = 15;

  private final Path folder;
  private final Process script;
  private final Map<String, Process> started = new LinkedHashMap<>();

  /**
   * A guard of nothing yet.
   *
   * @param what begins the folder's name
   * @param keep whether the folder stays
   */
  public Guard(String what, boolean keep) throws IOException {
    folder = Files.createTempDirectory(what + "-").toRealPath();
    script =
        new ProcessBuilder("sh", "-c", SCRIPT, "testkube-guard", folder.toString())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (keep) {
      tell("keep");
    }
  }

  /** Where the processes run. */
  public Path folder() {
    return folder;
  }

  /** Starts a process in the folder; its output goes to {@code <name>.log} there. */
  public synchronized Process start(
      String name, List<String> command, Map<String, String> environment) throws IOException {
    var builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log(name).toFile()));
    builder.environment().putAll(environment);
    var process = builder.start();
    tell(Long.toString(process.pid()));
    started.put(name, process);
    return process;
  }

  /** SIGKILL for one of them. */
  synchronized void kill(String name) {
    var process = started.remove(name);
    if (process == null) {
      throw new IllegalArgumentException("nothing called " + name + " was started");
    }
    process.destroyForcibly().onExit().join();
  }

  synchronized Map<String, Long> pids() {
    return started.entrySet().stream()
        .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, e -> e.getValue().pid()));
  }

  Path log(String name) {
    return folder.resolve(name + ".log");
  }

  /** Throws with the end of its log when a process has ended. */
  public synchronized void checkAlive() {
    started.forEach((name, process) -> {
      if (!process.isAlive()) {
        throw new IllegalStateException(
            "%s ended with %d:%n%s".formatted(name, process.exitValue(), tail(name)));
      }
    });
  }

  /** The end of its log. */
  public String tail(String name) {
    try (var lines = Files.lines(log(name))) {
      var all = lines.toList();
      return String.join("\n", all.subList(Math.max(0, all.size() - TAIL), all.size()));
    } catch (IOException | UncheckedIOException e) {
      return "(no log: " + e.getMessage() + ")";
    }
  }

  private void tell(String line) throws IOException {
    var pipe = script.getOutputStream();
    pipe.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    pipe.flush();
  }

  @Override
  public void close() {
    try {
      script.getOutputStream().close();
      script.waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the script goes on by itself
    }
  }
}
