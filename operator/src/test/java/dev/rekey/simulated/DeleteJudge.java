package dev.rekey.simulated;

import dev.rekey.rotation.Attempt;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.SecretText;
import dev.rekey.rotation.Tracing;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Promise 4: only the right key is deleted, one that the live ledger shows as condemned. Where ids
 * are given again, it is that very key, and not the next one of its id.
 */
final class DeleteJudge implements Judge {
  /** A deleted key may work on for so long. */
  private static final Duration BITES = Duration.ofMinutes(5);

  /** A list may be so far behind, and clocks apart. */
  private static final Duration LISTED_WITHIN = Duration.ofMinutes(1);

  private final Life life;
  private final Set<String> condemned = new HashSet<>();
  private final Set<String> opened = new HashSet<>();
  private Optional<Account.TrueKey> doomed = Optional.empty();
  private List<Key> meant = List.of();

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
    mayArrive(effect, replica);
  }

  /** Where ids are given again, others know until when a delete may arrive before it is sent. */
  private void mayArrive(Effect effect, Replica replica) {
    var now = life.clock.instant();
    var keys = meant(effect);
    boolean late =
        keys.stream()
            .allMatch(it ->
                life.issuers
                    .account(it.issuer())
                    .filter(account -> account.capabilities().reusesIds())
                    .map(account -> now.plus(account.capabilities().requestTimeout()))
                    .map(by -> it.checks().deleteNotAfter().map(by::isAfter).orElse(true))
                    .orElse(false));
    boolean soon =
        keys.stream()
            // the others have lost their id to it
            .filter(it -> life.doomed(effect).map(key -> isThis(it, key)).orElse(false))
            .anyMatch(it ->
                isGivenAgain(effect)
                    && !isTold(it)
                    && it.checks()
                        .deleteAskedAt()
                        .map(at -> at.plus(BITES).isAfter(now))
                        .orElse(false));
    if (soon && !life.people.hasMeddledWithLedger()) {
      life.broken("4: a delete is repeated while the one before it may still bite");
    }
    if (!keys.isEmpty() && late && !life.secrets.ledgerTouchedSince(replica.eyes.ledgerReadAt())) {
      life.broken("4: a delete is sent that may arrive when nobody waits for it any more");
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

  /** The condemned keys of this account and id. */
  private List<Key> meant(Effect effect) {
    return life.secrets.ledger().stream()
        .flatMap(it -> it.keys(Role.CONDEMNED).stream())
        .filter(it -> effect.subject().equals(subject(it)))
        .toList();
  }

  private static String subject(Key key) {
    return key.issuer().account().substring("account-".length()) + "/" + key.id().orElse("?");
  }

  /**
   * By its value, or else by the label that it was asked for with. One that was taken over is the
   * key of the id that stood beside its value, whatever that was, at that value's account.
   */
  private boolean isThis(Key known, Account.TrueKey key) {
    var value = Optional.ofNullable(known.fields().get("value")).map(SecretText::reveal);
    if (known.name().startsWith("adopted-")) {
      return value
          .flatMap(life.issuers::keyOf)
          .map(it -> it.account().equals(key.account()) || life.secrets.wasPutByPeople(it.value()))
          .orElse(true);
    }
    return value
        .map(key.value()::equals)
        .orElseGet(() -> known.label().map(key.asked()::equals).orElse(true));
  }

  @Override
  public void before(Effect effect) {
    if (effect.kind() == Effect.Kind.DELETE) {
      doomed = life.doomed(effect);
      meant = meant(effect);
    }
  }

  @Override
  public void after(Effect effect) {
    if (effect.kind() == Effect.Kind.LEDGER) {
      life.secrets.ledger().stream()
          .flatMap(it -> it.keys(Role.CONDEMNED).stream())
          .map(DeleteJudge::subject)
          .forEach(condemned::add);
      life.secrets.ledger().stream()
          .flatMap(it -> it.attempts().stream())
          .filter(it -> it.tracing() == Tracing.COUNTABLE && opened.add(it.id()))
          .forEach(this::countsFrom);
    }
    if (effect.kind() != Effect.Kind.DELETE || doomed.isEmpty()) {
      return;
    }
    var key = doomed.get();
    // a ledger of before the delete does not know that the id is another key's by now
    boolean restored = life.people.hasMeddledWithLedger() && isGivenAgain(effect);
    if (!key.ours() && !life.people.hasGivenUp(key) && !restored) {
      life.broken("4: a key of somebody else is deleted");
    }
    boolean another = !meant.isEmpty() && meant.stream().noneMatch(it -> isThis(it, key));
    if (another && !life.people.hasGivenUp(key) && !restored) {
      life.broken("4: a delete meets another key than the one that was condemned");
    }
    doomed = Optional.empty();
  }

  /**
   * Where a lost key is found by counting, whoever makes one by hand at the moment at which Rekey
   * asks for one breaks the promise that the account is Rekey's alone.
   */
  private void countsFrom(Attempt attempt) {
    life.issuers.account(attempt.issuer()).stream()
        .flatMap(it -> it.there().stream())
        .filter(it -> !it.ours())
        .filter(it -> it.issuedAt().isAfter(attempt.openedAt().minus(LISTED_WITHIN)))
        .forEach(life.people::giveUp);
  }

  private boolean isGivenAgain(Effect effect) {
    return life.issuers
        .accounts()
        .filter(it -> effect.subject().startsWith(it.name() + "/"))
        .anyMatch(it -> it.capabilities().reusesIds());
  }

  /** Whether the label in the list tells the key from the next one of its id. */
  private boolean isTold(Key key) {
    return key.label().isPresent()
        && life.issuers
            .account(key.issuer())
            .map(it -> it.capabilities().tracing() == Tracing.LABELLED)
            .orElse(false);
  }
}
