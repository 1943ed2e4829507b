package dev.rekey.demo;

import dev.rekey.api.v1alpha1.Rollout;
import dev.rekey.config.Settings;
import dev.rekey.config.Spans;
import java.time.Duration;

/** What a reader is told before it begins. */
final class Prologue {

  private static final String SABOTAGE =
      """

      SABOTAGE: the operator's rules are wired without their gate. It deletes the old key as soon as the
      Secret shows the new one, whatever the pods do.
      """;

  private Prologue() {}

  /**
   * The text of it.
   *
   * @param rollout that of the rotations in the files
   */
  static String text(Stage stage, Rollout rollout, boolean revokeFirst) {
    Settings standard = Settings.standard();
    Settings shortened = stage.settings();
    return """
    Rekey rotates API keys in Kubernetes. It has a new key made, tries it, puts it into the Secret,
    restarts the pods that read that Secret, and deletes the old key when the last of them has moved.

    Here is a cluster in one process: a mock API server, a few small controllers, a node whose pods
    are loops that call a key service all the time, and the real operator.
      Files      crds/ and examples/demo/ as they are, except for three things: the service's address
                 (%s instead of https://keys.example.com), the values of keys 41,
                 42 and 43, and the token of the account, which this service has just made up.
      Allowed    an issuer that speaks plain http and is on this host. By default it is not.
      Shortened  settle %s (else %s), soak %s (else %s), tries of a new key %s apart (else %s),
                 looks at pods %s apart (else %s), clocks that differ by %s (else %s).
    %s
    """
            .formatted(
                stage.service().url(),
                rollout.settle(),
                Rollout.DEFAULT_SETTLE,
                rollout.soak(),
                Rollout.DEFAULT_SOAK,
                span(shortened.verifyPause()),
                span(standard.verifyPause()),
                span(shortened.look()),
                span(standard.look()),
                span(shortened.clockDoubt()),
                span(standard.clockDoubt()),
                revokeFirst ? SABOTAGE : "")
            .stripTrailing()
        + "\n";
  }

  private static String span(Duration span) {
    return Spans.format(span);
  }
}
