package dev.rekey.plan;

import dev.rekey.plan.Rule.Answer;
import dev.rekey.rotation.Actor;
import dev.rekey.rotation.Failure;
import dev.rekey.rotation.IssuerBinding;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.IssuerView;
import java.time.Duration;
import java.util.Optional;

/** What is left alone for a while. */
final class Pauses {
  private Pauses() {}

  /**
   * Whether this failure still keeps its verb from being tried. An edit of the spec ends it where
   * somebody may have mended what was wrong, and never where a service asks to be left alone.
   */
  static boolean isOn(Observation seen, Optional<Failure> failure) {
    return failure
        .map(it ->
            seen.now().isBefore(it.notBefore())
                && (it.generation() == seen.resource().generation()
                    || it.reason().actor() == Actor.NOBODY))
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
