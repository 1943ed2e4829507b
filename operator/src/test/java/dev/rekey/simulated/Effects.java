package dev.rekey.simulated;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Everything that Rekey does to the world goes through here, one by one, so that a test can list
 * it, check after each, and let any one of them go wrong.
 */
final class Effects {
  private final List<Effect> done = new ArrayList<>();
  private final List<Consumer<Effect>> before = new ArrayList<>();
  private final List<Consumer<Effect>> after = new ArrayList<>();
  private final Map<Integer, Mishap> mishaps = new HashMap<>();
  private Function<Effect, Optional<Mishap>> fate =
      effect -> Optional.ofNullable(mishaps.remove(count()));
  private Consumer<Effect> answered = effect -> {};
  private boolean remembers = true;
  private int count;

  /** One effect: how it happens, and what the one who asked hears where something goes wrong. */
  interface Doing<R> {
    /** Does it. */
    R act();

    /** The answer, or the exception, of one who cannot tell what happened. */
    R unclear();

    /** Somebody else comes first. */
    default R overtaken() {
      return act();
    }
  }

  /** Calls {@code check} right before each effect. */
  void beforeEach(Consumer<Effect> check) {
    before.add(check);
  }

  /** Calls {@code check} right after each effect. */
  void afterEach(Consumer<Effect> check) {
    after.add(check);
  }

  /** The effect of this number, counted from 1 and from now on, goes wrong. */
  void goWrong(int number, Mishap mishap) {
    mishaps.put(count + number, mishap);
  }

  /** Nothing goes wrong any more. */
  void goWell() {
    mishaps.clear();
  }

  /**
   * What becomes of each effect is asked of {@code fates} from now on, before it happens; it may
   * let other things happen first. Nothing is listed any more.
   *
   * @param heard called when the effect has happened and whoever asked for it is about to hear so
   */
  void fatedBy(Function<Effect, Optional<Mishap>> fates, Consumer<Effect> heard) {
    fate = fates;
    answered = heard;
    remembers = false;
  }

  /** How many effects were begun so far. */
  int count() {
    return count;
  }

  /** What has happened so far. */
  List<Effect> done() {
    return List.copyOf(done);
  }

  <R> R perform(Effect effect, Doing<R> doing) {
    count++;
    var mishap = fate.apply(effect);
    if (mishap.equals(Optional.of(Mishap.CRASH_BEFORE))) {
      throw new Crash("before: " + effect.kind());
    }
    if (mishap.equals(Optional.of(Mishap.LOST_BEFORE))) {
      return doing.unclear();
    }
    if (mishap.equals(Optional.of(Mishap.CONFLICT))) {
      return doing.overtaken();
    }
    before.forEach(it -> it.accept(effect));
    R result = doing.act();
    if (remembers) {
      done.add(effect);
    }
    after.forEach(it -> it.accept(effect));
    if (mishap.equals(Optional.of(Mishap.CRASH_AFTER))) {
      throw new Crash("after: " + effect.kind());
    }
    answered.accept(effect);
    return mishap.isPresent() ? doing.unclear() : result;
  }

  /** An effect without a result. */
  static Doing<Boolean> doing(Runnable act, Supplier<RuntimeException> unclear) {
    return new Doing<>() {
      @Override
      public Boolean act() {
        act.run();
        return true;
      }

      @Override
      public Boolean unclear() {
        throw unclear.get();
      }
    };
  }
}
