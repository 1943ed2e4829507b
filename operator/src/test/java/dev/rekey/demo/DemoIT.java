package dev.rekey.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The demo as people start it: a process of its own, judged by its last line and exit code. */
class DemoIT {

  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final Pattern LAST_LINE =
      Pattern.compile(
          "rotated (\\d+) keys; (\\d+) of (\\d+) requests failed; (\\d+) keys left over");

  private record Ending(List<String> lines, int exitCode) {
    Matcher lastLine() {
      Matcher matcher = LAST_LINE.matcher(lines.getLast());
      assertThat(matcher.matches()).as(String.join("\n", lines)).isTrue();
      return matcher;
    }
  }

  @Test
  void threeKeysAreRotatedAndNoRequestFails() throws Exception {
    Ending ending = play();

    Matcher last = ending.lastLine();
    assertThat(ending.lines().getLast())
        .as(String.join("\n", ending.lines()))
        .isEqualTo("rotated 3 keys; 0 of " + last.group(3) + " requests failed; 0 keys left over");
    assertThat(Long.parseLong(last.group(3))).isGreaterThanOrEqualTo(1000);
    assertThat(ending.exitCode()).isZero();
  }

  @Test
  void withoutTheGateRequestsFail() throws Exception {
    Ending ending = play("-Drekey.demo.sabotage=revoke-first");

    assertThat(Long.parseLong(ending.lastLine().group(2))).isPositive();
    assertThat(ending.exitCode()).isEqualTo(1);
  }

  @Test
  void misspeltSabotageIsNotTakenForNone() throws Exception {
    Ending ending = play("-Drekey.demo.sabotage=revoke");

    assertThat(ending.lines().getLast()).contains("revoke-first");
    assertThat(ending.exitCode()).isEqualTo(1);
  }

  private static Ending play(String... properties) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.add("-Drekey.root=" + System.getProperty("rekey.root", ".."));
    command.addAll(List.of(properties));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Demo.class.getName()));
    // what the JVM itself warns of goes to the other stream
    Path story = Files.createTempFile("demo-", ".txt");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(story.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      assertThat(process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS))
          .as(() -> "ends by itself in time; it said " + read(story))
          .isTrue();
      return new Ending(read(story).lines().toList(), process.exitValue());
    } finally {
      process.destroyForcibly();
      Files.delete(story);
    }
  }

  private static String read(Path story) {
    try {
      return Files.readString(story);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
