package dev.rekey.simulated;

import dev.rekey.api.v1alpha1.ApiKeyRotation;
import dev.rekey.rotation.Attempt;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What people say and are told: a key that they name is condemned, nothing is done for a resource
 * that is suspended, none goes while a key of it is unfinished, and promise 9, that an expired key
 * is called one.
 */
final class WishJudge implements Judge {
  /** What a process knows may be this old. */
  private static final Duration LAG = Duration.ofMinutes(16);

  /** Whatever goes wrong beside it. */
  private static final Duration HEARD_WITHIN = Duration.ofMinutes(45);

  private final Life life;
  private Instant ledgerWrittenAt = Instant.MIN;

  WishJudge(Life life) {
    this.life = life;
    life.resources.whenOneGoes(this::mayGo);
  }

  @Override
  public void entering(Effect effect, Replica replica) {
    boolean acts =
        switch (effect.kind()) {
          case MINT, SECRET, STAMP, POD -> true;
          case DELETE -> !isNamed(effect) && !replica.eyes.wasPausedInPass();
          case LEDGER, STATUS, VERIFY, LIST -> false;
        };
    // a ledger that was put back a moment ago does not know what a person has named
    boolean putBack = life.people.hasMeddledWithLedgerSince(replica.eyes.passBeganAt());
    if (acts && replica.isSuspended() && !putBack) {
      life.broken("2: something is done for a resource that is suspended");
    }
    if (replica.isDeleting() && !putBack && beginsAnew(effect)) {
      life.broken("3: something new is begun for a resource that is being deleted");
    }
  }

  /** A key is asked for that was not asked for before, or a Secret made that is gone. */
  private boolean beginsAnew(Effect effect) {
    return switch (effect.kind()) {
      case MINT ->
          life.secrets.ledger().stream()
              .flatMap(it -> it.attempts().stream())
              .filter(it -> it.label().equals(effect.subject()))
              .anyMatch(it -> it.state() == Attempt.State.OPEN);
      case SECRET ->
          life.secrets.get(SimulatedSecrets.TEAM, SimulatedSecrets.TARGET).isEmpty()
              && !life.people.didSomethingSince(life.acting().eyes.passBeganAt());
      case LEDGER, STAMP, POD, STATUS, VERIFY, LIST, DELETE -> false;
    };
  }

  private boolean isNamed(Effect effect) {
    return life.secrets.ledger().stream()
        .flatMap(it -> it.keys(Role.CONDEMNED).stream())
        .filter(Key::named)
        .anyMatch(it -> effect.subject().endsWith("/" + it.id().orElse("?")));
  }

  @Override
  public void after(Effect effect) {
    switch (effect.kind()) {
      case LEDGER -> {
        ledgerWrittenAt = life.clock.instant();
        hearsWhatIsNamed();
      }
      case STATUS -> saysThatAKeyHasExpired(effect);
      case SECRET, STAMP, MINT, VERIFY, LIST, DELETE -> {}
    }
  }

  private void hearsWhatIsNamed() {
    var value = life.people.revokedNowSince(life.clock.instant().minus(HEARD_WITHIN));
    boolean stays =
        life.secrets.ledger().stream()
            .flatMap(it -> it.keys().stream())
            .filter(it -> it.role() != Role.CONDEMNED)
            .flatMap(it -> it.fields().values().stream())
            .anyMatch(it -> value.equals(Optional.of(it.reveal())));
    if (stays) {
      life.broken("1: a key that a person has named in revoke-now is not condemned");
    }
  }

  private void saysThatAKeyHasExpired(Effect effect) {
    var looked = life.acting().eyes.passBeganAt().minus(LAG);
    var ledger = life.secrets.ledger();
    if (!effect.told().startsWith("status: ")
        || !life.resources.isThere(effect.subject())
        || ledger.isEmpty()
        || !isBoundTo(ledger.get(), effect.subject())
        || ledgerWrittenAt.isAfter(looked)
        || life.people.hasMeddledWithLedgerSince(looked)) {
      return;
    }
    boolean expired =
        ledger
            .get()
            .publication()
            .flatMap(it -> ledger.get().key(it.keyName()))
            .filter(it -> it.role() == Role.CURRENT)
            .flatMap(Key::expiresAt)
            .map(it -> it.isBefore(looked))
            .orElse(false);
    boolean told =
        life
            .resources
            .status(effect.subject())
            .flatMap(it -> Optional.ofNullable(it.conditions()))
            .orElseGet(List::of)
            .stream()
            .map(Condition::getMessage)
            .anyMatch(it -> it.contains("expired at"));
    if (expired && !told) {
      life.broken("9: a key has expired, and no condition says so");
    }
  }

  private boolean isBoundTo(Rotation ledger, String resource) {
    return isBoundToUid(ledger, life.resources.required(resource).getMetadata().getUid());
  }

  private static boolean isBoundToUid(Rotation ledger, String uid) {
    return ledger.binding().cluster().equals(SimulatedResources.CLUSTER)
        && ledger.binding().resourceUid().equals(uid);
  }

  /**
   * A resource that was deleted ends now, since nothing keeps it. One that was made a moment ago
   * may not have been looked at yet; and what a person has named is deleted before anything else.
   */
  private void mayGo(ApiKeyRotation gone) {
    var now = life.clock.instant();
    var meta = gone.getMetadata();
    boolean overdue =
        !Instant.parse(meta.getDeletionTimestamp()).plus(life.deletionDeadline()).isAfter(now);
    boolean young = Instant.parse(meta.getCreationTimestamp()).isAfter(now.minus(LAG));
    boolean unfinished =
        life.secrets.ledger().stream()
            .filter(it -> isBoundToUid(it, meta.getUid()))
            .anyMatch(WishJudge::isUnfinished);
    if (unfinished
        && !overdue
        && !young
        && !life.people.hasMeddledWithLedgerSince(now.minus(LAG))) {
      life.broken("3: a resource goes while a key of it is unfinished");
    }
    var since = Instant.parse(meta.getDeletionTimestamp());
    boolean named =
        life.secrets.ledger().stream()
            .flatMap(it -> it.left().stream())
            .anyMatch(it -> it.reason() == Reason.Abandoned && !it.since().isBefore(since));
    if (unfinished && overdue && !named && !life.people.hasMeddledWithLedgerSince(now.minus(LAG))) {
      life.broken("3: a resource goes at its deadline, and nobody is told what is unfinished");
    }
  }

  private static boolean isUnfinished(Rotation ledger) {
    return ledger.attempts().stream().anyMatch(WishJudge::isUnfinished)
        || ledger.key(Role.NEXT).isPresent()
        || ledger.keys(Role.CONDEMNED).stream().anyMatch(it -> !it.named());
  }

  private static boolean isUnfinished(Attempt attempt) {
    return attempt.state() == Attempt.State.OPEN || attempt.nextSweep().isPresent();
  }
}
