package dev.rekey.simulated;

import java.util.List;

/**
 * What came of one life.
 *
 * @param seed what it was drawn from
 * @param broken which promises were broken
 * @param crashes how often a process ended in the middle of something
 * @param faults how much went wrong
 * @param story what happened, where it was to be kept
 */
record Schedule(long seed, List<String> broken, long crashes, long faults, List<String> story) {

  /** Lives it. */
  static Schedule live(long seed, Sabotage sabotage, Coverage coverage, Chronicle chronicle) {
    var life = new Life(seed, sabotage, coverage, chronicle);
    new Course(life).run();
    return new Schedule(
        seed, life.broken(), life.faults.crashes(), life.faults.counted(), chronicle.lines());
  }

  /** The same life once more, with its story. */
  static Schedule told(long seed, Sabotage sabotage) {
    return live(seed, sabotage, new Coverage(), Chronicle.kept());
  }
}
