package dev.rekey.rotation;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Another rotation of the same namespace, by what it has last said of the workloads that read its
 * Secret. It is no more than a word of this process: good for a restart that is put together, never
 * for a decision that a key can go. That one is made by each rotation on its own pods.
 *
 * @param secret the Secret that it is about
 * @param why for which rotation, which key and why it restarts them, for people
 * @param intent what it is about to do
 * @param restarts which workloads it restarts
 * @param saidAt when it has said so
 */
public record Companion(
    String secret, String why, Intent intent, Restarts restarts, Instant saidAt) {

  /** What a rotation is about to do to the workloads that read its Secret. */
  public sealed interface Intent {
    /** Nothing, before it is due. */
    record Resting(Instant dueAt) implements Intent {}

    /** It will restart them, once kubelets have seen a publication that is not settled yet. */
    record Coming(Optional<Instant> settlesAt) implements Intent {}

    /**
     * It restarts them: a container that starts from now on can only read that publication, or a
     * later one.
     *
     * @param stamp of that publication
     * @param settledAt since when that has been so
     */
    record Settled(Stamp stamp, Instant settledAt) implements Intent {}
  }

  /**
   * Whether this is still believed at {@code now}. A rotation that is at work says something at
   * every look, so one that has said nothing for {@code patience} has failed, was stopped, or is
   * gone.
   */
  public boolean isBelieved(Instant now, Duration patience) {
    var from =
        switch (intent) {
          case Intent.Resting(var dueAt) -> dueAt;
          case Intent.Coming(var settlesAt) -> settlesAt.orElse(saidAt);
          case Intent.Settled(var _, var _) -> saidAt;
        };
    return now.isBefore(from.plus(patience));
  }
}
