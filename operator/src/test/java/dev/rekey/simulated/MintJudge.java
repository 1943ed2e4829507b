package dev.rekey.simulated;

import dev.rekey.rotation.Attempt;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Tracing;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Promises 3 and 5: every mint can be found again, and a failing issuer is left in peace. */
final class MintJudge implements Judge {
  /** An edit ends a pause, and may be seen this late: by one who leads after a long pause. */
  private static final Duration LAG = Duration.ofMinutes(32);

  private static final Duration PACE = Duration.ofSeconds(4);

  private final Life life;
  private final Set<String> sent = new HashSet<>();
  private final Map<String, Instant> lastSent = new HashMap<>();
  private int tokensAsked;

  MintJudge(Life life) {
    this.life = life;
  }

  @Override
  public void entering(Effect effect, Replica replica) {
    if (effect.kind() != Effect.Kind.MINT) {
      return;
    }
    var ledger = life.secrets.ledger();
    boolean meddled = life.secrets.ledgerTouchedSince(replica.eyes.ledgerReadAt());
    var attempt =
        ledger.stream()
            .flatMap(it -> it.attempts().stream())
            .filter(it -> it.label().equals(effect.subject()))
            .findFirst();
    if (attempt.isEmpty()) {
      if (!meddled && !isLateRepeat(effect, replica)) {
        life.broken("3: a key is minted without an attempt in the ledger");
      }
      return;
    }
    boolean repeats = attempt.get().tracing() == Tracing.IDEMPOTENT;
    if (!sent.add(effect.subject()) && !repeats) {
      life.broken("3: an attempt is sent twice");
    }
    var account = life.issuers.account(attempt.get().issuer());
    account.ifPresent(it -> mayMint(it, attempt.get(), ledger.get()));
    if (attempt.get().state() == Attempt.State.OPEN) {
      pace(attempt.get());
    }
  }

  /**
   * One who was held up may repeat a request that others have settled meanwhile, where that gives
   * the same key again and no other.
   */
  private boolean isLateRepeat(Effect effect, Replica replica) {
    return replica.eyes.wasPausedInPass()
        && sent.contains(effect.subject())
        && life.issuers
            .accounts()
            .filter(it -> it.capabilities().tracing() == Tracing.IDEMPOTENT)
            .flatMap(it -> it.all().stream())
            .anyMatch(it -> it.asked().equals(effect.subject()));
  }

  private void mayMint(Account account, Attempt attempt, Rotation ledger) {
    var now = life.clock.instant();
    var answerBy = now.plus(account.capabilities().requestTimeout());
    if (attempt.state() == Attempt.State.OPEN
        && answerBy.isAfter(attempt.notAfter())
        && !life.people.hasMeddledWithLedgerSince(life.acting().eyes.passBeganAt())) {
      life.broken("3: a mint is sent whose answer may come after its attempt was given up");
    }
    if (attempt.state() == Attempt.State.OPEN
        && attempt.notAfter().isAfter(attempt.openedAt().plus(Duration.ofMinutes(10)))) {
      life.broken("3: an attempt is waited for without end");
    }
    if (attempt.state() == Attempt.State.OPEN) {
      mayAskAgain(attempt, ledger);
      mayMeetDelete(account, attempt, ledger);
    }
    long here = ledger.keys().stream().filter(it -> it.issuer().equals(attempt.issuer())).count();
    long maybe =
        ledger.attempts().stream()
            .filter(it -> !it.id().equals(attempt.id()) && it.issuer().equals(attempt.issuer()))
            .count();
    var quota = account.capabilities().quota();
    if (quota.isPresent() && here + maybe + 1 > quota.getAsInt()) {
      life.broken("3: a key is asked for beyond the issuer's quota");
    }
  }

  /** Where answers leave no trace, one more key is asked for without a person, and no more. */
  private void mayAskAgain(Attempt attempt, Rotation ledger) {
    var named =
        ledger.attempts().stream()
            .filter(it -> it.wasNamed() && !it.id().equals(attempt.id()))
            .map(Attempt::notAfter)
            .sorted()
            .toList();
    if (named.size() > 1 && !life.people.askedSince(named.getLast().minus(LAG))) {
      life.broken("3: a key is asked for though two may be lost, and nobody has asked again");
    }
  }

  /** Where ids are given again, a delete that is still on its way could meet the new key. */
  private void mayMeetDelete(Account account, Attempt attempt, Rotation ledger) {
    boolean arriving =
        ledger.keys(Role.CONDEMNED).stream()
            .filter(it -> it.issuer().isSameAccountAs(attempt.issuer()))
            .flatMap(it -> it.checks().deleteNotAfter().stream())
            .anyMatch(it -> it.isAfter(life.clock.instant()));
    if (arriving && account.capabilities().reusesIds()) {
      life.broken("4: a key is asked for that a delete on its way may meet");
    }
  }

  /** One mint right after the other is a loop. */
  private void pace(Attempt attempt) {
    var now = life.clock.instant();
    var account = attempt.issuer().account();
    var before = lastSent.get(account);
    if (before != null
        && before.plus(PACE).isAfter(now)
        && !life.people.editedSince(before.minus(LAG))) {
      life.broken("5: an issuer is asked for keys without a pause");
    }
    lastSent.put(account, now);
  }

  /** A person has asked for one more rotation. */
  void asked() {
    tokensAsked++;
  }

  int tokensAsked() {
    return tokensAsked;
  }

  /** The attempt of a key, by the label that it was asked for with. */
  static Optional<Attempt> attemptOf(Rotation ledger, String label) {
    return ledger.attempts().stream().filter(it -> it.label().equals(label)).findFirst();
  }
}
