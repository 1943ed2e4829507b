package dev.rekey.demo;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.logging.LogManager;

/**
 * The demo: {@code ./mvnw -q -Pdemo}. A whole cluster in this process, three keys rotated while
 * pods call the service all the time, and a last line that says how many requests failed.
 */
public final class Demo {
  private static final int KEPT = 0;
  private static final int BROKEN = 1;
  private static final String LOG = "operator/target/demo.log";

  private Demo() {}

  /** Runs it. Ends with 0 if three keys were rotated and nothing went wrong, and with 1 if not. */
  public static void main(String[] arguments) throws InterruptedException {
    keepQuiet();
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    int result;
    try {
      result = run(Options.from(System.getProperties()), out);
    } catch (RuntimeException e) {
      out.println("The demo could not go on: " + e.getMessage());
      result = BROKEN;
    }
    System.exit(result);
  }

  /** Whatever libraries log goes to a file; the story is all that is to be seen. */
  private static void keepQuiet() {
    System.setProperty("logback.configurationFile", "logback-demo.xml");
    // or the mock API server's network library warns of its use of sun.misc.Unsafe
    System.setProperty("io.netty.noUnsafe", "true");
    LogManager.getLogManager().reset();
  }

  private static int run(Options options, PrintStream out) throws InterruptedException {
    try (Story story = Story.to(out);
        Stage stage = Stage.set(story, options.revokeFirst());
        OperatorTale operator =
            OperatorTale.of(
                stage.cluster().client(), Stage.NAMESPACE, story, new Why(options.revokeFirst()));
        ServiceTale service = ServiceTale.of(stage.service(), story)) {
      Play play = new Play(options.root(), story, stage, operator);
      Optional<String> missing = play.perform(options.revokeFirst());
      Summary summary = Summary.of(stage);
      Verdict verdict = summary.verdict(missing);
      story.say("");
      summary.lines().forEach(story::say);
      missing.ifPresent(it -> story.say(it + " What the operator logged is in " + LOG + "."));
      if (options.keep()) {
        story.say(verdict.line());
        Encore.play(options.root(), story, stage);
      }
      story.end(verdict.line());
      return verdict.good() ? KEPT : BROKEN;
    }
  }
}
