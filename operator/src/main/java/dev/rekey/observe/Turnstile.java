package dev.rekey.observe;

import dev.rekey.config.Settings;
import dev.rekey.plan.Line;
import dev.rekey.plan.Line.Waiter;
import dev.rekey.plan.Line.Who;
import dev.rekey.plan.Place;
import dev.rekey.plan.Place.Asked;
import dev.rekey.plan.Plan;
import dev.rekey.plan.Step;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.Ledger;
import dev.rekey.rotation.Observation.Owner;
import dev.rekey.rotation.Observation.Turn;
import dev.rekey.rotation.Rotation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The turns of one process. It is told of each rotation at every look at it; of those that nobody
 * has looked at yet it learns from their ledgers, once, before it gives the first answer.
 *
 * <p>A place is kept until its rollout is over, or gets nowhere for its progress timeout: nobody
 * waits for ever behind one that is stuck.
 */
public final class Turnstile implements Turns {
  private final Settings settings;
  private final Supplier<List<Rotation>> ledgers;
  private final Consumer<Who> wake;
  private final Map<Who, Instant> keptUntil = new HashMap<>();
  private final Map<Who, Standing> waiting = new HashMap<>();
  private final Map<String, Long> served = new HashMap<>();
  private boolean informed;
  private long turns;

  /**
   * One that stands in line.
   *
   * @param asked what puts it in its order
   * @param back until when it comes to look whether it is its turn
   * @param called whether it was woken for that
   */
  private record Standing(Asked asked, Instant back, boolean called) {}

  /**
   * Turns where nobody has one yet.
   *
   * @param ledgers every ledger, as a cache has it
   * @param wake is told of each rotation that waits and whose turn has come
   */
  public Turnstile(Settings settings, Supplier<List<Rotation>> ledgers, Consumer<Who> wake) {
    this.settings = settings;
    this.ledgers = ledgers;
    this.wake = wake;
  }

  @Override
  public synchronized Turn of(Observation seen) {
    if (!(seen.ledger() instanceof Ledger.Held held) || held.owner() != Owner.THIS_RESOURCE) {
      return new Turn.Granted();
    }
    inform(seen.now());
    var who = who(held.rotation());
    note(who, Place.of(held.rotation(), seen.now()), seen.now());
    return isKept(who, seen.now())
        ? new Turn.Granted()
        : Place.asked(seen)
            .map(asked -> line(seen.now(), Optional.of(waiter(who, asked))).turnOf(who))
            .orElseGet(Turn.Granted::new);
  }

  @Override
  public synchronized boolean take(Observation seen, Step step) {
    if (!(seen.ledger() instanceof Ledger.Held held)) {
      return true;
    }
    var need = Place.need(step, held.rotation(), seen);
    var who = who(held.rotation());
    if (need == Place.Need.NONE || isKept(who, seen.now())) {
      return true;
    }
    if (need == Place.Need.IN_TURN && !(of(seen) instanceof Turn.Granted)) {
      return false;
    }
    waiting.remove(who);
    keptUntil.put(who, seen.now().plus(Place.patience(seen)));
    served.put(who.namespace(), ++turns);
    return true;
  }

  @Override
  public void ended(Observation seen, Plan.Wait wait) {
    // outside of the lock: whoever is woken may ask at once
    stand(seen, wait).forEach(wake);
  }

  private synchronized List<Who> stand(Observation seen, Plan.Wait wait) {
    if (!(seen.ledger() instanceof Ledger.Held held) || held.owner() != Owner.THIS_RESOURCE) {
      return List.of();
    }
    var who = who(held.rotation());
    var asked = Place.asked(seen);
    if (wait.isForTurn() && asked.isPresent()) {
      waiting.put(who, new Standing(waiter(who, asked.get()).asked(), wait.until(), false));
    } else {
      waiting.remove(who);
    }
    return waiting.isEmpty() ? List.of() : call(seen.now());
  }

  @Override
  public void gone(String namespace, String secret, Instant now) {
    leave(new Who(namespace, secret), now).forEach(wake);
  }

  private synchronized List<Who> leave(Who who, Instant now) {
    boolean had = keptUntil.remove(who) != null;
    boolean stood = waiting.remove(who) != null;
    return had || stood ? call(now) : List.of();
  }

  /** Those whose turn has come and who do not know yet. */
  private List<Who> call(Instant now) {
    waiting.values().removeIf(it -> now.isAfter(it.back().plus(settings.idleLook())));
    var called = new ArrayList<Who>();
    for (var who : line(now, Optional.empty()).called()) {
      var standing = waiting.get(who);
      if (standing != null && !standing.called()) {
        waiting.put(who, new Standing(standing.asked(), earlier(standing.back(), now), true));
        called.add(who);
      }
    }
    return called;
  }

  /** What nobody has looked at in this process may be under way all the same. */
  private void inform(Instant now) {
    if (!informed) {
      informed = true;
      ledgers.get().forEach(it -> note(who(it), Place.of(it, now), now));
    }
  }

  private void note(Who who, Place place, Instant now) {
    switch (place) {
      case Place.None(), Place.HeldUp() -> keptUntil.remove(who);
      // it has the place that it was given, or none
      case Place.Begun _ -> {}
      case Place.Rolling(var since, var patience) ->
          since.ifPresentOrElse(
              it -> keptUntil.put(who, it.plus(patience)),
              () -> keptUntil.putIfAbsent(who, now.plus(patience)));
    }
  }

  private boolean isKept(Who who, Instant now) {
    var until = keptUntil.get(who);
    return until != null && !now.isAfter(until);
  }

  /** Those that keep a place, and those that are known to come back, with one that asks now. */
  private Line line(Instant now, Optional<Waiter> asking) {
    var inLine = new ArrayList<Waiter>();
    waiting.forEach((who, standing) -> {
      boolean comes = !now.isAfter(standing.back().plus(settings.heldLook()));
      if (comes && asking.filter(it -> it.who().equals(who)).isEmpty()) {
        inLine.add(new Waiter(who, standing.asked()));
      }
    });
    asking.ifPresent(inLine::add);
    return new Line(
        settings.rolloutsAtOnce(),
        keptUntil.keySet().stream().filter(it -> isKept(it, now)).toList(),
        inLine,
        served);
  }

  /** Who stands in line already keeps its place there. */
  private Waiter waiter(Who who, Asked asked) {
    var standing = waiting.get(who);
    return new Waiter(
        who, standing != null && standing.asked().compareTo(asked) < 0 ? standing.asked() : asked);
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  private static Who who(Rotation ledger) {
    return new Who(ledger.binding().namespace(), ledger.binding().secret());
  }
}
