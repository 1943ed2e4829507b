package dev.rekey.simulated;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/** Everything that is left to chance in one life, so that its seed repeats it. */
final class Dice {
  private final SplittableRandom random;

  Dice(long seed) {
    random = new SplittableRandom(seed);
  }

  /** True once in {@code n} times; never for 0. */
  boolean oneIn(int n) {
    return n > 0 && random.nextInt(n) == 0;
  }

  /** A number, both ends included. */
  int from(int low, int high) {
    return random.nextInt(low, high + 1);
  }

  /** A span of whole milliseconds. */
  Duration millis(int low, int high) {
    return Duration.ofMillis(from(low, high));
  }

  /** A span of whole seconds. */
  Duration seconds(int low, int high) {
    return Duration.ofSeconds(from(low, high));
  }

  /** One of these. */
  @SafeVarargs
  final <T> T of(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  /** One of these. */
  <T> T of(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  /** A seed for somebody else's chance. */
  long seed() {
    return random.nextLong();
  }
}
