package dev.rekey.reconcile;

import dev.rekey.act.Outcome;
import dev.rekey.api.v1alpha1.ApiKeyRotation;
import dev.rekey.plan.Plan;
import dev.rekey.plan.Step;
import java.util.Optional;

/** Hears what happens, as it happens: logs, Events and meters tell it on. */
public interface Story {

  /** A step was done. */
  void done(ApiKeyRotation resource, Plan.Act plan, Outcome.Done outcome);

  /** A step that changed the resource itself was done. */
  void changed(ApiKeyRotation resource, Plan.Act plan, Outcome.Changed outcome);

  /** A step was not done, since what it was decided on has changed. */
  void overtaken(ApiKeyRotation resource, Plan.Act plan, String by);

  /** A pass found no end of steps, which is a fault of Rekey's. */
  void goesRound(ApiKeyRotation resource, Optional<Step> last);

  /** The resource is gone. */
  void gone(ApiKeyRotation resource);

  /** A pass ended, waiting. */
  void waits(ApiKeyRotation resource, Plan.Wait wait);
}
