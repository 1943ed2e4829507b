package dev.rekey.simulated;

import dev.rekey.rotation.Role;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Promise 4: only the right key is deleted, one that the live ledger shows as condemned. */
final class DeleteJudge implements Judge {
  private final Life life;
  private final Set<String> condemned = new HashSet<>();
  private Optional<Account.TrueKey> doomed = Optional.empty();

  DeleteJudge(Life life) {
    this.life = life;
  }

  @Override
  public void entering(Effect effect, Replica replica) {
    if (effect.kind() != Effect.Kind.DELETE) {
      return;
    }
    if (!replica.eyes.ledgerReadInPass()) {
      life.broken("4: a delete is decided on a ledger that was not read live");
    }
    if (!life.secrets.ledgerTouchedSince(replica.eyes.ledgerReadAt())
        && !isCondemned(effect, replica)) {
      life.broken("4: a key is deleted that the ledger does not show as condemned");
    }
  }

  /** One who was held up may repeat the delete of a key that was condemned when it looked. */
  private boolean isCondemned(Effect effect, Replica replica) {
    return isCondemned(effect)
        || (replica.eyes.wasPausedInPass() && condemned.contains(effect.subject()));
  }

  private boolean isCondemned(Effect effect) {
    return life.secrets.ledger().stream()
        .flatMap(it -> it.keys(Role.CONDEMNED).stream())
        .anyMatch(it -> effect.subject().endsWith("/" + it.id().orElse("?")));
  }

  @Override
  public void before(Effect effect) {
    if (effect.kind() == Effect.Kind.DELETE) {
      doomed = life.doomed(effect);
    }
  }

  @Override
  public void after(Effect effect) {
    if (effect.kind() == Effect.Kind.LEDGER) {
      life.secrets.ledger().stream()
          .flatMap(it -> it.keys(Role.CONDEMNED).stream())
          .map(it ->
              it.issuer().account().substring("account-".length()) + "/" + it.id().orElse("?"))
          .forEach(condemned::add);
    }
    if (effect.kind() != Effect.Kind.DELETE || doomed.isEmpty()) {
      return;
    }
    var key = doomed.get();
    if (!key.ours() && !life.people.hasGivenUp(key) && !life.people.hasMeddledWithLedger()) {
      life.broken("4: a key of somebody else is deleted");
    }
    doomed = Optional.empty();
  }
}
