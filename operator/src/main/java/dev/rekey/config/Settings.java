package dev.rekey.config;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Every duration and count that decisions use and that is not a resource's own, so that a test, the
 * demo and the simulation can say how patient Rekey is.
 *
 * @param acceptedInARow how many acceptances in a row a new key needs before anybody sees it
 * @param verifyPause between two of them
 * @param verifyDeadline a new key that was never accepted for this long is given up
 * @param freshness how young the last acceptance of the key in use must be when the old one goes
 * @param lateness how long after its time-out an answer may still arrive
 * @param sweeps when an attempt without an answer is searched for, counted from when it was lost
 * @param clockDoubt how far the API server's clock may be from ours
 * @param look how often consumers are looked at while they move
 * @param heldLook how often a resource is looked at that waits for somebody to mend something that
 *     Rekey does not watch
 * @param cacheLag how long to wait for a cache that is behind
 * @param unverifiedSoak the least soak at an issuer that cannot verify
 * @param backoff the pause after a first failure; doubled each time
 * @param backoffCeiling and never more than this
 * @param idleLook the longest rest: a resource is looked at this often whatever happens
 * @param rollbackPause how long after a rotation was taken back the next one begins by itself
 * @param deletionDeadline how long a resource that is being deleted waits for what is unfinished
 * @param kubeletRefresh after how long every kubelet has renewed the files of a changed Secret: its
 *     sync period and its cache's, each a minute, and what it takes them
 * @param rolloutsAtOnce how many rollouts run at once
 * @param wave how long the restart of a workload that reads several Secrets waits for the keys of
 *     the others, so that it is restarted once
 */
public record Settings(
    int acceptedInARow,
    Duration verifyPause,
    Duration verifyDeadline,
    Duration freshness,
    Duration lateness,
    List<Duration> sweeps,
    Duration clockDoubt,
    Duration look,
    Duration heldLook,
    Duration cacheLag,
    Duration unverifiedSoak,
    Duration backoff,
    Duration backoffCeiling,
    Duration idleLook,
    Duration rollbackPause,
    Duration deletionDeadline,
    Duration kubeletRefresh,
    AtOnce rolloutsAtOnce,
    Duration wave) {

  /**
   * How many rollouts run at once.
   *
   * @param cluster in the whole cluster
   * @param namespace in one namespace
   */
  public record AtOnce(int cluster, int namespace) {
    public AtOnce {
      if (cluster < 1 || namespace < 1) {
        throw new IllegalArgumentException("one rollout at least has to be able to run");
      }
    }
  }

  /** So many times the first pause is the longest one between two looks at what does not move. */
  private static final int RARELY = 8;

  /** What is used where the operator's configuration says nothing else. */
  public static Settings standard() {
    return new Settings(
        3,
        Duration.ofSeconds(1),
        Duration.ofMinutes(30),
        Duration.ofMinutes(1),
        Duration.ofSeconds(30),
        List.of(
            Duration.ZERO, Duration.ofSeconds(10), Duration.ofMinutes(1), Duration.ofMinutes(10)),
        Duration.ofSeconds(5),
        Duration.ofSeconds(2),
        Duration.ofMinutes(1),
        Duration.ofMillis(100),
        Duration.ofMinutes(10),
        Duration.ofSeconds(5),
        Duration.ofMinutes(10),
        Duration.ofHours(1),
        Duration.ofHours(6),
        Duration.ofHours(1),
        Duration.ofSeconds(150),
        new AtOnce(50, 5),
        Duration.ofMinutes(1));
  }

  /**
   * How long until consumers are looked at again that have not moved between {@code since} and
   * {@code now}: the longer, the more rarely, and a move is noticed one look or a tenth of that
   * late.
   */
  public Duration lookAgain(Instant since, Instant now) {
    var tenth = Duration.between(since, now).dividedBy(10);
    var rarest = rareLook();
    if (tenth.compareTo(look) < 0) {
      return look;
    }
    return tenth.compareTo(rarest) > 0 ? rarest : tenth;
  }

  /** The same for what may take long. */
  public Duration rareLook() {
    var rare = look.multipliedBy(RARELY);
    var longest = look.compareTo(heldLook) > 0 ? look : heldLook;
    return rare.compareTo(longest) > 0 ? longest : rare;
  }
}
