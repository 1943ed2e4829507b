package dev.rekey.rotation;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A rotation that is under way, with what was asked for when it began: an edit of the resource
 * counts for the next one.
 *
 * @param sequence the how-manieth rotation of its ledger this is
 * @param cause why it began
 * @param startedAt when
 * @param issuer where the new key comes from
 * @param data the data keys of the Secret, as templates
 * @param settle how long kubelets get to see a written Secret
 * @param soak how long the old key outlives the last consumer's move
 * @param progressTimeout how long no pod may move before a person is told
 * @param attempts how many attempts to mint it has opened
 * @param keyName the key that it brought; absent until one is minted
 * @param progress how far its consumers have moved; absent before the first look
 */
public record Run(
    int sequence,
    Cause cause,
    Instant startedAt,
    IssuerBinding issuer,
    Map<String, String> data,
    Duration settle,
    Duration soak,
    Duration progressTimeout,
    int attempts,
    Optional<String> keyName,
    Optional<Progress> progress) {

  /**
   * How far consumers have moved. Kept, so that a restart of the operator neither shortens a soak
   * nor forgets that nothing has moved for a while.
   *
   * @param total pods that read the Secret
   * @param moved those of them that are on the newest publication
   * @param since when one of them last moved
   * @param allMovedAt since when all have moved and every workload is rolled out
   */
  public record Progress(int total, int moved, Instant since, Optional<Instant> allMovedAt) {}

  /** The same run, one attempt further. */
  public Run attempted() {
    return with(attempts + 1, keyName, progress);
  }

  /** The same run, with the key that it brought; none, where that key was given up. */
  public Run bringing(Optional<String> key) {
    return with(attempts, key, progress);
  }

  /** The same run, with its consumers as they are now. */
  public Run progressed(Optional<Progress> now) {
    return with(attempts, keyName, now);
  }

  private Run with(int attempted, Optional<String> key, Optional<Progress> progressed) {
    return new Run(
        sequence,
        cause,
        startedAt,
        issuer,
        data,
        settle,
        soak,
        progressTimeout,
        attempted,
        key,
        progressed);
  }
}
