package dev.rekey.rotation;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What an issuer can do, and so how a rotation at it goes.
 *
 * @param tracing how a key whose answer was lost is found again
 * @param lists whether it can list the keys of the account
 * @param verifies whether it can tell if a key works
 * @param reusesIds whether it may give the id of a deleted key to a new one
 * @param maxAge its limit on a key's age
 * @param quota how many keys the account may hold at once
 * @param requestTimeout how long one request to it may take
 */
public record Capabilities(
    Tracing tracing,
    boolean lists,
    boolean verifies,
    boolean reusesIds,
    Optional<Duration> maxAge,
    OptionalInt quota,
    Duration requestTimeout) {

  /** Whether a person makes the keys and deletes them, since the service lets nobody else. */
  public boolean byHand() {
    return tracing == Tracing.PERSON;
  }

  /** Those of an issuer that takes a label, lists it and never gives an id twice. */
  public static Capabilities labelled(
      boolean verifies, Optional<Duration> maxAge, OptionalInt quota, Duration requestTimeout) {
    return new Capabilities(Tracing.LABELLED, true, verifies, false, maxAge, quota, requestTimeout);
  }
}
