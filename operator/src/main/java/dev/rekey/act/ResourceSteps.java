package dev.rekey.act;

import dev.rekey.cluster.ClusterException;
import dev.rekey.cluster.Resources;
import dev.rekey.observe.Observer.Seen;
import dev.rekey.plan.Plan;
import dev.rekey.rotation.Names;

/** Keeping a resource from being deleted while keys of it are unfinished, and letting it go. */
public final class ResourceSteps {
  private final Resources resources;

  /** Steps on {@code resources}. */
  public ResourceSteps(Resources resources) {
    this.resources = resources;
  }

  /** Puts the finalizer there, or takes it off. Done again, it changes nothing. */
  Outcome guard(Seen seen, boolean guarded, Plan.Act plan) {
    var meta = seen.resource().getMetadata();
    boolean was = seen.resource().getMetadata().getFinalizers().contains(Names.FINALIZER);
    if (was != guarded) {
      try {
        var stored = resources.guard(seen.resource(), guarded);
        return new Outcome.Changed(stored, plan.message(), plan.reason());
      } catch (ClusterException.NotFound gone) {
        return new Outcome.Overtaken(gone.getMessage());
      } catch (ClusterException.Conflict old) {
        // what a cache has may be old by a status write of our own
      }
    }
    var live = resources.current(seen.resource());
    if (live.isEmpty()) {
      return new Outcome.Overtaken("ApiKeyRotation " + meta.getName() + " is gone");
    }
    boolean is = live.get().getMetadata().getFinalizers().contains(Names.FINALIZER);
    try {
      var stored = is == guarded ? live.get() : resources.guard(live.get(), guarded);
      return new Outcome.Changed(stored, plan.message(), plan.reason());
    } catch (ClusterException.NotFound gone) {
      return new Outcome.Overtaken(gone.getMessage());
    }
  }
}
