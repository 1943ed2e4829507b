package dev.rekey.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Locale;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The story, one line a step, in the order in which things happened. They are heard of by several
 * ways, some of them slower than others, so each line is held back for a moment.
 */
final class Story implements AutoCloseable {

  private static final Duration HELD_BACK = Duration.ofMillis(300);
  private static final long BEAT_MILLIS = 50;

  private final PrintStream out;
  private final Instant began = Instant.now();
  private final AtomicLong lines = new AtomicLong();
  private final PriorityBlockingQueue<Line> waiting =
      new PriorityBlockingQueue<>(
          64, Comparator.comparing(Line::at).thenComparingLong(Line::number));
  private final Thread printer;
  private boolean over;

  private record Line(Instant at, long number, String text) {}

  private Story(PrintStream out) {
    this.out = out;
    this.printer = Thread.ofVirtual().name("story").unstarted(this::print);
  }

  /** Begins to tell. */
  static Story to(PrintStream out) {
    Story story = new Story(out);
    story.printer.start();
    return story;
  }

  /** A line about something that happens now. */
  void tell(String what, String happens, String why) {
    tell(Instant.now(), what, happens, why);
  }

  /**
   * A line.
   *
   * @param at when it happened
   * @param what the thing that it happened to
   * @param happens what happened, as the rest of a sentence
   * @param why the reason for it; empty where that sentence says it already
   */
  void tell(Instant at, String what, String happens, String why) {
    double seconds = Math.max(0, Duration.between(began, at).toMillis()) / 1000.0;
    String text =
        String.format(
            Locale.ROOT,
            "%5.1fs  %-31s %s%s",
            seconds,
            what,
            happens,
            why.isEmpty() ? "" : ": " + why);
    waiting.add(new Line(at, lines.incrementAndGet(), text));
  }

  /** Prints what is held back, then {@code text} as it is. */
  synchronized void say(String text) {
    printUntil(Instant.MAX);
    if (!over) {
      out.println(text);
    }
  }

  /** Says {@code last}; nothing is told after it. */
  synchronized void end(String last) {
    say(last);
    over = true;
  }

  /** When it began. */
  Instant began() {
    return began;
  }

  @Override
  public void close() {
    printer.interrupt();
    printUntil(Instant.MAX);
    out.flush();
  }

  private void print() {
    try {
      while (true) {
        TimeUnit.MILLISECONDS.sleep(BEAT_MILLIS);
        printUntil(Instant.now().minus(HELD_BACK));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void printUntil(Instant latest) {
    for (Line next = waiting.poll(); next != null; next = waiting.poll()) {
      if (next.at().isAfter(latest)) {
        waiting.add(next);
        return;
      }
      if (!over) {
        out.println(next.text());
      }
    }
  }
}
