package dev.rekey.demo;

import dev.rekey.rotation.Cause;
import dev.rekey.rotation.Reason;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Why Rekey does what it does, for somebody who hears of it for the first time.
 *
 * @param revokeFirst whether the old key is deleted without waiting
 */
record Why(boolean revokeFirst) {

  private static final Pattern TERMINATING = Pattern.compile("(pod \\S+) still terminating");
  private static final Pattern ALL_OF_THEM = Pattern.compile("^(\\d+) of \\1 pods");

  /** Why a step is taken, or what it is waited for. */
  String of(Reason reason, String message) {
    return switch (reason) {
      case Adopting -> "made by a person; Rekey looks after it from now on";
      case Beginning -> begins(message);
      case Minting -> "the old one works on, so that pods can move one by one";
      case Publishing -> "pods that start from now on read it, the others keep theirs";
      case Settling -> "nodes cache Secrets and could still show the old key";
      case Rolling -> "applications read their key once, when they start";
      case WaitingForConsumers -> waits(message);
      case Soaking -> revokeFirst ? "" : "both keys work on, in case somebody was overlooked";
      case Condemning ->
          revokeFirst
              ? "SABOTAGE, nobody has looked at the pods"
              : "every pod was looked at again; no way back from here";
      case Deleting -> "the service was shown it again and refuses it";
      case Completed -> "nothing is left to do";
      default -> reason.sentence();
    };
  }

  private String waits(String message) {
    Matcher terminating = TERMINATING.matcher(message);
    if (terminating.find()) {
      return terminating.group(1) + " has not ended yet, and may still use the old key";
    }
    if (ALL_OF_THEM.matcher(message).find()) {
      return "not all of them are ready yet";
    }
    return revokeFirst
        ? "SABOTAGE, the key of the others is gone already"
        : "the others may still use the old key";
  }

  private static String begins(String message) {
    for (Cause cause : Cause.values()) {
      if (message.endsWith("(" + cause + ")")) {
        return switch (cause) {
          case FirstKey -> "there is no key yet";
          case Interval -> "the key is older than spec.schedule.interval allows";
          case BeforeExpiry -> "the key expires sooner than spec.schedule.renewBefore allows";
          case Requested -> "somebody asked for it";
          case Leaked -> "somebody says that the key has leaked";
          case GoneElsewhere -> "the key in use is gone at its issuer";
          case IssuerChanged -> "spec.issuerRef names another issuer now";
          case DataChanged -> "spec.secret.data was edited";
        };
      }
    }
    return "";
  }
}
