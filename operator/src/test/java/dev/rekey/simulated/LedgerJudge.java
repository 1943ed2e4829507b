package dev.rekey.simulated;

import dev.rekey.rotation.Cause;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Labels;
import dev.rekey.rotation.Left;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.SecretText;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Promise 7: the ledger is the only state. It is written by one who leads, on top of what was read,
 * and never forgets.
 */
final class LedgerJudge implements Judge {
  private static final int LARGE = 60_000;

  /**
   * What cannot be undone, or what a cache that is behind would provoke. It stands here by name and
   * is not taken from the code.
   */
  private static final Set<String> DECIDED_LIVE =
      Set.of(
          "StartLedger",
          "Rebind",
          "TakeOver",
          "StartOver",
          "Adopt",
          "Release",
          "RevokeAll",
          "Abort",
          "Abandon",
          "Begin",
          "DeletePod",
          "Mint",
          "TakeIn",
          "EmptyInbox",
          "NoteDeleted",
          "Sweep",
          "Publish",
          "Republish",
          "WriteSecret",
          "StampWorkload",
          "RestartRollout",
          "RollBack",
          "GiveUp",
          "RevokeNow",
          "Condemn",
          "Retire",
          "Delete");

  /** So long a list may be behind, and a little more. */
  private static final Duration LISTED_WITHIN = Duration.ofMinutes(1);

  private final Life life;
  private Optional<Rotation> before = Optional.empty();
  private String versionBefore = "";
  private int requested;
  private int completed;

  LedgerJudge(Life life) {
    this.life = life;
  }

  /** How many rotations were brought to their end so far. */
  int completed() {
    return completed;
  }

  @Override
  public void entering(Effect effect, Replica replica) {
    boolean changes =
        switch (effect.kind()) {
          case LEDGER, SECRET, STAMP, POD, STATUS, MINT, DELETE -> true;
          case VERIFY, LIST -> false;
        };
    if (DECIDED_LIVE.contains(replica.step()) && !replica.eyes.lookedLive()) {
      life.broken("4: " + replica.step() + " is decided on what a cache says");
    }
    if (changes && !life.mayWork(replica)) {
      life.broken("7: a process that does not lead changes something");
    }
  }

  @Override
  public void before(Effect effect) {
    if (effect.kind() == Effect.Kind.LEDGER) {
      before = life.secrets.ledger();
      versionBefore =
          life.secrets.storedLedger().map(it -> it.getMetadata().getResourceVersion()).orElse("");
    }
  }

  @Override
  public void after(Effect effect) {
    if (effect.kind() != Effect.Kind.LEDGER) {
      return;
    }
    var now = life.secrets.ledger();
    if (now.isEmpty()) {
      life.broken("7: Rekey writes a ledger that it cannot read");
      return;
    }
    if (life.secrets.storedLedgerSize() > LARGE) {
      life.broken("7: the ledger grows without end");
    }
    if (before.isPresent()) {
      compare(before.get(), now.get());
      if (life.acting().step().equals("Adopt")) {
        mayAdopt(now.get());
      }
    } else {
      mayStart();
    }
  }

  /**
   * Where the ledger was lost in the middle of a rotation, the Secret shows one of two keys. The
   * other one is named to a person, where its label or the Secret tells it.
   */
  private void mayAdopt(Rotation is) {
    var looked = life.acting().eyes.passBeganAt();
    var stamp = life.secrets.shownStamp();
    var current = is.key(Role.CURRENT).filter(it -> it.id().isPresent());
    if (stamp.isEmpty() || current.isEmpty() || life.people.didSomethingSince(looked)) {
      return;
    }
    var label = Labels.ofLineage(SimulatedResources.CLUSTER, stamp.get().lineage());
    var previous = life.secrets.shownPreviousKey();
    var others =
        life.issuers.account(current.get().issuer()).stream()
            .filter(it -> it.capabilities().lists())
            .flatMap(it -> it.alive().stream())
            .filter(it -> !it.id().equals(current.get().id().orElse("")))
            .filter(it -> it.issuedAt().isBefore(looked.minus(LISTED_WITHIN)))
            .filter(it -> it.label().startsWith(label) || previous.equals(Optional.of(it.id())))
            .sorted(Comparator.comparing(Account.TrueKey::issuedAt).reversed())
            // a list that ends too early does not show the newest
            .skip(life.faults.areAbout() ? 1 : 0)
            .toList();
    if (others.stream().anyMatch(it -> is.left().stream().noneMatch(left -> names(left, it)))) {
      life.broken("3: a key of a ledger that was lost is named to nobody");
    }
  }

  private boolean names(Left left, Account.TrueKey key) {
    return left.what().equals("key " + key.id()) || life.names(left, key);
  }

  /** What is in a Secret that Rekey did not write is somebody's, until a person gives it up. */
  private void mayStart() {
    var spec = life.resources.get(SimulatedSecrets.TEAM, Simulation.NAME).map(it -> it.getSpec());
    boolean givenUp = spec.map(it -> it.adopt() != null).orElse(true);
    boolean somebodys = life.secrets.value().isPresent() && life.secrets.shownStamp().isEmpty();
    if (somebodys && !givenUp && !life.people.didSomethingSince(life.acting().eyes.passBeganAt())) {
      life.broken("4: a Secret is taken over that somebody else has written");
    }
  }

  private void compare(Rotation was, Rotation is) {
    if (is.lineage().equals(was.lineage()) && is.publicationNumber() < was.publicationNumber()) {
      life.broken("7: the ledger counts publications down");
    }
    if (is.lineage().equals(was.lineage()) && is.sequence() < was.sequence()) {
      life.broken("7: the ledger counts rotations down");
    }
    if (!is.binding().resourceUid().equals(was.binding().resourceUid())
        && life.resources.isThere(was.binding().resource())
        && life.resources
            .required(was.binding().resource())
            .getMetadata()
            .getUid()
            .equals(was.binding().resourceUid())
        && is.binding().cluster().equals(was.binding().cluster())) {
      life.broken("7: a ledger is taken from a resource that is there");
    }
    if (cannotBeUndone(was, is)) {
      var eyes = life.acting().eyes;
      if (!eyes.ledgerReadInPass() || !eyes.ledgerVersion().equals(versionBefore)) {
        life.broken("4: what cannot be undone is decided on a ledger that was not read live");
      }
    }
    var decision = life.acting().step();
    if (decision.equals("Condemn") || decision.equals("Retire")) {
      was.keys().stream()
          .filter(it -> it.role() == Role.CURRENT || it.role() == Role.REJECTED)
          .filter(it -> is.key(it.name()).map(now -> now.role() != it.role()).orElse(true))
          .filter(it -> it.lastPublication().isPresent())
          .findFirst()
          .ifPresent(_ -> mayBeOutOfUse(is));
    }
    if (was.run().isPresent() && is.run().isEmpty() && is.lineage().equals(was.lineage())) {
      completed++;
    }
    if (was.run().isEmpty() && is.run().isPresent()) {
      mayBegin(is);
    }
    was.keys().stream().filter(it -> is.key(it.name()).isEmpty()).forEach(this::mayForget);
  }

  /** What the old key goes on is in the same write: every pod that there was at the last look. */
  private void mayBeOutOfUse(Rotation is) {
    var looked = life.acting().eyes.passBeganAt();
    var named =
        is.run().flatMap(Run::evidence).stream()
            .flatMap(it -> it.moved().stream())
            .flatMap(it -> it.pods().stream())
            .collect(Collectors.toSet());
    if (is.run().flatMap(Run::evidence).isEmpty()
        || life.workloads.live().stream()
            .filter(it -> it.createdAt.isBefore(looked))
            .anyMatch(it -> !named.contains(it.name))) {
      life.broken("7: a key goes out of use, and the ledger does not keep on what evidence");
    }
  }

  /** An attempt is opened, or a key condemned. */
  private static boolean cannotBeUndone(Rotation was, Rotation is) {
    return is.attempts().stream().anyMatch(it -> was.attempt(it.id()).isEmpty())
        || was.keys().stream()
            .anyMatch(it ->
                it.role() != Role.CONDEMNED
                    && is.key(it.name()).map(now -> now.role() == Role.CONDEMNED).orElse(false));
  }

  private void mayBegin(Rotation is) {
    var cause = is.run().orElseThrow().cause();
    if (cause == Cause.Requested
        && ++requested > life.mints.tokensAsked()
        && !life.people.hasMeddledWithLedger()) {
      life.broken("7: a rotation begins that nobody asked for");
    }
    if (cause == Cause.FirstKey
        && life.secrets.shownStamp().isPresent()
        && life.secrets.value().flatMap(life.issuers::keyOf).map(life::isAlive).orElse(false)
        && !isCondemned(is)
        && !life.people.hasNamedAny()
        && !life.people.didSomethingSince(life.clock.instant().minusSeconds(1))) {
      life.broken("7: a first key is asked for although the Secret holds one that works");
    }
  }

  /** Whether the key in the Secret is one that has been on its way out since its resource went. */
  private boolean isCondemned(Rotation ledger) {
    return ledger.keys(Role.CONDEMNED).stream().anyMatch(this::isInSecret);
  }

  /** What the Secret shows is adopted, where its ledger is begun anew. */
  private boolean isInSecret(Key key) {
    return key.fields().values().stream().anyMatch(it -> life.secrets.holdsAnywhere(it.reveal()));
  }

  /** Where nothing but the time tells keys of one id apart. */
  private static boolean isIt(Key known, Account.TrueKey key) {
    return key.ours() && !key.issuedAt().isAfter(known.issuedAt());
  }

  /** A key that nobody answers for any more is gone, as far as its issuer can tell. */
  private void mayForget(Key key) {
    if (key.role() == Role.RETIRED || key.id().isEmpty()) {
      return;
    }
    var account = life.issuers.account(key.issuer());
    boolean reuses = account.map(it -> it.capabilities().reusesIds()).orElse(false);
    var decided = life.decidedAt();
    if (reuses
        && key.checks().deleteNotAfter().map(it -> it.isAfter(decided)).orElse(false)
        && !life.wasNamed(key)
        && key.role() == Role.CONDEMNED) {
      life.broken("4: a key is forgotten while a delete of it may still arrive");
    }
    boolean alive =
        account.stream()
            .flatMap(it -> it.alive().stream())
            .filter(it -> it.id().equals(key.id().orElse("")))
            .anyMatch(it ->
                Optional.ofNullable(key.fields().get("value"))
                    .map(SecretText::reveal)
                    .map(it.value()::equals)
                    .orElseGet(
                        () -> key.label().map(it.asked()::equals).orElseGet(() -> isIt(key, it))));
    boolean canTell =
        account
            .map(it ->
                it.capabilities().lists()
                    || (it.capabilities().verifies() && !key.fields().isEmpty()))
            .orElse(false);
    // what the Secret showed when it was read may be another key by now
    boolean meanwhile = life.people.didSomethingSince(life.acting().eyes.passBeganAt());
    if (alive && canTell && !life.wasNamed(key) && !isInSecret(key) && !meanwhile) {
      life.broken("3: a key is forgotten that still works");
    }
  }
}
