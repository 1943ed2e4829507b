package dev.rekey.simulated;

import dev.rekey.observe.Turns;
import dev.rekey.plan.Plan;
import dev.rekey.plan.Step;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.Turn;
import java.time.Instant;

/** Any number of rollouts may run at once. */
final class NobodyWaits implements Turns {
  @Override
  public Turn of(Observation seen) {
    return new Turn.Granted();
  }

  @Override
  public boolean take(Observation seen, Step step) {
    return true;
  }

  @Override
  public void ended(Observation seen, Plan.Wait wait) {}

  @Override
  public void gone(String namespace, String secret, Instant now) {}
}
