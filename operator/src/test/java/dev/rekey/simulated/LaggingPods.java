package dev.rekey.simulated;

import dev.rekey.cluster.PodWatches;
import dev.rekey.cluster.Watched;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** One process's watch of the pods, as far behind as it is; begun by a list, ended on its word. */
final class LaggingPods implements PodWatches {
  private final InstantSource clock;
  private final Lag lag;
  private final Supplier<List<Pod>> pods;
  private final Deque<View> told = new ArrayDeque<>();

  private record View(Instant at, List<Pod> pods) {}

  /**
   * Not begun yet.
   *
   * @param pods as they are
   */
  LaggingPods(InstantSource clock, Lag lag, Supplier<List<Pod>> pods) {
    this.clock = clock;
    this.lag = lag;
    this.pods = pods;
  }

  @Override
  public Optional<Watched<Pod>> of(String namespace) {
    if (told.isEmpty()) {
      told.add(now());
    }
    return Optional.of(
        new Watched<>() {
          @Override
          public Optional<Pod> get(String namespace, String name) {
            return all().stream().filter(it -> it.getMetadata().getName().equals(name)).findFirst();
          }

          @Override
          public List<Pod> all() {
            return visible();
          }
        });
  }

  @Override
  public void end(String namespace) {
    told.clear();
  }

  /** Some pod has come, changed or gone. */
  void moved() {
    if (!told.isEmpty()) {
      told.add(now());
    }
  }

  private View now() {
    return new View(clock.instant(), pods.get());
  }

  private List<Pod> visible() {
    var until = lag.visible();
    var first = told.remove();
    while (!told.isEmpty() && !told.peek().at().isAfter(until)) {
      first = told.remove();
    }
    told.addFirst(first);
    return first.pods();
  }
}
