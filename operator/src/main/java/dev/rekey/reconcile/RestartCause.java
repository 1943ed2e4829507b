package dev.rekey.reconcile;

import dev.rekey.rotation.Key;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Run;

/** For which rotation, which key and why workloads are restarted, in words for people. */
final class RestartCause {
  private RestartCause() {}

  /** As it goes on after "restarted for". */
  static String text(String resource, Rotation ledger) {
    var run = ledger.run();
    return "ApiKeyRotation "
        + resource
        + ": Secret "
        + ledger.binding().secret()
        + " shows "
        + run.flatMap(Run::keyName).flatMap(ledger::key).map(Key::display).orElse("a new key")
        + run.map(it -> " (" + it.cause() + ")").orElse("");
  }
}
