package dev.rekey.node;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A program running in a pod. Closing it ends the program, gently first. */
final class RunningContainer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RunningContainer.class);
  private static final Duration GENTLY = Duration.ofSeconds(5);

  private final PodView view;
  private final CompletableFuture<Exit> ended = new CompletableFuture<>();
  private final Thread thread;

  private RunningContainer(PodProgram program, PodView view) {
    this.view = view;
    this.thread = Thread.ofVirtual().name("pod " + view).unstarted(() -> run(program));
  }

  static RunningContainer start(PodProgram program, PodView view) {
    RunningContainer container = new RunningContainer(program, view);
    container.thread.start();
    return container;
  }

  /** Completes when the program has ended. */
  CompletableFuture<Exit> ended() {
    return ended;
  }

  @Override
  public void close() {
    view.stop();
    try {
      ended.get(GENTLY.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | InterruptedException e) {
      thread.interrupt();
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("never completed exceptionally", e);
    }
  }

  private void run(PodProgram program) {
    var exit = Exit.BADLY;
    try {
      program.run(view);
      exit = Exit.WELL;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ContainerExit e) {
      exit = e.exit();
    } catch (RuntimeException e) {
      // not its message: a program may say anything, keys included
      LOG.info("the program of pod {} failed: {}", view, e.getClass().getName());
    } finally {
      ended.complete(exit);
    }
  }
}
