package dev.rekey.act;

import dev.rekey.api.v1alpha1.ApiKeyRotation;
import dev.rekey.cluster.ClusterException;
import dev.rekey.cluster.Resources;
import dev.rekey.observe.Observer.Seen;
import dev.rekey.plan.Plan;
import dev.rekey.rotation.Names;
import java.util.Optional;

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
      return guard(seen.resource(), guarded)
          .<Outcome>map(it -> new Outcome.Changed(it, plan.message(), plan.reason()))
          .orElseGet(() ->
              new Outcome.Overtaken(
                  "ApiKeyRotation " + seen.resource().getMetadata().getName() + " is gone"));
    } catch (ClusterException.NotFound gone) {
      return new Outcome.Overtaken(gone.getMessage());
    }
  }

  private Optional<ApiKeyRotation> guard(ApiKeyRotation cached, boolean guarded) {
    if (isGuarded(cached) != guarded) {
      try {
        return Optional.of(resources.guard(cached, guarded));
      } catch (ClusterException.Conflict old) {
        // what a cache has may be old by a status write of our own
      }
    }
    return resources
        .current(cached)
        .map(it -> isGuarded(it) == guarded ? it : resources.guard(it, guarded));
  }

  private static boolean isGuarded(ApiKeyRotation resource) {
    return resource.getMetadata().getFinalizers().contains(Names.FINALIZER);
  }
}
