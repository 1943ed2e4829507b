package dev.rekey.reconcile.josdk;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What the newest pass over each resource was given. */
final class Passes {
  private final Map<String, Probe> newest = new HashMap<>();
  private final Map<String, Integer> counts = new HashMap<>();

  synchronized void note(Probe probe) {
    newest.put(probe.getMetadata().getName(), probe);
    counts.merge(probe.getMetadata().getUid(), 1, Integer::sum);
    notifyAll();
  }

  synchronized @Nullable Probe newest(String name) {
    return newest.get(name);
  }

  /** Whether in time there comes a pass over the resource that is given such a state. */
  boolean see(String name, Predicate<Probe> state, Duration limit) {
    return await(
        () -> {
          var probe = newest.get(name);
          return probe != null && state.test(probe);
        },
        limit);
  }

  /** Whether in time there have been so many passes over this very resource. */
  boolean goOn(Probe probe, int count, Duration limit) {
    return await(() -> counts.getOrDefault(probe.getMetadata().getUid(), 0) >= count, limit);
  }

  private synchronized boolean await(BooleanSupplier condition, Duration limit) {
    var end = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      var left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (left <= 0) {
        return false;
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        throw new AssertionError("interrupted", e);
      }
    }
    return true;
  }
}
