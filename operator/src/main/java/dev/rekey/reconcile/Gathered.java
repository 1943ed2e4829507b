package dev.rekey.reconcile;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Gathers what is told of a namespace: of all that changes within a span, one word is passed on at
 * its end. Three hundred pods that start do not make three hundred passes.
 */
public final class Gathered implements Consumer<String> {
  private final ScheduledExecutorService timers;
  private final Duration span;
  private final Consumer<String> listener;
  private final Set<String> waiting = ConcurrentHashMap.newKeySet();

  /** Passes on to {@code listener} what was told within {@code span}. */
  public Gathered(ScheduledExecutorService timers, Duration span, Consumer<String> listener) {
    this.timers = timers;
    this.span = span;
    this.listener = listener;
  }

  @Override
  public void accept(String namespace) {
    if (waiting.add(namespace) && !timers.isShutdown()) {
      timers.schedule(
          () -> {
            waiting.remove(namespace);
            listener.accept(namespace);
          },
          span.toMillis(),
          TimeUnit.MILLISECONDS);
    }
  }
}
