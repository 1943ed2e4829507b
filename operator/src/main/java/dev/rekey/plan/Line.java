package dev.rekey.plan;

import dev.rekey.config.Settings.AtOnce;
import dev.rekey.rotation.Observation.Turn;
import dev.rekey.rotation.Observation.Turn.Scope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Who is next, where only so many rollouts run at once. A namespace of which fewer rollouts run
 * comes first; among equals the one that has had no turn for longest: so they take turns, however
 * many rotations one of them has. Inside of a namespace whoever has begun comes first, and else
 * whoever waits for longest.
 *
 * @param most how many may run at once
 * @param running those that run, or are about to
 * @param waiting those that wait, in any order
 * @param served the number of the last turn that each namespace has had; turns are counted from 1
 */
public record Line(
    AtOnce most, Collection<Who> running, List<Waiter> waiting, Map<String, Long> served) {

  /** A rotation, by the Secret that it is about. */
  public record Who(String namespace, String secret) {}

  /**
   * One that waits.
   *
   * @param asked what puts it in its order
   */
  public record Waiter(Who who, Place.Asked asked) {}

  public Line {
    running = List.copyOf(running);
    waiting = List.copyOf(waiting);
    served = Map.copyOf(served);
  }

  /** Those whose turn it is now, in their order. */
  public List<Who> called() {
    return new Walk(this).call();
  }

  /** What can be said to one of those that wait. */
  public Turn turnOf(Who who) {
    var walk = new Walk(this);
    var called = walk.call();
    if (called.contains(who)) {
      return new Turn.Granted();
    }
    int running = walk.running(who.namespace());
    if (running >= most.namespace()) {
      var line = walk.left(who.namespace());
      return new Turn.Waiting(
          line.indexOf(who) + 1, line.size(), running, most.namespace(), Scope.NAMESPACE);
    }
    var line = walk.callAllThatTheirNamespacesLet();
    return new Turn.Waiting(
        line.indexOf(who) + 1,
        line.size(),
        this.running.size() + called.size(),
        most.cluster(),
        Scope.CLUSTER);
  }

  /** One turn after the other is given, as if each place that becomes free were given at once. */
  private static final class Walk {
    private static final Place.Asked LAST = new Place.Asked(false, Instant.MAX);

    private final Line line;
    private final Map<String, List<Who>> left = new TreeMap<>();
    private final Map<String, Place.Asked> heads = new HashMap<>();
    private final Map<String, Integer> running = new HashMap<>();
    private final Map<String, Long> served;
    private final Map<Who, Place.Asked> waits = new HashMap<>();
    private long turns;

    private Walk(Line line) {
      this.line = line;
      served = new HashMap<>(line.served());
      turns = served.values().stream().mapToLong(Long::longValue).max().orElse(0);
      line.running().forEach(it -> running.merge(it.namespace(), 1, Integer::sum));
      line.waiting().forEach(it -> waits.put(it.who(), it.asked()));
      line.waiting().stream()
          .sorted(Comparator.comparing(Waiter::asked).thenComparing(it -> it.who().secret()))
          .forEach(it ->
              left.computeIfAbsent(it.who().namespace(), _ -> new ArrayList<>()).add(it.who()));
      left.keySet().forEach(this::noteHead);
    }

    private void noteHead(String namespace) {
      var queue = left(namespace);
      if (!queue.isEmpty()) {
        heads.put(namespace, waits.getOrDefault(queue.getFirst(), LAST));
      }
    }

    private int running(String namespace) {
      return running.getOrDefault(namespace, 0);
    }

    private List<Who> left(String namespace) {
      return left.getOrDefault(namespace, List.of());
    }

    private List<Who> call() {
      var called = new ArrayList<Who>();
      int free = line.most().cluster() - line.running().size();
      while (called.size() < free) {
        var next = next(belowTheirMost());
        if (next.isEmpty()) {
          break;
        }
        called.add(next.get());
      }
      return called;
    }

    private List<Who> callAllThatTheirNamespacesLet() {
      var namespaces = belowTheirMost();
      var all = new ArrayList<Who>();
      for (var next = next(namespaces); next.isPresent(); next = next(namespaces)) {
        all.add(next.get());
      }
      return all;
    }

    private List<String> belowTheirMost() {
      return left.keySet().stream().filter(it -> running(it) < line.most().namespace()).toList();
    }

    private Optional<Who> next(List<String> namespaces) {
      var first =
          namespaces.stream()
              .filter(it -> !left(it).isEmpty())
              .min(
                  Comparator.<String>comparingInt(this::running)
                      .thenComparing(it -> served.getOrDefault(it, 0L))
                      .thenComparing(it -> heads.getOrDefault(it, LAST))
                      .thenComparing(it -> it));
      return first.map(namespace -> {
        var next = left(namespace).removeFirst();
        running.merge(namespace, 1, Integer::sum);
        served.put(namespace, ++turns);
        noteHead(namespace);
        return next;
      });
    }
  }
}
