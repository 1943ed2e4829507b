package dev.rekey.simulated;

import dev.rekey.observe.Turns;
import dev.rekey.plan.Plan;
import dev.rekey.plan.Step;
import dev.rekey.rotation.Binding;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.Ledger;
import dev.rekey.rotation.Observation.Turn;
import java.time.Instant;

/**
 * The turns of a whole cluster, as one world of it asks for them: each world believes to be the
 * only one, so its rotation is given a namespace and a Secret of its own there.
 */
record TurnsOf(Turns cluster, String namespace, String secret) implements Turns {
  @Override
  public Turn of(Observation seen) {
    return cluster.of(there(seen));
  }

  @Override
  public boolean take(Observation seen, Step step) {
    return cluster.take(there(seen), step);
  }

  @Override
  public void ended(Observation seen, Plan.Wait wait) {
    cluster.ended(there(seen), wait);
  }

  @Override
  public void gone(String ns, String name, Instant now) {
    cluster.gone(this.namespace, this.secret, now);
  }

  private Observation there(Observation seen) {
    if (!(seen.ledger() instanceof Ledger.Held held)) {
      return seen;
    }
    var here = held.rotation().binding();
    var there = new Binding(here.cluster(), namespace, secret, here.resource(), here.resourceUid());
    return new Observation(
        seen.now(),
        seen.live(),
        seen.resource(),
        new Ledger.Held(held.rotation().boundTo(there), held.version(), held.owner()),
        seen.secret(),
        seen.issuer(),
        seen.issuers(),
        seen.consumers(),
        seen.turn(),
        seen.companions());
  }
}
