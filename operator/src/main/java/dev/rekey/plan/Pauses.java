package dev.rekey.plan;

import dev.rekey.plan.Rule.Answer;
import dev.rekey.rotation.Failure;
import dev.rekey.rotation.IssuerBinding;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.IssuerView;
import java.time.Duration;
import java.util.Optional;

/** What is left alone for a while. */
final class Pauses {
  private Pauses() {}

  /** Whether this failure still keeps its verb from being tried. An edit of the spec ends it. */
  static boolean isOn(Observation seen, Optional<Failure> failure) {
    return failure
        .map(it ->
            it.generation() == seen.resource().generation() && seen.now().isBefore(it.notBefore()))
        .orElse(false);
  }

  /** Leaves {@code failure} alone until its time, and says so. */
  static Answer yieldTo(Failure failure) {
    return Rule.yields(failure.notBefore(), failure.reason(), failure.message());
  }

  /**
   * What keeps requests about a key from being sent to the issuer that it belongs to; empty where
   * nothing does.
   */
  static Optional<Answer> unusable(Observation seen, IssuerBinding issuer, Duration look) {
    return seen.issuerOf(issuer) instanceof IssuerView.Unusable(var reason, var message)
        ? Optional.of(Rule.yields(seen.now().plus(look), reason, message))
        : Optional.empty();
  }
}
