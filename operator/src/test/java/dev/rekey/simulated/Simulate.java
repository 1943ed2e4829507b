package dev.rekey.simulated;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Lives many lives, each from a seed of its own, and says which promise was broken in which.
 *
 * <pre>
 *   ./mvnw -q -Psimulate -Dschedules=100000          as many, from a seed that is printed
 *   ./mvnw -q -Psimulate -Dseed=42                   one, with its whole story
 * </pre>
 */
public final class Simulate {
  private static final int WORKERS = 2;
  private static final int TOLD = 3;

  /** From so many schedules on, whatever was never seen is a failure. */
  private static final long ENOUGH = 10_000;

  private final Sabotage sabotage;
  private final AtomicLong next = new AtomicLong();
  private final List<Schedule> broken = new ArrayList<>();
  private final Coverage coverage = new Coverage();
  private long crashes;
  private long faults;
  private long done;

  Simulate(Sabotage sabotage) {
    this.sabotage = sabotage;
  }

  /** The seeds {@code first}, {@code first + 1} and so on. */
  void run(long first, long schedules) {
    var workers = new ArrayList<Thread>();
    for (int worker = 0; worker < WORKERS; worker++) {
      workers.add(Thread.ofPlatform().start(() -> work(first, schedules)));
    }
    for (var worker : workers) {
      try {
        worker.join();
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void work(long first, long schedules) {
    var mine = new Coverage();
    long number = next.getAndIncrement();
    while (number < schedules) {
      note(live(first + number, mine));
      number = next.getAndIncrement();
    }
    synchronized (this) {
      coverage.add(mine);
    }
  }

  private Schedule live(long seed, Coverage mine) {
    try {
      return Schedule.live(seed, sabotage, mine, Chronicle.unread());
    } catch (RuntimeException | AssertionError fault) {
      var at = fault.getStackTrace().length == 0 ? "" : " at " + fault.getStackTrace()[0];
      return new Schedule(
          seed, List.of("the simulation itself fails: " + fault + at), 0, 0, List.of());
    }
  }

  private synchronized void note(Schedule schedule) {
    done++;
    crashes += schedule.crashes();
    faults += schedule.faults();
    if (!schedule.broken().isEmpty()) {
      broken.add(schedule);
    }
  }

  /** Every life in which a promise was broken. */
  List<Schedule> broken() {
    return List.copyOf(broken);
  }

  Coverage coverage() {
    return coverage;
  }

  /** Tells what came of it, and whether all is well. */
  boolean report(PrintStream out) {
    broken.stream().limit(TOLD).forEach(it -> tell(out, Schedule.told(it.seed(), sabotage)));
    broken.stream()
        .skip(TOLD)
        .limit(100)
        .forEach(it -> out.println("seed " + it.seed() + ": " + it.broken()));
    coverage.table().forEach(out::println);
    var missing = coverage.missing();
    boolean complete = done < ENOUGH || missing.isEmpty();
    if (!complete) {
      out.println("never seen: " + missing);
    }
    out.printf(
        "schedules: %d; promises broken: %d; crashes: %d; faults: %d%n",
        done, broken.size(), crashes, faults);
    return broken.isEmpty() && complete;
  }

  static void tell(PrintStream out, Schedule schedule) {
    out.println("---- seed " + schedule.seed());
    schedule.story().forEach(out::println);
    schedule.broken().forEach(it -> out.println("BROKEN: " + it));
    out.println("replay: ./mvnw -q -Psimulate -Dseed=" + schedule.seed());
  }

  /** Runs as many schedules as asked for. */
  public static void main(String[] args) {
    long schedules = number(System.getProperty("schedules"), -1);
    long seed = number(System.getProperty("seed"), -1);
    long first = seed >= 0 ? seed : Math.abs(System.nanoTime() / 1000);
    var simulate = new Simulate(Sabotage.none());
    System.out.println("first seed: " + first);
    simulate.run(first, schedules > 0 ? schedules : 1);
    if (seed >= 0 && schedules <= 1 && simulate.broken().isEmpty()) {
      tell(System.out, Schedule.told(seed, Sabotage.none()));
    }
    System.exit(simulate.report(System.out) ? 0 : 1);
  }

  private static long number(@Nullable String text, long otherwise) {
    return text == null || text.isBlank() || text.startsWith("$")
        ? otherwise
        : Long.parseLong(text);
  }
}
