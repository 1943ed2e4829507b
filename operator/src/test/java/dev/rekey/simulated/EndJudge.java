package dev.rekey.simulated;

import dev.rekey.rotation.Attempt;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.SecretText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** When nothing goes wrong any more and people have mended what they can, all is in order. */
final class EndJudge {
  private final Life life;

  EndJudge(Life life) {
    this.life = life;
  }

  /** What is not in order, and not named to a person either. */
  List<String> leftOver() {
    var left = new ArrayList<String>();
    var ledger = life.secrets.ledger();
    if (ledger.isPresent() && isMisled(ledger.get())) {
      // Rekey believes an id of the key in the Secret that people made up; it says so for ever.
      return left;
    }
    if (life.ledgers.completed() < Course.ROTATIONS) {
      left.add("2: only " + life.ledgers.completed() + " rotations came to their end");
    }
    if (ledger.isEmpty()) {
      left.add("7: there is no ledger");
      return left;
    }
    if (ledger.get().run().isPresent()) {
      life.issuers.there().forEach(it -> life.tell("JUDGE", () -> "there is " + it));
      left.add("2: the rotation is not over");
    }
    secret(left, ledger.get());
    attempts(left, ledger.get());
    keys(left, ledger.get());
    return left;
  }

  /** By an id that is not that of the value, or by a ledger of before the key was deleted. */
  private boolean isMisled(Rotation ledger) {
    return ledger.keys().stream().anyMatch(this::isMisled);
  }

  private boolean isMisled(Key key) {
    var truth =
        Optional.ofNullable(key.fields().get("value"))
            .map(SecretText::reveal)
            .flatMap(life.issuers::keyOf);
    boolean restored =
        truth
            .flatMap(Account.TrueKey::deleteAsked)
            .map(it -> life.people.hasMeddledWithLedgerSince(it))
            .orElse(false);
    return truth.map(it -> !isThis(key, it)).orElse(false) || restored;
  }

  private void secret(List<String> left, Rotation ledger) {
    var value = life.secrets.value();
    if (value.isEmpty() || !life.issuers.keyOf(value.get()).map(life::isAlive).orElse(false)) {
      left.add("1: the Secret holds no live key");
    }
    for (var pod : life.workloads.live()) {
      if (!pod.holds().equals(value)) {
        left.add("1: a pod is not on the key of the Secret");
        break;
      }
    }
    var current = ledger.key(Role.CURRENT);
    if (current.isEmpty()) {
      left.add("7: the ledger knows no key in use");
    } else if (!current.get().fields().isEmpty()
        && !current.get().fields().values().stream()
            .anyMatch(it -> value.equals(Optional.of(it.reveal())))) {
      left.add("7: the ledger knows another key in use than the Secret shows");
    }
  }

  private static void attempts(List<String> left, Rotation ledger) {
    // One that is lost may stay until it was searched for once more, before the next mint.
    ledger.attempts().stream()
        .filter(it -> it.nextSweep().isPresent() || it.state() == Attempt.State.OPEN)
        .findFirst()
        .ifPresent(it -> left.add("3: an attempt is unsettled"));
  }

  /** Every key that Rekey asked for is in use, or deleted, or answered for by name. */
  private void keys(List<String> left, Rotation ledger) {
    int unknown = 0;
    for (var key : life.issuers.alive()) {
      boolean known =
          !key.ours()
              || life.people.hasLostSightOf(key)
              || ledger.keys().stream().anyMatch(it -> isThis(it, key))
              || MintJudge.attemptOf(ledger, key.asked()).isPresent()
              || ledger.left().stream().anyMatch(it -> life.names(it, key));
      if (!known) {
        unknown++;
        life.tell("JUDGE", () -> "nobody answers for " + key);
      }
    }
    if (unknown > 0) {
      left.add("3: the issuer holds a key that nobody answers for");
    }
    ledger.keys().stream()
        .filter(it -> it.role() != Role.CURRENT && it.role() != Role.RETIRED)
        .findFirst()
        .ifPresent(it -> left.add("3: a key is unfinished"));
  }

  private static boolean isThis(Key known, Account.TrueKey key) {
    return known.id().equals(Optional.of(key.id()))
        && known.issuer().account().equals("account-" + key.account());
  }
}
