package dev.rekey.simulated;

import dev.rekey.rotation.Attempt;
import dev.rekey.rotation.Capabilities;
import dev.rekey.rotation.Publication;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.SecretText;
import dev.rekey.rotation.Tracing;
import dev.rekey.rotation.WorkloadKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The course of one life: a world is drawn, at least three rotations go through trouble, then
 * nothing goes wrong any more and all has to come in order.
 */
final class Course {
  static final int ROTATIONS = 3;
  private static final Duration PATIENCE = Duration.ofHours(3);

  private static final List<Tracing> TRACINGS =
      // no person makes keys in a life
      List.of(Tracing.IDEMPOTENT, Tracing.LABELLED, Tracing.COUNTABLE, Tracing.BLIND);

  private final Life life;
  private final Dice dice;

  Course(Life life) {
    this.life = life;
    this.dice = life.dice;
  }

  /** Lives it; what is broken is the life's to tell. */
  void run() {
    world();
    life.operatorsStart();
    trouble();
    rest(Duration.ofMinutes(40));
    int chapters = dice.from(1, ROTATIONS);
    for (int chapter = 0; chapter < chapters && !life.isOver(); chapter++) {
      chapter();
    }
    calm();
    end();
  }

  // the world

  private void world() {
    var wanted = life.people.wanted;
    wanted.settle = dice.of(5, 15, 30);
    wanted.soak = dice.of(0, 60, 600, 600);
    wanted.interval = dice.of(Optional.of("6h"), Optional.of("12h"), Optional.<String>empty());
    wanted.rollback = dice.oneIn(3);
    wanted.minOverlap = dice.of(0, 0, 900);
    wanted.secondDataKey = dice.oneIn(3);
    life.workloads.reading(dice.oneIn(4) ? Reads.FILE : Reads.VARIABLE);
    wanted.restartsNobody = dice.oneIn(life.workloads.reading() == Reads.FILE ? 2 : 12);
    life.issuers.create("messaging", account("messaging"));
    life.issuers.create("other", account("other"));
    if (dice.oneIn(4)) {
      adopted();
    }
    if (!dice.oneIn(8)) {
      life.workloads.deploy(Simulation.APP, dice.of(0, 1, 1, 2, 2, 3));
    }
    otherWorkloads();
    life.people.apply();
  }

  private void otherWorkloads() {
    if (dice.oneIn(5)) {
      life.workloads.deploySet(WorkloadKind.StatefulSet, "queue", dice.of(1, 2));
    }
    if (dice.oneIn(8)) {
      life.workloads.deploySet(WorkloadKind.DaemonSet, "agent", 1);
    }
    if (dice.oneIn(5)) {
      life.workloads.deployCronJob("report");
    }
  }

  private Account account(String name) {
    var tracing = dice.of(TRACINGS);
    boolean lists = tracing == Tracing.LABELLED || tracing == Tracing.COUNTABLE || dice.oneIn(2);
    boolean reuses = tracing != Tracing.BLIND && dice.oneIn(4);
    var lag = reuses ? Duration.ZERO : dice.of(Duration.ZERO, Duration.ofSeconds(8));
    return new Account(
        name,
        life.clock,
        new Capabilities(
            tracing,
            lists,
            !dice.oneIn(4),
            reuses,
            dice.of(
                Optional.of(Duration.ofHours(60)),
                Optional.of(Duration.ofHours(40)),
                Optional.empty()),
            dice.of(OptionalInt.empty(), OptionalInt.empty(), OptionalInt.of(4)),
            Duration.ofSeconds(10)),
        new Account.Weaknesses(
            lag,
            reuses && tracing != Tracing.LABELLED
                ? Duration.ZERO
                : dice.of(Duration.ZERO, Duration.ofSeconds(40)),
            dice.of(Duration.ZERO, Duration.ofSeconds(4)),
            !(reuses && tracing == Tracing.COUNTABLE) || dice.oneIn(2)),
        life.faults);
  }

  private void adopted() {
    var key = life.issuers.of("messaging").account().makeByHand("made by hand");
    life.people.giveUp(key);
    life.secrets.putByHand(key.value());
    // who does not say so is asked first
    life.people.wanted.adopt = Optional.of(key.id()).filter(it -> !dice.oneIn(4));
  }

  // trouble

  private void trouble() {
    life.trouble(dice.of(0, 12, 25, 50, 100), dice.oneIn(2));
  }

  private void chapter() {
    if (dice.oneIn(30)) {
      expire();
    }
    if (dice.oneIn(15)) {
      life.people.leakNextKey();
    }
    due();
    if (dice.oneIn(3)) {
      repair();
    }
    trouble();
    int deeds = dice.of(0, 0, 1, 1, 2, 3, 5);
    for (int deed = 0; deed < deeds; deed++) {
      life.in(
          dice.oneIn(2) ? dice.seconds(0, 60) : dice.seconds(0, 1100), life.people::doSomething);
    }
    life.runUntil(life.clock.instant().plus(dice.seconds(5, 120)));
    rest(Duration.ofMinutes(dice.from(20, 45)));
    life.trouble(0, false);
    if (!dice.oneIn(3)) {
      life.people.mend();
      rest(Duration.ofMinutes(30));
    }
  }

  /** Somebody suspends the resource and goes on holiday, until the key in use stops working. */
  private void expire() {
    life.trouble(0, false);
    var expiry = life.secrets.value().flatMap(life.issuers::expiryOf);
    if (expiry.isEmpty()
        || !isAtRest()
        || !life.resources.isThere(Simulation.NAME)
        || life.people.isDeleting()
        || life.people.wanted.suspend) {
      return;
    }
    life.people.wanted.suspend = true;
    life.people.apply();
    var back = expiry.get().plus(dice.seconds(10, 3000));
    while (!life.isOver()
        && life.clock.instant().isBefore(back)
        && life.people.wanted.suspend
        && life.resources.isThere(Simulation.NAME)) {
      var hour = life.clock.instant().plus(Duration.ofHours(1));
      life.runUntil(hour.isBefore(back) ? hour : back);
    }
    life.people.wanted.suspend = false;
    life.people.apply();
  }

  /**
   * Somebody changes the Secret at any time of a rotation, maybe while the issuers are down: it is
   * repaired at once, whatever is waited for.
   */
  private void repair() {
    life.trouble(0, false);
    life.runUntil(life.clock.instant().plus(dice.seconds(45, 900)));
    life.faults.issuersDown(dice.oneIn(2));
    var before = life.secrets.ledger();
    boolean written =
        before.flatMap(Rotation::publication).flatMap(Publication::writtenAt).isPresent();
    if (written && life.ledgerIsFollowed() && life.people.changeSecret()) {
      life.event();
      var changedAt = life.clock.instant();
      life.runUntil(changedAt.plusSeconds(90));
      var after = life.secrets.ledger();
      if (!life.isOver()
          && !life.people.didSomethingSince(changedAt)
          && after.isPresent()
          && !isShown(after.get())) {
        life.broken("5: a Secret that somebody changed is not repaired at once");
      }
    }
    life.faults.issuersDown(false);
  }

  private boolean isShown(Rotation ledger) {
    return ledger
        .publication()
        // a key that is condemned, or gone, is not put back
        .filter(
            it -> ledger.key(it.keyName()).filter(key -> key.role() != Role.CONDEMNED).isPresent())
        .flatMap(it -> Optional.ofNullable(it.data().get(SimulatedSecrets.DATA_KEY)))
        .map(SecretText::reveal)
        .map(it -> life.secrets.value().equals(Optional.of(it)))
        .orElse(true);
  }

  /** A rotation becomes due, or somebody asks for one. */
  private void due() {
    var due = life.nextDue();
    if (due.isPresent() && isAtRest() && dice.oneIn(2)) {
      life.runUntil(due.get().minus(dice.seconds(0, 60)));
    } else if (!dice.oneIn(4)) {
      life.in(Duration.ZERO, life.people::askNow);
    }
  }

  private void rest(Duration atMost) {
    life.runUntil(this::isAtRest, life.clock.instant().plus(atMost));
  }

  /** Nothing is under way, and the operator does not want to look again soon. */
  private boolean isAtRest() {
    return life.isStill()
        && life.secrets.ledger().map(Course::isAtRest).orElse(false)
        && life.nextLook()
            .map(it -> it.isAfter(life.clock.instant().plusSeconds(25)))
            .orElse(false);
  }

  private static boolean isAtRest(Rotation ledger) {
    return ledger.run().isEmpty()
        && ledger.keys(Role.CONDEMNED).isEmpty()
        && ledger.attempts().stream()
            .noneMatch(it -> it.state() == Attempt.State.OPEN || it.nextSweep().isPresent());
  }

  // the end

  private void calm() {
    life.trouble(0, false);
    life.people.makePeace();
    life.runUntil(life.clock.instant().plusSeconds(60));
    life.people.mend();
    life.people.askNow();
    life.runUntil(life.clock.instant().plusSeconds(30));
    var until = life.clock.instant().plus(PATIENCE);
    int needed = Math.max(ROTATIONS, life.ledgers.completed() + 1);
    while (!life.isOver() && life.clock.instant().isBefore(until)) {
      boolean rests = life.runUntil(this::isAtRest, next(until));
      if (life.people.mendWhatIsHeld()) {
        // what pods hold by now is found out by one more rotation
        needed = Math.max(needed, life.ledgers.completed() + 1);
        life.runUntil(life.clock.instant().plusSeconds(30));
      } else if (rests && life.ledgers.completed() < needed) {
        life.people.askNow();
        life.runUntil(life.clock.instant().plusSeconds(30));
      } else if (rests) {
        return;
      }
    }
  }

  private Instant next(Instant until) {
    var soon = life.clock.instant().plus(Duration.ofMinutes(5));
    return soon.isBefore(until) ? soon : until;
  }

  private void end() {
    if (life.isOver()) {
      return;
    }
    new EndJudge(life).leftOver().forEach(life::broken);
  }
}
