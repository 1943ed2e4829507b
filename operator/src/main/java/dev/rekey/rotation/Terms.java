package dev.rekey.rotation;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What a resource asks for, read and checked.
 *
 * @param secret the target Secret's name
 * @param createsSecret whether a missing Secret is made
 * @param data the data keys of the Secret, as templates
 * @param adoption what is said of the key that is in the Secret already
 * @param interval the age at which a key is rotated
 * @param renewBefore how long before its expiry it is rotated at the latest
 * @param settle how long kubelets get to see a written Secret
 * @param soak how long the old key outlives the last consumer's move
 * @param progressTimeout how long no pod may move before a person is told
 * @param minOverlap how long both keys work at least
 * @param rollsBack whether a rollout that fails puts the old key back into the Secret, once
 * @param restarts which workloads are restarted
 * @param revokesOnDeletion whether the key is deleted at its issuer when the resource is deleted
 * @param leavesOldKeys whether the old key of a rotation is left to a person, who deletes it
 */
public record Terms(
    String secret,
    boolean createsSecret,
    Map<String, String> data,
    Optional<Adoption> adoption,
    Optional<Duration> interval,
    Optional<Duration> renewBefore,
    Duration settle,
    Duration soak,
    Duration progressTimeout,
    Duration minOverlap,
    boolean rollsBack,
    Restarts restarts,
    boolean revokesOnDeletion,
    boolean leavesOldKeys) {

  /** What a person says of the key in the Secret. */
  public record Adoption(
      Optional<String> keyId, Optional<Instant> issuedAt, Optional<Instant> expiresAt) {}
}
