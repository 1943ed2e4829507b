package dev.rekey.demo;

import dev.rekey.rotation.Reason;

/** Why Rekey does what it does, for somebody who hears of it for the first time. */
final class Why {

  private Why() {}

  static String of(Reason reason) {
    return switch (reason) {
      case Adopting -> "a person made it; from now on Rekey answers for it";
      case Beginning -> "";
      case Minting -> "a second key, so that both work while the pods move";
      case Publishing -> "pods that start from now on get the new key; those that run keep the old";
      case Settling ->
          "they read Secrets through a cache; a restart too early would get the old key";
      case Rolling -> "an application reads its key once, when it starts";
      case WaitingForConsumers -> "whoever still holds the old key needs it to work";
      case Soaking -> "for a while both keys work, in case somebody was overlooked";
      case Condemning -> "from here there is no way back, so every pod was looked at once more";
      case Deleting -> "the service was asked whether it still works, and refuses it";
      case Completed -> "";
      default -> reason.sentence();
    };
  }
}
