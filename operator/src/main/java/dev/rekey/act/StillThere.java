package dev.rekey.act;

import dev.rekey.issuer.Issuer;
import dev.rekey.rotation.Checks;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Tracing;
import dev.rekey.rotation.Verdict;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether an id still means the key that it was given to. A delete that is repeated may meet
 * another key: some issuers give an id again.
 */
sealed interface StillThere {

  /** It does, or one more delete meets nobody else. */
  record Yes() implements StillThere {}

  /** The key is gone. */
  record No() implements StillThere {}

  /** This has to be asked again later. */
  record NotNow(Fault fault) implements StillThere {}

  /** Nothing that the issuer shows tells. */
  record NobodyKnows() implements StillThere {}

  /** Asks the issuer. */
  static StillThere of(Issuer issuer, Key key, InstantSource clock) {
    return byLabel(issuer, key, clock).orElseGet(() -> byVerify(issuer, key, clock));
  }

  /** Whether the issuer's list tells this key from others, whatever its id. */
  static boolean isFoundByLabel(Issuer issuer, Key key) {
    return key.label().isPresent()
        && issuer.capabilities().lists()
        && issuer.capabilities().tracing() == Tracing.LABELLED;
  }

  /** Empty: labels do not tell. */
  private static Optional<StillThere> byLabel(Issuer issuer, Key key, InstantSource clock) {
    if (!isFoundByLabel(issuer, key)) {
      return Optional.empty();
    }
    return switch (Listedness.of(issuer, key)) {
      case Listedness.Shown() -> Optional.of(new Yes());
      case Listedness.Absent() -> Optional.of(goneUnlessYoung(key, clock));
      case Listedness.Failed(var fault) -> Optional.of(new NotNow(fault));
      case Listedness.CannotTell() ->
          issuer.capabilities().reusesIds() ? Optional.empty() : Optional.of(new Yes());
    };
  }

  private static StillThere goneUnlessYoung(Key key, InstantSource clock) {
    return VerifySteps.unlessYoung(key, new Verdict.Rejected(), clock.instant())
            instanceof Verdict.Unknown(var fault)
        ? new NotNow(fault)
        : new No();
  }

  private static StillThere byVerify(Issuer issuer, Key key, InstantSource clock) {
    if (!VerifySteps.canBeShown(issuer, key)) {
      return new NobodyKnows();
    }
    var verdict = issuer.verify(key);
    return switch (VerifySteps.unlessYoung(key, verdict, clock.instant())) {
      // It may be deleted and work on for a while, when its id is another key's already.
      case Verdict.Accepted() ->
          clock.instant().isBefore(lastDelete(key).plus(Checks.DELETE_BITES_WITHIN))
              ? new NotNow(
                  Fault.of(
                      Reason.NotRevoked,
                      key.display()
                          + " still works at "
                          + key.issuer().display()
                          + " after its deletion was asked for. Ids are given again there, so Rekey"
                          + " looks for "
                          + Checks.DELETE_BITES_WITHIN.toMinutes()
                          + " minutes before it asks once more."))
              : new Yes();
      case Verdict.Rejected() -> neverWorked(key) ? new NobodyKnows() : new No();
      case Verdict.Unknown(var fault) -> new NotNow(fault);
    };
  }

  /** That a key is rejected which nobody has seen accepted does not tell that it went. */
  private static boolean neverWorked(Key key) {
    return key.checks().acceptedAt().isEmpty() && key.checks().deleteAskedAt().isEmpty();
  }

  /** Until when the last delete of this key may have reached the issuer. */
  private static Instant lastDelete(Key key) {
    return Stream.of(key.checks().deleteNotAfter(), key.checks().deleteAskedAt())
        .flatMap(Optional::stream)
        .max(Comparator.naturalOrder())
        .orElse(Instant.MIN);
  }
}
