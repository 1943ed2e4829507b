package dev.rekey.simulated;

import java.time.Instant;

/** What one process has read live so far, to be compared with what it then does. */
final class Eyes {
  private int secretReadAt;
  private int ledgerReadAt;
  private String ledgerVersion = "";
  private boolean ledgerReadInPass;
  private boolean secretReadInPass;
  private boolean pausedInPass;
  private String newestWritten = "";
  private Instant passBeganAt = Instant.MIN;
  private boolean lookedLive;

  void passBegins(Instant now) {
    passBeganAt = now;
    ledgerReadInPass = false;
    secretReadInPass = false;
    pausedInPass = false;
  }

  /** A step is decided on an observation, which was made live or not. */
  void looks(boolean live) {
    lookedLive = live;
  }

  /** Whether the newest observation was made live. */
  boolean lookedLive() {
    return lookedLive;
  }

  /** When the pass under way began. */
  Instant passBeganAt() {
    return passBeganAt;
  }

  void paused() {
    pausedInPass = true;
  }

  /** Whether the process was held up in the pass under way. */
  boolean wasPausedInPass() {
    return pausedInPass;
  }

  void ledgerRead(String version, int changes) {
    ledgerVersion = version;
    ledgerReadAt = changes;
    ledgerReadInPass = true;
  }

  void secretRead(int changes) {
    secretReadAt = changes;
    secretReadInPass = true;
  }

  /** A compare-and-set shows that nobody else has written the ledger, as a look would. */
  void ledgerWritten(String version) {
    newestWritten = version;
    ledgerVersion = version;
    ledgerReadInPass = true;
  }

  /** How many changes there had been when the target Secret was last read live. */
  int secretReadAt() {
    return secretReadAt;
  }

  /** The same for the ledger. */
  int ledgerReadAt() {
    return ledgerReadAt;
  }

  /** The version of the ledger when it was last read live, or written; empty: there was none. */
  String ledgerVersion() {
    return ledgerVersion;
  }

  /** Whether the ledger was read live, or written, in the pass under way. */
  boolean ledgerReadInPass() {
    return ledgerReadInPass;
  }

  /** Whether the target Secret was read live in the pass under way. */
  boolean secretReadInPass() {
    return secretReadInPass;
  }

  /** The version of the newest ledger that this process has written; empty: none. */
  String newestWritten() {
    return newestWritten;
  }
}
