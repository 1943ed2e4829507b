package dev.rekey.simulated;

import dev.rekey.api.v1alpha1.AdoptedKey;
import dev.rekey.api.v1alpha1.ApiKeyRotationSpec;
import dev.rekey.api.v1alpha1.CreationPolicy;
import dev.rekey.api.v1alpha1.DeletionPolicy;
import dev.rekey.api.v1alpha1.IssuerKind;
import dev.rekey.api.v1alpha1.IssuerRef;
import dev.rekey.api.v1alpha1.OnFailure;
import dev.rekey.api.v1alpha1.Rollout;
import dev.rekey.api.v1alpha1.Schedule;
import dev.rekey.api.v1alpha1.Strategy;
import dev.rekey.api.v1alpha1.TargetSecret;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What people want of the resource at the moment, before it is a spec. */
final class Wanted {
  String issuer = "messaging";
  Optional<String> interval = Optional.of("12h");
  int settle = 15;
  int soak = 600;
  int minOverlap;
  boolean rollback;
  boolean restartsNobody;
  boolean revoke;
  boolean suspend;
  boolean secondDataKey;
  Optional<String> adopt = Optional.empty();

  ApiKeyRotationSpec spec() {
    var data = new HashMap<>(Map.of(SimulatedSecrets.DATA_KEY, "${key.value}"));
    if (secondDataKey) {
      data.put("config", "id=${key.id}");
    }
    return new ApiKeyRotationSpec(
        new IssuerRef(IssuerKind.KeyIssuer, issuer),
        new TargetSecret(SimulatedSecrets.TARGET, CreationPolicy.Create, data),
        adopt.map(it -> new AdoptedKey(it, null, null)).orElse(null),
        interval.map(it -> new Schedule(it, null)).orElse(null),
        new Rollout(
            settle + "s",
            "3m",
            soak + "s",
            minOverlap + "s",
            rollback ? OnFailure.Rollback : OnFailure.Halt,
            restartsNobody ? Strategy.None : Strategy.Restart,
            null,
            null),
        revoke ? DeletionPolicy.Revoke : DeletionPolicy.Retain,
        suspend);
  }
}
