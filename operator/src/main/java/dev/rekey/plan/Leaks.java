package dev.rekey.plan;

import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.Named;
import dev.rekey.rotation.Rotation;
import java.util.Optional;

/** What {@code rekey.dev/leaked} asks for and has not been done yet. */
final class Leaks {
  private Leaks() {}

  static Optional<Named> named(Observation seen, Rotation ledger) {
    return seen.resource()
        .wishes()
        .leaked()
        .filter(it -> !ledger.handledTokens().contains(it.token()));
  }
}
