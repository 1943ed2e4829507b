package dev.rekey.observe;

import dev.rekey.plan.Plan;
import dev.rekey.plan.Step;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.Turn;
import java.time.Instant;

/**
 * Who may begin and publish, where only so many rollouts run at once. Kept in memory alone: what is
 * forgotten with a process makes others wait a little, and loses nothing.
 */
public interface Turns {
  /** Whether it is the turn of what was seen; also learns from it how far that one is. */
  Turn of(Observation seen);

  /**
   * Takes the place that this step needs, if it needs one; false: it is not its turn any more. Of
   * two passes that ask for the last place one gets it.
   */
  boolean take(Observation seen, Step step);

  /** A pass has ended: it stands in line where that is what it waits for, and nowhere else. */
  void ended(Observation seen, Plan.Wait wait);

  /** The rotation of this Secret is not there any more: it stands in no line and keeps no place. */
  void gone(String namespace, String secret, Instant now);
}
