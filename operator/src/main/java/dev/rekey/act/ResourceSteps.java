package dev.rekey.act;

import dev.rekey.cluster.ClusterException;
import dev.rekey.cluster.Resources;
import dev.rekey.observe.Observer.Seen;
import dev.rekey.plan.Plan;

/** Keeping a resource from being deleted while keys of it are unfinished, and letting it go. */
public final class ResourceSteps {
  private final Resources resources;

  /** Steps on {@code resources}. */
  public ResourceSteps(Resources resources) {
    this.resources = resources;
  }

  /** Puts the finalizer there, or takes it off. Done again, it changes nothing. */
  Outcome guard(Seen seen, boolean guarded, Plan.Act plan) {
    try {
      return new Outcome.Changed(
          resources.guard(seen.resource(), guarded), plan.message(), plan.reason());
    } catch (ClusterException.NotFound gone) {
      return new Outcome.Overtaken(gone.getMessage());
    }
  }
}
