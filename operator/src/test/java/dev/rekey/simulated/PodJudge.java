package dev.rekey.simulated;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** Promise 1: no live pod holds a key that Rekey has asked the issuer to delete. */
final class PodJudge implements Judge {
  private final Life life;
  private final Map<String, Instant> lastHeld = new HashMap<>();
  private final Map<String, Integer> secretReadBeforeDelete = new HashMap<>();

  PodJudge(Life life) {
    this.life = life;
  }

  /** When a live pod last held this value. */
  Instant lastHeld(String value) {
    return lastHeld.getOrDefault(value, Instant.MIN);
  }

  /** Whether any live pod ever held this value. */
  boolean wasHeld(String value) {
    return lastHeld.containsKey(value);
  }

  /** Time has passed; whoever runs still holds what it held. */
  void hold() {
    var now = life.clock.instant();
    for (var pod : life.workloads.live()) {
      pod.holds().ifPresent(it -> lastHeld.put(it, now));
    }
  }

  @Override
  public void entering(Effect effect, Replica replica) {
    if (effect.kind() == Effect.Kind.DELETE) {
      life.doomed(effect)
          .ifPresent(
              it -> secretReadBeforeDelete.putIfAbsent(it.value(), replica.eyes.secretReadAt()));
    }
  }

  @Override
  public void always() {
    hold();
    life.people.lookForTraces();
    for (var pod : life.workloads.live()) {
      var held = pod.holds().orElse("");
      if (life.issuers.deleteAsked(held).isPresent() && !isExcused(held)) {
        life.broken("1: a live pod holds a key that was asked to be deleted");
      }
    }
    var shown = life.secrets.value().orElse("");
    if (life.secrets.lastWrittenByRekey()
        && life.issuers.deleteAsked(shown).isPresent()
        && !isExcused(shown)) {
      life.broken("5: the Secret shows a key that Rekey has asked to be deleted");
    }
  }

  /** A person named the key, or put it or a ledger back when the delete was decided already. */
  private boolean isExcused(String value) {
    return life.people.hasNamed(value)
        || life.people.haveWipedOutTracesOf(value)
        || life.issuers
            .deleteAsked(value)
            .map(it -> life.people.hasMeddledWithLedgerSince(it))
            .orElse(false)
        || life.secrets.putByPeopleSince(value, secretReadBeforeDelete.getOrDefault(value, 0));
  }
}
