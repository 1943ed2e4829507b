package dev.rekey.plan;

import dev.rekey.config.Settings;
import dev.rekey.plan.Rule.Answer;
import dev.rekey.rotation.Cause;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Observation.Target;
import dev.rekey.rotation.Publication;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.Terms;
import dev.rekey.rotation.Verb;
import java.util.Optional;

/** What the Secret shows: decided in the ledger, then written, and kept as it was written. */
final class SecretRules {
  /** So many repairs in a short time are no accident. */
  /** So many repairs in a row are no accident. */
  static final int CONTESTED = 3;

  private final Settings settings;

  SecretRules(Settings settings) {
    this.settings = settings;
  }

  /** A publication that was decided is written, whatever else there is to do. */
  Answer writeSecretWhenDecided(Observation seen, Rotation ledger) {
    var undone = shownOnPurpose(ledger).filter(it -> it.writtenAt().isEmpty());
    if (undone.isEmpty() || goesWithItsResource(seen)) {
      return Rule.pass();
    }
    if (isImmutable(seen)
        && !(seen.secret() instanceof Target.Present secret && secret.shows(undone.get()))) {
      // No pause is noted for it: what is decided is written as soon as the Secret is made again.
      return Rule.wait(
          seen.now().plus(settings.heldLook()),
          Reason.SecretImmutable,
          immutableText(ledger.binding().secret())
              + " Publication "
              + undone.get().number()
              + " is written then"
              + display(ledger, undone.get())
              + ".");
    }
    var pause = ledger.failure(Verb.PUBLISH, ledger.binding().secret());
    if (Pauses.isOn(seen, pause)) {
      // Nothing below may go on: what they do leans on what the Secret shows.
      var failure = pause.orElseThrow();
      return Rule.wait(failure.notBefore(), failure.reason(), failure.message());
    }
    return Rule.act(
        new Step.WriteSecret(),
        Reason.Publishing,
        "writes publication "
            + undone.get().number()
            + " to Secret "
            + ledger.binding().secret()
            + display(ledger, undone.get()));
  }

  /** Whether nobody can put a key into the Secret as it is. */
  static boolean isImmutable(Observation seen) {
    return seen.secret() instanceof Target.Present secret && secret.immutable();
  }

  /** Nothing is asked for that could not be published. */
  static Answer immutable(Observation seen, String secret, Settings settings) {
    return Rule.yields(
        seen.now().plus(settings.heldLook()), Reason.SecretImmutable, immutableText(secret));
  }

  /** What is said of an immutable Secret, and what to do about it. */
  static String immutableText(String secret) {
    return "Secret "
        + secret
        + " is immutable, so no new key can be put into it, and none is asked for. Delete it and"
        + " make it again without immutable: true.";
  }

  /** A Secret that is gone while its resource goes is not made again. */
  private static boolean goesWithItsResource(Observation seen) {
    return seen.resource().deletingSince().isPresent() && seen.secret() instanceof Target.Missing;
  }

  private static String display(Rotation ledger, Publication publication) {
    return ledger.key(publication.keyName()).map(key -> ", with " + key.display()).orElse("");
  }

  /**
   * Somebody changed or deleted the Secret: it is written again, and consumers need the new write.
   */
  Answer republishWhenSecretDrifted(Observation seen, Rotation ledger) {
    var published = shownOnPurpose(ledger);
    if (published.isEmpty() || goesWithItsResource(seen)) {
      return Rule.pass();
    }
    boolean drifted =
        switch (seen.secret()) {
          case Target.Missing() -> true;
          case Target.Present secret -> !secret.shows(published.get());
        };
    if (!drifted) {
      return Rule.pass();
    }
    var contest = ledger.failure(Verb.REPAIR, ledger.binding().secret());
    // A cache that has not seen the repair yet is no contest.
    if (seen.live() && Pauses.isOn(seen, contest)) {
      var repaired = contest.orElseThrow();
      return Rule.wait(
          repaired.notBefore(),
          repaired.count() < CONTESTED ? Reason.SecretDrifted : Reason.SecretContested,
          "Secret "
              + ledger.binding().secret()
              + " was changed again right after it was repaired. "
              + Reason.SecretContested.sentence());
    }
    return Rule.act(
        new Step.Republish(),
        Reason.SecretDrifted,
        "Secret "
            + ledger.binding().secret()
            + " is missing, or no longer holds what Rekey wrote; it is written again."
            + (ledger.run().isPresent()
                ? ""
                : " A pod that started meanwhile may hold something else: restart it."));
  }

  /** A key that is condemned, or gone, is never put back into the Secret. */
  static Optional<Publication> shownOnPurpose(Rotation ledger) {
    return ledger
        .publication()
        .filter(
            it -> ledger.key(it.keyName()).filter(key -> key.role() != Role.CONDEMNED).isPresent());
  }

  /** The same key is to be shown in another form: nothing is minted for that. */
  Answer publishInNewForm(Observation seen, Rotation ledger) {
    var run = ledger.run().filter(Run::keepsKey);
    var current = ledger.key(Role.CURRENT);
    if (run.isEmpty() || current.isEmpty()) {
      return Rule.pass();
    }
    boolean shown =
        ledger
            .publication()
            .map(it ->
                it.keyName().equals(current.get().name())
                    && it.templates().equals(run.get().data()))
            .orElse(false);
    if (shown) {
      return Rule.pass();
    }
    if (seen.resource().terms() instanceof Observation.Read.Valid<Terms>(var terms)
        && seen.issuer() instanceof Observation.IssuerView.Usable
        && !terms.data().equals(run.get().data())) {
      return Rule.act(
          new Step.Begin(Cause.DataChanged),
          Reason.Beginning,
          "spec.secret.data was edited again before it was published");
    }
    return publish(seen, ledger, current.get());
  }

  /** The new key has proven itself: the Secret shows it from now on. */
  Answer publish(Observation seen, Rotation ledger) {
    return ledger
        .key(Role.NEXT)
        .filter(key -> key.lastPublication().isEmpty())
        .map(key -> publish(seen, ledger, key))
        .orElse(Rule.pass());
  }

  private Answer publish(Observation seen, Rotation ledger, Key next) {
    if (seen.secret() instanceof Target.Present secret && !secret.opaque()) {
      return Rule.yields(
          seen.now().plus(settings.heldLook()),
          Reason.SecretUnsuitable,
          "Secret "
              + ledger.binding().secret()
              + " is no longer of type Opaque. Rekey writes to no other type; make it anew.");
    }
    if (isImmutable(seen)) {
      return immutable(seen, ledger.binding().secret(), settings);
    }
    var pause = ledger.failure(Verb.PUBLISH, ledger.binding().secret());
    if (Pauses.isOn(seen, pause)) {
      return Pauses.yieldTo(pause.orElseThrow());
    }
    return ledger
        .run()
        .flatMap(it -> TurnRules.wait(seen, ledger, it.cause(), settings))
        .orElseGet(() -> publishing(ledger, next));
  }

  private static Answer publishing(Rotation ledger, Key next) {
    return Rule.act(
        new Step.Publish(next.name()),
        Reason.Publishing,
        "will show "
            + next.display()
            + " in Secret "
            + ledger.binding().secret()
            + " as publication "
            + (ledger.publicationNumber() + 1));
  }
}
