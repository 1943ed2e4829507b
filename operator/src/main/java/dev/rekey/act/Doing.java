package dev.rekey.act;

import dev.rekey.ledger.LedgerStore.Stored;
import dev.rekey.observe.Observer.Seen;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.Warning;
import java.util.List;

/**
 * What a step is done with: the observation that it was decided on, and the ledger that its
 * compare-and-set starts from.
 */
record Doing(Observation seen, Stored ledger) {

  static Doing of(Seen seen) {
    return new Doing(
        seen.observation(),
        seen.ledger()
            .orElseThrow(() -> new IllegalStateException("a step on a ledger that is not there")));
  }

  Rotation rotation() {
    return ledger.rotation();
  }

  /** What a look at consumers before a key is asked for has shown. */
  Run.Foreseen foreseeing(List<Warning> warnings) {
    return new Run.Foreseen(seen.now(), warnings);
  }

  String namespace() {
    return seen.resource().namespace();
  }
}
