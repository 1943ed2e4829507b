package dev.rekey.simulated;

import dev.rekey.plan.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What schedules have exercised, counted. What is expected stands here by name and not taken from
 * the code, so that what is removed there shows as never seen.
 */
final class Coverage {
  /** Every rule, in the order of {@link dev.rekey.plan.Rules}. */
  static final List<String> RULES =
      List.of(
          "releaseWhenNotOurs",
          "holdWhenNotOurs",
          "rebindWhenResourceIsNew",
          "sayWhenExpired",
          "revokeNowWhenNamed",
          "guardWhileUnfinished",
          "holdWhenSuspended",
          "startOverWhenBehind",
          "finishDeletion",
          "writeSecretWhenDecided",
          "republishWhenSecretDrifted",
          "deleteWhenCondemned",
          "emptyInbox",
          "resolveOpenAttempt",
          "sweepLostAttempt",
          "hurryWhenLeaked",
          "abandonNext",
          "rollBackOnce",
          "warnBeforehand",
          "awaitPerson",
          "mint",
          "verifyNext",
          "beginInsteadOfNewForm",
          "publishInNewForm",
          "publish",
          "complete",
          "holdWhileOldKeyIsElsewhere",
          "settle",
          "roll",
          "deletePodThatHoldsUpItsSet",
          "waitForConsumers",
          "soak",
          "verifyAgain",
          "condemn",
          "beginNothingWhenDeleted",
          "verifyCurrent",
          "holdWhenInvalid",
          "startLedger",
          "adopt",
          "begin",
          "releaseWhenFinished",
          "rest");

  /** What people do at services without an API; no life has one, and tests of their own tell it. */
  private static final Set<String> BY_PEOPLE =
      Set.of("TakeIn", "EmptyInbox", "NoteDeleted", "emptyInbox", "awaitPerson");

  private final Map<String, Long> rules = new TreeMap<>();
  private final Map<String, Long> steps = new TreeMap<>();
  private final Map<String, Long> faults = new TreeMap<>();
  private final Map<String, Long> crashes = new TreeMap<>();
  private final Map<String, Long> deeds = new TreeMap<>();
  private long turnsWaitedFor;

  private record Line(String what, long count) {}

  void rule(String name) {
    rules.merge(name, 1L, Long::sum);
  }

  void step(String kind) {
    steps.merge(kind, 1L, Long::sum);
  }

  void fault(Faults.Kind kind) {
    faults.merge(kind.name(), 1L, Long::sum);
  }

  void deed(String name) {
    deeds.merge(name, 1L, Long::sum);
  }

  /** A pass ended in the line of those that wait for their turn. */
  void waitedForTurn() {
    turnsWaitedFor++;
  }

  /** The process ended before or after an effect of this step. */
  void crash(String step, Mishap when) {
    crashes.merge(pair(step, when), 1L, Long::sum);
  }

  private static String pair(String step, Mishap when) {
    return step + (when == Mishap.CRASH_BEFORE ? ", crash before" : ", crash after");
  }

  /** What another worker has counted comes on top. */
  void add(Coverage other) {
    other.rules.forEach((key, count) -> rules.merge(key, count, Long::sum));
    other.steps.forEach((key, count) -> steps.merge(key, count, Long::sum));
    other.faults.forEach((key, count) -> faults.merge(key, count, Long::sum));
    other.crashes.forEach((key, count) -> crashes.merge(key, count, Long::sum));
    turnsWaitedFor += other.turnsWaitedFor;
    other.deeds.forEach((key, count) -> deeds.merge(key, count, Long::sum));
  }

  /** The kinds of steps, by their names. */
  static List<String> stepKinds() {
    return Stream.of(Step.class.getPermittedSubclasses())
        .map(Class::getSimpleName)
        .filter(it -> !BY_PEOPLE.contains(it))
        .toList();
  }

  /** What was expected and never seen. */
  List<String> missing() {
    return lines().stream().filter(it -> it.count() == 0).map(Line::what).toList();
  }

  /** The whole table. */
  List<String> table() {
    return lines().stream().map(it -> "%12d  %s".formatted(it.count(), it.what())).toList();
  }

  private List<Line> lines() {
    var all = new ArrayList<Line>();
    RULES.stream()
        .filter(it -> !BY_PEOPLE.contains(it))
        .forEach(it -> all.add(new Line("rule " + it, rules.getOrDefault(it, 0L))));
    for (var step : stepKinds()) {
      all.add(new Line("step " + step, steps.getOrDefault(step, 0L)));
      for (var when : List.of(Mishap.CRASH_BEFORE, Mishap.CRASH_AFTER)) {
        var pair = pair(step, when);
        all.add(new Line("step " + pair, crashes.getOrDefault(pair, 0L)));
      }
    }
    all.add(new Line("wait for a turn", turnsWaitedFor));
    for (var kind : Faults.Kind.values()) {
      all.add(new Line("fault " + kind, faults.getOrDefault(kind.name(), 0L)));
    }
    for (var deed : People.Deed.values()) {
      all.add(new Line("people " + deed, deeds.getOrDefault(deed.name(), 0L)));
    }
    return all;
  }
}
