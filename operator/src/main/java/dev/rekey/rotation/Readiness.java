package dev.rekey.rotation;

import java.time.Instant;
import java.util.Optional;

/** Whether a pod serves, as its kubelet says. */
public sealed interface Readiness {

  /**
   * It does.
   *
   * @param since since when, by its node's clock; empty: nobody has said
   */
  record Ready(Optional<Instant> since) implements Readiness {
    /** Nobody has said since when. */
    public Ready() {
      this(Optional.empty());
    }
  }

  /**
   * It does not.
   *
   * @param why what is said of it, to go on after {@code is not ready:}; nothing of a key is in it
   */
  record NotReady(String why) implements Readiness {}
}
