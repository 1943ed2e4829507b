package dev.rekey.simulated;

import dev.rekey.cluster.Workloads;
import dev.rekey.config.Settings;
import dev.rekey.consumers.RollingNamespaces;
import dev.rekey.consumers.Roster;
import dev.rekey.consumers.Waves;
import dev.rekey.ledger.LedgerStore;
import dev.rekey.observe.Observer;
import dev.rekey.plan.Gate;
import dev.rekey.rotation.Cause;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.Ledger;
import dev.rekey.rotation.Observation.Owner;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.SecretText;
import java.time.Duration;
import java.util.Optional;

/**
 * Asks the gate of production again and again, long before any rule would, whether it is open, and
 * compares with what the world says. The ledger is shown to it as it is, and as it would be if
 * every rule above the gate had stopped waiting: so each condition of the gate has to hold alone.
 */
final class GateOracle {
  private final Life life;
  private final Gate gate;
  private final Settings settings;
  private final Observer observer;

  GateOracle(Life life, Sabotage sabotage) {
    this.life = life;
    this.settings = sabotage.settings();
    this.gate = sabotage.gate().apply(settings);
    var ledgers =
        new LedgerStore(
            life.secrets,
            life.secrets.watchedBy(Names.LEDGER_LABEL),
            SimulatedSecrets.OPERATOR,
            life.secrets.reader());
    observer =
        new Observer(
            life.clock,
            SimulatedResources.CLUSTER,
            life.resources,
            life.secrets,
            life.secrets.watchedBy(Names.TARGET_LABEL),
            NoInboxes.ANY,
            ledgers,
            life.issuers.seenThrough(new Lag(life.clock, Duration.ZERO), it -> it),
            everyTime(sabotage.workloads().apply(life.workloads)),
            new NobodyWaits(),
            new Waves());
  }

  /** Whoever looks with this holds nothing: everything is listed each time. */
  private Roster everyTime(Workloads workloads) {
    var none =
        new LaggingPods(life.clock, new Lag(life.clock, Duration.ZERO), () -> workloads.pods(""));
    return new Roster(
        workloads,
        NoRollouts.ANY,
        Optional::empty,
        new RollingNamespaces(
            workloads, NoRollouts.ANY, Optional::empty, none, life.clock, settings.look()));
  }

  /** What a process decides on is not older than what it has written itself. */
  void observed(Replica replica, Observation seen) {
    if (seen.ledger() instanceof Ledger.Held held
        && isOlder(held.version(), replica.eyes.newestWritten())
        && !life.secrets.ledgerTouchedSince(replica.eyes.ledgerReadAt())) {
      life.broken("7: a decision rests on a ledger that is older than the process's own write");
    }
  }

  private static boolean isOlder(String version, String written) {
    return !written.isEmpty() && Long.parseLong(version) < Long.parseLong(written);
  }

  /** Asks now. */
  void ask() {
    if (!life.resources.isThere(Simulation.NAME)
        || life.secrets.ledger().filter(GateOracle::hasTwoKeys).isEmpty()) {
      return;
    }
    var resource = life.resources.required(Simulation.NAME);
    var seen = observer.observeLive(resource, Optional.empty()).observation();
    if (!(seen.ledger() instanceof Ledger.Held held) || held.owner() != Owner.THIS_RESOURCE) {
      return;
    }
    var ledger = held.rotation();
    var run = ledger.run();
    var next = run.flatMap(Run::keyName).flatMap(ledger::key);
    var old = Gate.oldKey(ledger);
    if (run.isEmpty() || next.isEmpty() || old.isEmpty()) {
      return;
    }
    var asIs = new Case(seen, ledger, old.get(), next.get(), run.get());
    for (boolean soaked : new boolean[] {false, true}) {
      for (boolean verified : new boolean[] {false, true}) {
        asIs.ask(soaked, verified);
      }
    }
  }

  private static boolean hasTwoKeys(Rotation ledger) {
    return ledger.run().flatMap(Run::keyName).flatMap(ledger::key).isPresent()
        && Gate.oldKey(ledger).isPresent();
  }

  private final class Case {
    private final Observation seen;
    private final Rotation ledger;
    private final Key old;
    private final Key next;
    private final Run run;

    private Case(Observation seen, Rotation ledger, Key old, Key next, Run run) {
      this.seen = seen;
      this.ledger = ledger;
      this.old = old;
      this.next = next;
      this.run = run;
    }

    private void ask(boolean soaked, boolean verified) {
      var shown = ledger;
      var now = life.clock.instant();
      if (soaked) {
        var before = now.minus(Duration.ofDays(1));
        shown = shown.progressed(new Run.Progress(1, 1, before, Optional.of(before)));
      }
      if (verified) {
        shown = shown.key(next.checked(next.checks().accepted(now)));
      }
      if (gate.closedFor(old, seen, shown).isPresent()) {
        return;
      }
      shut(soaked, verified)
          .ifPresent(why -> life.broken("2: the gate is open for the old key although " + why));
    }

    /** Why the world says that the old key may not go. */
    private Optional<String> shut(boolean soaked, boolean verified) {
      var value = value(old);
      var wanted = value(next);
      var now = life.clock.instant();
      if (life.workloads.live().stream().anyMatch(it -> it.holds().equals(Optional.of(value)))) {
        return Optional.of("a live pod holds it");
      }
      if (!life.secrets.value().equals(Optional.of(wanted))) {
        return Optional.of("the Secret does not show the new key");
      }
      if (life.secrets.holdsAnywhere(value)) {
        return Optional.of("the Secret still shows it");
      }
      if (life.secrets.standsFor().compareTo(life.people.leastSettle()) < 0) {
        return Optional.of("kubelets may not have seen the new one yet");
      }
      if (!life.workloads.allRolledOut() && run.healthyBefore().isEmpty()) {
        return Optional.of("a workload is not rolled out");
      }
      boolean leaked = run.cause() == Cause.Leaked || life.people.hasLeaked(value);
      if (!soaked
          && !leaked
          && life.pods.lastHeld(value).isAfter(now.minus(life.people.leastSoak()))) {
        return Optional.of("the soak is not over");
      }
      if (!verified
          && life.canVerify(next)
          && life.issuers
              .lastAccepted(wanted)
              .map(it -> it.isBefore(now.minus(OrderJudge.FRESH)))
              .orElse(true)) {
        return Optional.of("the new key was not verified lately");
      }
      boolean overlaps =
          life.order
              .firstShown(wanted)
              .map(it -> it.plus(run.minOverlap()).isAfter(now))
              .orElse(false);
      boolean backed = run.rollback() == Run.Rollback.DONE;
      return !leaked && !backed && overlaps && !run.minOverlap().isZero()
          ? Optional.of("both keys have not worked side by side long enough")
          : Optional.empty();
    }

    private String value(Key key) {
      return Optional.ofNullable(key.fields().get("value")).map(SecretText::reveal).orElse("?");
    }
  }
}
