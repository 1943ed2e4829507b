package dev.rekey.simulated;

import dev.rekey.rotation.Cause;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.SecretText;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Promise 2: mint, verify, publish, settle, roll, every consumer on the new key and ready, soak,
 * verify again, condemn, delete.
 */
final class OrderJudge implements Judge {
  static final Duration FRESH = Duration.ofMinutes(1);
  private static final Duration PUT_BACK = Duration.ofMinutes(1);

  /** People may have started a workload when consumers had been looked at already. */
  private static final Duration LOOKED = Duration.ofSeconds(1);

  private static final int ACCEPTED_IN_A_ROW = 3;
  private static final int STAMPS_IN_A_MINUTE = 10;

  /** So long a key that nobody could verify is in use before the old one goes. */
  private static final Duration UNVERIFIED = Duration.ofMinutes(10);

  private final Life life;
  private final Map<String, Instant> firstShown = new HashMap<>();
  private final Map<String, Deque<Instant>> stamps = new HashMap<>();
  private final Set<String> everShown = new HashSet<>();
  private final Map<String, Integer> newestShown = new HashMap<>();
  private Optional<Rotation> ledgerBefore = Optional.empty();
  private Optional<String> shownBefore = Optional.empty();
  private Instant decided = Instant.MIN;

  OrderJudge(Life life) {
    this.life = life;
  }

  /** When the Secret first showed this value. */
  Optional<Instant> firstShown(String value) {
    return Optional.ofNullable(firstShown.get(value));
  }

  @Override
  public void before(Effect effect) {
    switch (effect.kind()) {
      case LEDGER -> {
        ledgerBefore = life.secrets.ledger();
        decided = life.decidedAt();
      }
      case STAMP -> mayStamp(effect);
      case SECRET -> shownBefore = life.secrets.value();
      case POD -> mayDeletePod(effect);
      case STATUS, MINT, VERIFY, LIST, DELETE -> {}
    }
  }

  @Override
  public void after(Effect effect) {
    switch (effect.kind()) {
      case LEDGER -> {
        var after = life.secrets.ledger();
        if (ledgerBefore.isPresent() && after.isPresent()) {
          mayWrite(ledgerBefore.get(), after.get());
        }
      }
      case SECRET -> maySee();
      case STAMP -> mayStampAgain(effect);
      case POD, STATUS, MINT, VERIFY, LIST, DELETE -> {}
    }
  }

  /**
   * The one thing that is deleted in the cluster: a pod of a set that newer ones are waiting for.
   */
  private void mayDeletePod(Effect effect) {
    boolean serves =
        life.workloads.all().stream()
            .filter(it -> it.name.equals(effect.subject()))
            .anyMatch(it ->
                it.maker.map(maker -> !"StatefulSet".equals(maker.kind())).orElse(true)
                    || life.secrets
                        .shownStamp()
                        .map(Object::toString)
                        .filter(it.annotations::containsValue)
                        .isPresent());
    if (serves) {
      life.broken("5: a pod is deleted that holds up no set");
    }
  }

  /**
   * Nothing is restarted before kubelets have seen the publication that the stamp stands for. One
   * of an older publication, by somebody who was held up, proves nothing about this one.
   */
  private void mayStamp(Effect effect) {
    boolean newest =
        life.secrets.shownStamp().map(it -> effect.subject().endsWith(it.toString())).orElse(false);
    if (newest
        && life.secrets.standsFor().compareTo(life.people.leastSettle()) < 0
        && life.secrets.lastWrittenByRekey()) {
      life.broken("2: a workload is restarted before the Secret has settled");
    }
  }

  /**
   * Whoever takes stamps away does not get a workload restarted for ever. The pauses double; a
   * crash, an edit or a restored ledger takes one away.
   */
  private void mayStampAgain(Effect effect) {
    var now = life.clock.instant();
    var before =
        stamps.computeIfAbsent(effect.told() + effect.subject(), any -> new ArrayDeque<>());
    before.addLast(now);
    while (before.getFirst().isBefore(now.minusSeconds(60))) {
      before.removeFirst();
    }
    if (before.size() > STAMPS_IN_A_MINUTE) {
      life.broken("5: a workload is restarted again and again without a pause");
    }
  }

  /** What the Secret shows now was accepted often enough, where it was not in it already. */
  private void maySee() {
    var value = life.secrets.value().orElse("");
    if (life.issuers.verifies(value)
        && !everShown.contains(value)
        && life.issuers.keyOf(value).map(Account.TrueKey::ours).orElse(false)
        && !life.pods.wasHeld(value)
        // a ledger of before it was written, and its key deleted, may just have been put back
        && !life.people.hasMeddledWithLedgerSince(life.clock.instant().minus(PUT_BACK))
        // one that went with its resource stays in the Secret, by whatever late write
        && !life.people.hasNamed(value)
        && life.issuers.acceptedInARow(value) < ACCEPTED_IN_A_ROW) {
      life.broken("2: a key is published that was not accepted three times");
    }
    var eyes = life.acting().eyes;
    boolean condemned =
        life.secrets.ledger().stream()
            .flatMap(it -> it.keys(Role.CONDEMNED).stream())
            .anyMatch(it -> value(it).equals(Optional.of(value)));
    if (condemned
        && !shownBefore.equals(Optional.of(value))
        && !life.secrets.ledgerTouchedSince(eyes.ledgerReadAt())
        && !eyes.wasPausedInPass()) {
      life.broken("5: a condemned key is put into the Secret");
    }
    everShown.add(value);
    firstShown.putIfAbsent(value, life.clock.instant());
    var stamp = life.secrets.shownStamp();
    stamp.ifPresent(it -> {
      int before = newestShown.getOrDefault(it.lineage(), 0);
      if (it.publication() < before && !life.people.hasMeddledWithLedger()) {
        life.broken("7: the Secret is taken back to an older publication");
      }
      newestShown.put(it.lineage(), Math.max(before, it.publication()));
      var ledger = life.secrets.ledger();
      if (ledger.isPresent()
          && ledger.get().lineage().equals(it.lineage())
          && ledger.get().publicationNumber() < it.publication()
          && !life.secrets.ledgerTouchedSince(life.acting().eyes.ledgerReadAt())) {
        life.broken("2: the Secret shows a publication that the ledger has not decided");
      }
    });
  }

  private void mayWrite(Rotation before, Rotation after) {
    var run = before.run().filter(it -> it.rollback() == Run.Rollback.ONCE);
    if (run.isPresent() && after.run().map(Run::rollback).equals(Optional.of(Run.Rollback.DONE))) {
      mayRollBack(run.get(), after);
    }
    for (Key key : before.keys()) {
      var now = after.key(key.name());
      boolean shown =
          key.lastPublication().isEmpty()
              && now.map(it -> it.lastPublication().isPresent()).orElse(false);
      if (shown
          && key.id().equals(life.acting().leaked())
          && value(key).map(life.people::hasLeakedUnseen).orElse(false)
          && !life.people.hasMeddledWithLedger()) {
        life.broken("5: a new key is published that is known to have leaked");
      }
      // one that was taken back by a rollback goes when nobody holds it, which is judged then
      if (key.role() == Role.REJECTED
          && now.map(it -> it.role() == Role.CONDEMNED).orElse(false)
          && goesWithResource(after)) {
        value(key).filter(it -> !isHeld(it)).ifPresent(life.people::sendAlong);
      }
      if (key.role() != Role.CONDEMNED
          && key.role() != Role.REJECTED
          && key.lastPublication().isPresent()
          && now.map(it -> it.role() == Role.CONDEMNED && !it.named()).orElse(false)) {
        mayCondemn(key, after);
      }
    }
  }

  /** A rotation is taken back when it is stuck, to a key that works and that nobody else has. */
  private void mayRollBack(Run run, Rotation after) {
    boolean stuck =
        run.progress()
            .map(it ->
                decided.isAfter(it.since().plus(run.progressTimeout()))
                    // all were there once, and have broken down more than once since
                    || (it.unsteady().map(broken -> broken.notReady() > 1).orElse(false)
                        && it.firstAllMovedAt()
                            .map(all -> decided.isAfter(all.plus(run.progressTimeout())))
                            .orElse(false)))
            .orElse(false);
    if (!stuck) {
      life.broken("5: a rotation is taken back before its consumers are stuck");
    }
    var key = after.publication().flatMap(it -> after.key(it.keyName()));
    var value = key.flatMap(OrderJudge::value).orElse("");
    boolean works =
        life.issuers
            .lastAccepted(value)
            .map(it -> !it.isBefore(decided.minus(FRESH)))
            .orElse(false);
    if (key.map(life::canVerify).orElse(false) && !works) {
      life.broken("5: a key is put back without a fresh look at it");
    }
    if (key.flatMap(Key::expiresAt).map(it -> !it.isAfter(decided)).orElse(false)) {
      life.broken("5: a key is put back that has expired");
    }
    if (run.cause() == Cause.Leaked) {
      life.broken("5: a key is put back that has leaked");
    }
  }

  private boolean isDeleting() {
    return life.people.isDeleting()
        || life.resources.vanishedSince(Simulation.NAME, life.acting().eyes.passBeganAt());
  }

  private static Optional<String> value(Key key) {
    return Optional.ofNullable(key.fields().get("value")).map(SecretText::reveal);
  }

  private boolean isHeld(String value) {
    return life.workloads.live().stream().anyMatch(it -> it.holds().equals(Optional.of(value)));
  }

  /** Every key goes with its resource: what counts is that nobody reads the Secret any more. */
  private boolean goesWithResource(Rotation ledger) {
    boolean stays =
        life.resources.isDeleting(Simulation.NAME)
            && !life.resources.goesWithItsKeys(Simulation.NAME)
            // an edit after the last look comes too late
            && !life.people.editedSince(life.acting().eyes.passBeganAt());
    return isDeleting() && !stays && ledger.run().isEmpty();
  }

  private void mayCondemn(Key old, Rotation ledger) {
    var value = value(old).orElse("");
    var now = decided;
    boolean goes = goesWithResource(ledger);
    if (goes) {
      life.people.sendAlong(value);
    }
    if (value.isEmpty()
        || life.secrets.putByPeopleSince(value, life.acting().eyes.secretReadAt())) {
      return;
    }
    var held = life.pods.lastHeld(value);
    var looked = life.acting().eyes.passBeganAt();
    boolean deleting = isDeleting();
    if (life.workloads.live().stream()
        .filter(it -> it.holds().equals(Optional.of(value)))
        // who begins to read a Secret that goes away may do so after the last look at readers
        .anyMatch(it -> !deleting || it.createdAt.isBefore(looked))) {
      life.broken("2: a key is condemned that a live pod holds");
    }
    if (goes) {
      if (life.workloads.wantPods() && !life.people.didSomethingSince(looked.minus(LOOKED))) {
        life.broken("1: keys go with their resource while a workload is about to read the Secret");
      }
      return;
    }
    if (life.secrets.holdsAnywhere(value)) {
      life.broken("2: a key is condemned that the Secret still shows");
    }
    var run = ledger.run();
    if (run.isEmpty()) {
      return;
    }
    boolean leaked = run.get().cause() == Cause.Leaked || life.people.hasLeaked(value);
    var published =
        run.get()
            .keyName()
            .flatMap(ledger::key)
            .flatMap(it -> Optional.ofNullable(it.fields().get("value")))
            .map(SecretText::reveal)
            .orElse("");
    boolean fresh =
        life.issuers
            .lastAccepted(published)
            .map(it -> !it.isBefore(now.minus(FRESH)))
            .orElse(false);
    boolean asked = run.get().keyName().flatMap(ledger::key).map(life::canVerify).orElse(false);
    var least = life.people.leastSoak();
    var soak = asked || least.compareTo(UNVERIFIED) > 0 ? least : UNVERIFIED;
    if (!leaked && held.isAfter(now.minus(soak))) {
      life.broken("2: a key is condemned before the soak is over");
    }
    if (asked && !fresh) {
      life.broken("2: a key is condemned without a fresh look at the one that replaces it");
    }
    var overlap = run.get().minOverlap();
    boolean backed = run.get().rollback() == Run.Rollback.DONE;
    if (!leaked
        && !backed
        && firstShown(published).map(it -> it.plus(overlap).isAfter(now)).orElse(false)) {
      life.broken("2: a key is condemned before both keys have worked side by side long enough");
    }
  }
}
