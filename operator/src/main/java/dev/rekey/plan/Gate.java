package dev.rekey.plan;

import dev.rekey.config.Settings;
import dev.rekey.rotation.Consumers;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.IssuerView;
import dev.rekey.rotation.Observation.Target;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Run;
import java.time.Duration;
import java.util.Optional;

/**
 * What stands before the point of no return. It does not trust that the rules above it waited: it
 * asks everything again, of an observation that was read live.
 */
@FunctionalInterface
public interface Gate {

  /** Why the gate is closed for {@code old}, for people; empty: it is open. */
  Optional<String> closedFor(Key old, Observation seen, Rotation ledger);

  /** The gate of DESIGN's section "Has every pod moved?", with these settings. */
  static Gate standard(Settings settings) {
    return (old, seen, ledger) -> {
      var run = ledger.run().orElse(null);
      var publication = ledger.publication().orElse(null);
      if (run == null || publication == null || publication.writtenAt().isEmpty()) {
        return Optional.of("no written publication replaces it");
      }
      var next = run.keyName().flatMap(ledger::key).orElse(null);
      if (next == null || !publication.keyName().equals(next.name())) {
        return Optional.of("the Secret does not show the new key");
      }
      if (old.lastPublication().orElse(0) >= publication.number()) {
        return Optional.of("the newest publication still shows it");
      }
      if (!(seen.secret() instanceof Target.Present secret) || !secret.shows(publication)) {
        return Optional.of("the Secret does not hold publication " + publication.number());
      }
      var elsewhere =
          old.fields().values().stream().flatMap(it -> secret.holds(it).stream()).findFirst();
      if (elsewhere.isPresent()) {
        return Optional.of("the Secret still shows it under data key " + elsewhere.get());
      }
      var settledAt = RolloutRules.settledAt(ledger, run);
      if (seen.now().isBefore(settledAt)) {
        return Optional.of("kubelets may not have seen the Secret yet");
      }
      if (!(seen.consumers() instanceof Consumers.Seen consumers)) {
        return Optional.of("the pods that read the Secret were not looked at");
      }
      var standing = Standing.of(consumers, ledger, run, seen.now(), settings);
      if (!standing.complete()) {
        return Optional.of(standing.behindText());
      }
      var soaked =
          run.progress()
              .flatMap(Run.Progress::allMovedAt)
              .map(it -> it.plus(RolloutRules.soak(seen, ledger, run, settings)));
      if (soaked.isEmpty() || seen.now().isBefore(soaked.get())) {
        return Optional.of("the soak is not over");
      }
      var steadiness = Steadiness.of(consumers, standing, ledger, run, seen.now(), settings);
      if (steadiness.broken().isPresent()) {
        return steadiness.broken().map(it -> "pod " + it.pod() + " was not ready in the soak");
      }
      if (seen.now().isBefore(RolloutRules.overlapEnd(run))) {
        return Optional.of("spec.rollout.minOverlap is not over");
      }
      if (!acceptedLately(seen, next, settings.freshness())) {
        return Optional.of("the new key was not verified lately");
      }
      return Optional.empty();
    };
  }

  /** The key that the running rotation replaces: after a rollback, the one that it brought. */
  static Optional<Key> oldKey(Rotation ledger) {
    return ledger
        .key(Role.REJECTED)
        .or(() -> ledger.key(Role.CURRENT))
        .filter(key -> !ledger.run().flatMap(Run::keyName).equals(Optional.of(key.name())));
  }

  /** Whether {@code key} was accepted within {@code freshness}, or its issuer cannot verify. */
  static boolean acceptedLately(Observation seen, Key key, Duration freshness) {
    if (seen.issuerOf(key.issuer()) instanceof IssuerView.Usable usable
        && !usable.capabilities().verifies()) {
      return true;
    }
    return key.checks().acceptedInARow() > 0
        && key.checks()
            .acceptedAt()
            .map(it -> !it.plus(freshness).isBefore(seen.now()) && !it.isAfter(seen.now()))
            .orElse(false);
  }
}
