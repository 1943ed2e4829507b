package dev.rekey.simulated;

import dev.rekey.config.Settings;
import dev.rekey.observe.Turns;
import dev.rekey.plan.Plan;
import dev.rekey.plan.Step;
import dev.rekey.rotation.Binding;
import dev.rekey.rotation.Cause;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.Ledger;
import dev.rekey.rotation.Observation.Owner;
import dev.rekey.rotation.Observation.Turn;
import dev.rekey.rotation.Rotation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The turns of a namespace with many other rotations: for ten minutes in every half an hour they
 * take each place that is free, as long as anything goes wrong in this life.
 */
final class CrowdedTurns implements Turns {
  private static final Duration EVERY = Duration.ofMinutes(30);
  private static final Duration RUSH = Duration.ofMinutes(10);

  private final Turns turns;
  private final Life life;

  CrowdedTurns(Turns turns, Life life) {
    this.turns = turns;
    this.life = life;
  }

  @Override
  public Turn of(Observation seen) {
    boolean rush = isRush(seen);
    for (int i = 0; i < Settings.standard().rolloutsAtOnce().namespace(); i++) {
      var neighbour = neighbour(seen, i);
      if (!rush) {
        // its rotation is over
        turns.of(neighbour);
      } else {
        turns.take(neighbour, new Step.Begin(Cause.Interval));
      }
    }
    return turns.of(seen);
  }

  private boolean isRush(Observation seen) {
    return life.faults.areAbout()
        && Math.floorMod(seen.now().getEpochSecond() + life.seed * 61, EVERY.toSeconds())
            < RUSH.toSeconds();
  }

  private static Observation neighbour(Observation seen, int number) {
    var resource = seen.resource();
    return new Observation(
        seen.now(),
        seen.live(),
        resource,
        new Ledger.Held(
            Rotation.begin(
                "neighbour",
                new Binding(
                    resource.cluster(),
                    resource.namespace(),
                    "neighbour-" + number,
                    "neighbour",
                    "resource-of-a-neighbour"),
                List.of()),
            "1",
            Owner.THIS_RESOURCE),
        seen.secret(),
        seen.issuer(),
        seen.issuers(),
        seen.consumers());
  }

  @Override
  public boolean take(Observation seen, Step step) {
    return turns.take(seen, step);
  }

  @Override
  public void ended(Observation seen, Plan.Wait wait) {
    turns.ended(seen, wait);
    if (wait.isForTurn()) {
      life.coverage.waitedForTurn();
    }
  }

  @Override
  public void gone(String namespace, String secret, Instant now) {
    turns.gone(namespace, secret, now);
  }
}
