package dev.rekey.plan;

import dev.rekey.config.Settings;
import dev.rekey.plan.Rule.Answer;
import dev.rekey.rotation.Consumers;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.Read;
import dev.rekey.rotation.Observation.Target;
import dev.rekey.rotation.PodVerdict;
import dev.rekey.rotation.Publication;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.Terms;
import dev.rekey.rotation.Verb;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** From the point of no return to a key that is known to be gone. */
final class RevokeRules {

  /** Longer than any settle, for when nothing says what it is. */
  private static final Duration LONG = Duration.ofHours(1);

  private final Settings settings;
  private final Gate gate;

  RevokeRules(Settings settings, Gate gate) {
    this.settings = settings;
    this.gate = gate;
  }

  /** Nobody needs the old key any more: from here there is no way back. */
  Answer condemn(Observation seen, Rotation ledger) {
    var run = RolloutRules.rolling(ledger);
    if (run.isEmpty()) {
      return Rule.pass();
    }
    var old = Gate.oldKey(ledger);
    if (old.isEmpty()) {
      return ledger
          .key(Role.NEXT)
          .map(first ->
              Rule.act(
                  new Step.SettleIn(first.name()),
                  Reason.FirstKeyInUse,
                  first.display() + " is in use; there is no old key"))
          .orElse(Rule.pass());
    }
    var closed = gate.closedFor(old.get(), seen, ledger);
    if (closed.isPresent()) {
      return Rule.wait(
          seen.now().plus(settings.look()),
          Reason.WaitingForConsumers,
          "the old key, " + old.get().display() + ", stays: " + closed.get());
    }
    if (isLeft(seen)) {
      return leave(old.get(), "Every pod that reads the Secret has moved");
    }
    return old.get().id().isPresent() || PersonRules.isByHand(seen, old.get())
        ? Rule.act(
            new Step.Condemn(old.get().name()),
            Reason.Condemning,
            "nobody needs " + old.get().display() + " any more; it will be deleted")
        : Rule.act(
            new Step.Retire(old.get().name()),
            Reason.DeleteByHand,
            old.get().display()
                + " is out of use and its id is not known. Delete it by hand at "
                + old.get().issuer().display());
  }

  /** Whether people have said that they delete old keys themselves. */
  static boolean isLeft(Observation seen) {
    return seen.resource().terms() instanceof Read.Valid<Terms>(var terms) && terms.leavesOldKeys();
  }

  /** The old key is named for somebody to delete; Rekey asks its issuer for nothing. */
  static Answer leave(Key old, String pods) {
    return Rule.act(
        new Step.Retire(old.name()),
        Reason.OldKeyLeft,
        old.display()
            + " is left to you, as spec.revocation.policy says: delete it by hand at "
            + old.issuer().display()
            + ". "
            + pods
            + ".");
  }

  /**
   * A condemned key is deleted at its issuer, and forgotten once it is known to be gone: where the
   * issuer can verify, its word that it deleted the key is not enough.
   */
  Answer deleteWhenCondemned(Observation seen, Rotation ledger) {
    return delete(seen, ledger, it -> !it.named());
  }

  /**
   * A person names a key that is to be deleted now. Nothing is waited for, not even the pods that
   * hold it: the one exception to the first promise.
   */
  Answer revokeNowWhenNamed(Observation seen, Rotation ledger) {
    var named =
        seen.resource()
            .wishes()
            .revokeNow()
            .filter(it -> !ledger.handledTokens().contains(it.token()));
    if (named.isEmpty()) {
      return delete(seen, ledger, Key::named);
    }
    var token = named.get().token();
    return ledger.keys().stream()
        .filter(it -> !it.named() && it.id().equals(Optional.of(named.get().key())))
        // where an id was given again, the one before is on its way out already
        .min(Comparator.comparing(it -> it.role() == Role.CONDEMNED))
        .map(key ->
            Rule.act(
                new Step.RevokeNow(key.name(), token),
                Reason.RevokingNow,
                "rekey.dev/revoke-now names "
                    + key.display()
                    + "; it will be deleted at "
                    + key.issuer().display()
                    + ", whoever holds it"))
        .orElseGet(() ->
            Rule.act(
                new Step.Handle(token),
                Reason.KeyUnknown,
                "rekey.dev/revoke-now names a key that Rekey does not know of, so nothing is"
                    + " deleted. Write the id that status shows."));
  }

  private Answer delete(Observation seen, Rotation ledger, Predicate<Key> which) {
    var answers = new ArrayList<Answer>();
    for (var key : ledger.keys(Role.CONDEMNED).stream().filter(which).toList()) {
      var about = deleteWhenCondemned(seen, ledger, key);
      if (about instanceof Answer.Decides) {
        return about;
      }
      answers.add(about);
    }
    return Rule.several(answers);
  }

  Answer deleteWhenCondemned(Observation seen, Rotation ledger, Key key) {
    var heard =
        PersonRules.heard(seen, ledger, key).filter(_ -> heldBy(seen, ledger, key).isEmpty());
    if (heard.isPresent()) {
      return heard.get();
    }
    for (var verb : List.of(Verb.DELETE, Verb.VERIFY)) {
      var pause = ledger.failure(verb, key.name());
      if (Pauses.isOn(seen, pause)) {
        return Pauses.yieldTo(pause.orElseThrow());
      }
    }
    var unusable = Pauses.unusable(seen, key.issuer(), settings.heldLook());
    if (unusable.isPresent()) {
      return unusable.get();
    }
    var asked = key.checks().deleteAskedAt();
    if (asked.isEmpty() || stillAcceptedAfter(key)) {
      var held = heldBy(seen, ledger, key);
      if (held.isPresent()) {
        return Rule.yields(
            seen.now().plus(settings.rareLook()),
            Reason.WaitingForConsumers,
            key.display() + " is not deleted yet: " + held.get());
      }
      return Rule.act(
          new Step.Delete(key.name()),
          Reason.Deleting,
          "deletes " + key.display() + " at " + key.issuer().display());
    }
    if (key.checks().rejectedAt().isEmpty()) {
      return Rule.act(
          new Step.Verify(key.name()),
          Reason.Deleting,
          "asks "
              + key.issuer().display()
              + " about "
              + key.display()
              + ", to see that it is gone");
    }
    // While a delete may still arrive, the key is not forgotten: no new key may get its id.
    var arriving = key.checks().deleteNotAfter().filter(it -> it.isAfter(seen.now()));
    if (arriving.isPresent()) {
      return Rule.later(arriving.get());
    }
    return Rule.act(new Step.Forget(key.name()), Reason.Deleting, key.display() + " is gone");
  }

  /**
   * Who may hold a condemned key. Nobody did when it was condemned; but somebody may have put it
   * back into the Secret since, and a pod may have started on it before the Secret was mended.
   */
  private Optional<String> heldBy(Observation seen, Rotation ledger, Key key) {
    if (key.named() || key.lastPublication().isEmpty()) {
      return Optional.empty();
    }
    if (!(seen.consumers() instanceof Consumers.Seen consumers)) {
      return Optional.of("the pods that read the Secret could not be looked at");
    }
    if (!Needs.goesWithItsKeys(seen.resource())
        && seen.secret() instanceof Target.Present secret
        && key.fields().values().stream().anyMatch(it -> secret.holds(it).isPresent())) {
      return Optional.of("somebody has put it back into the Secret, and pods may start on it");
    }
    int first = key.lastPublication().getAsInt() + 1;
    var settledAt =
        ledger
            .publication()
            .flatMap(Publication::writtenAt)
            .map(at -> at.plus(settle(seen, ledger)))
            .orElse(Instant.MAX);
    boolean written = ledger.publication().flatMap(Publication::writtenAt).isPresent();
    if (written && seen.now().isBefore(settledAt)) {
      return Optional.of(
          "the Secret was written again, and kubelets may still hand out what was in it before");
    }
    var measure =
        new PodVerdict.Measure(
            ledger.lineage(),
            first,
            settledAt,
            settings.clockDoubt(),
            Needs.restarts(ledger, seen.resource()),
            Standing.renewed(ledger, seen.now(), settings));
    return consumers.pods().stream()
        .filter(pod -> PodVerdict.of(pod, measure) instanceof PodVerdict.Behind)
        .findFirst()
        .map(pod -> "pod " + pod.name() + " may have started on it; it was put back once");
  }

  private static Duration settle(Observation seen, Rotation ledger) {
    return ledger
        .run()
        .map(Run::settle)
        .orElseGet(() ->
            seen.resource().terms() instanceof Read.Valid<Terms>(var terms)
                ? terms.settle()
                : LONG);
  }

  /** Whether any of these keys was ever in the Secret. */
  static boolean anyWasShown(List<Key> keys) {
    return keys.stream().anyMatch(key -> key.lastPublication().isPresent());
  }

  private static boolean stillAcceptedAfter(Key key) {
    return key.checks().deleteAskedAt().isPresent() && key.checks().acceptedAt().isPresent();
  }

  /**
   * The new key is in use and the old one is gone. An old key that cannot be deleted does not keep
   * the next rotation waiting: it stays condemned, and is tried again for itself.
   */
  Answer complete(Observation seen, Rotation ledger) {
    boolean inUse =
        ledger
            .run()
            .flatMap(Run::keyName)
            .flatMap(ledger::key)
            .map(key -> key.role() == Role.CURRENT)
            .orElse(false);
    boolean waits =
        ledger.key(Role.REJECTED).isPresent()
            || ledger
                .run()
                .filter(it -> it.keepsKey() || it.rollback() == Run.Rollback.DONE)
                .map(run -> run.progress().flatMap(Run.Progress::allMovedAt).isEmpty())
                .orElse(false);
    if (!inUse || waits) {
      return Rule.pass();
    }
    if (!ledger.keys(Role.CONDEMNED).isEmpty()
        && !Due.of(seen, ledger).map(it -> it.isNow(seen)).orElse(false)) {
      return Rule.pass();
    }
    return Rule.act(
        new Step.Complete(),
        Reason.Completed,
        Optional.of(ledger.keys(Role.CONDEMNED).size())
            .filter(left -> left > 0)
            .map(left -> "the new key is in use; " + left + " old keys wait for deletion")
            .orElseGet(() -> completion(ledger)));
  }

  private static String completion(Rotation ledger) {
    if (ledger.run().map(Run::keepsKey).orElse(false)) {
      return "every consumer reads the key in its new form";
    }
    if (ledger.run().map(it -> it.rollback() == Run.Rollback.DONE).orElse(false)) {
      return "every consumer is back on the old key, the new one is gone";
    }
    return ledger
        .key(Role.RETIRED)
        .map(left ->
            "the new key is in use everywhere; "
                + left.display()
                + " still works at "
                + left.issuer().display()
                + (left.id().isEmpty() ? ", since its id is not known" : "")
                + ". Delete it there by hand")
        .orElse("the new key is in use everywhere, the old one is gone");
  }
}
