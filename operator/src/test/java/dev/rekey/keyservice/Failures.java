package dev.rekey.keyservice;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The service's failure switches. The one set first is used up first. */
public final class Failures {

  private final List<Switch> switches = new CopyOnWriteArrayList<>();

  Failures() {}

  /** The next {@code times} requests of this verb fail this way. */
  public Switch next(int times, Verb verb, Failure failure) {
    Switch added = new Switch(verb, failure, times);
    switches.add(added);
    return added;
  }

  /** Every request of this verb fails this way until the switch is turned off. */
  public Switch every(Verb verb, Failure failure) {
    return next(Integer.MAX_VALUE, verb, failure);
  }

  /** Turns every switch off. */
  public void clear() {
    switches.forEach(Switch::off);
  }

  /** The failure for a request of this verb, taken from its switch, or null. */
  @Nullable Failure take(Verb verb) {
    for (Switch each : switches) {
      if (each.verb == verb && each.use()) {
        return each.failure;
      }
    }
    return null;
  }

  /** One failure switch, which counts how often it was used. */
  public static final class Switch {

    private final Verb verb;
    private final Failure failure;
    private final AtomicInteger left;
    private final AtomicInteger used = new AtomicInteger();

    private Switch(Verb verb, Failure failure, int times) {
      this.verb = verb;
      this.failure = failure;
      this.left = new AtomicInteger(times);
    }

    /** How many requests have failed this way. */
    public int used() {
      return used.get();
    }

    /** How many more requests will. */
    public int left() {
      return left.get();
    }

    /** No further request fails this way. */
    public void off() {
      left.set(0);
    }

    private boolean use() {
      boolean taken = left.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
      if (taken) {
        used.incrementAndGet();
      }
      return taken;
    }
  }
}
