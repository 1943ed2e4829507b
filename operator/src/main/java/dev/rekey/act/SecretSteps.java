package dev.rekey.act;

import dev.rekey.cel.CelProblem;
import dev.rekey.cluster.ClusterException;
import dev.rekey.cluster.Secrets;
import dev.rekey.config.Settings;
import dev.rekey.ledger.LedgerStore;
import dev.rekey.observe.TargetReader;
import dev.rekey.plan.Plan;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Observation.Target;
import dev.rekey.rotation.Publication;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Verb;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Publishing: decided in the ledger first, then written to the Secret, then noted as written. */
public final class SecretSteps {
  /** The field manager under which the operator's client writes; see the root's user agent. */
  public static final String FIELD_MANAGER = "rekey";

  /** Repairs that are further apart than this have nothing to do with each other. */
  private static final Duration CONTEST = Duration.ofMinutes(10);

  private final LedgerStore ledgers;
  private final Secrets secrets;
  private final Settings settings;
  private final InstantSource clock;
  private final Setbacks setbacks;

  /** Steps on {@code ledgers} and {@code secrets}. */
  public SecretSteps(
      LedgerStore ledgers,
      Secrets secrets,
      Settings settings,
      InstantSource clock,
      Setbacks setbacks) {
    this.ledgers = ledgers;
    this.secrets = secrets;
    this.settings = settings;
    this.clock = clock;
    this.setbacks = setbacks;
  }

  /** Writes down what the Secret will show. The Secret itself is the next step's. */
  Outcome publish(Doing doing, String keyName, Plan.Act plan) {
    var rotation = doing.rotation();
    var key = rotation.key(keyName);
    var templates = rotation.run().map(it -> it.data());
    if (key.isEmpty() || templates.isEmpty()) {
      return new Outcome.Overtaken("the rotation of key " + keyName + " is over");
    }
    try {
      var rendered = Rendering.of(templates.get(), key.get());
      var next =
          rotation
              .publication()
              .map(before -> before.followedBy(keyName, rendered, templates.get()))
              .orElseGet(() ->
                  new Publication(
                      1, keyName, rendered, Set.of(), Map.of(), Optional.empty(), templates.get()));
      var written = ledgers.replace(doing.ledger(), rotation.published(next));
      return new Outcome.Done(written, plan.message(), plan.reason(), false);
    } catch (CelProblem problem) {
      return failed(
          doing, Fault.of(Reason.InvalidSpec, "spec.secret.data: " + problem.getMessage()));
    }
  }

  /**
   * Writes down that the Secret will show the old key again, and that the new one goes. The next
   * rotation waits: one that fails must not restart everybody again and again.
   */
  Outcome rollBack(Doing doing, String newKey, String oldKey, Plan.Act plan) {
    var rotation = doing.rotation();
    var old = rotation.key(oldKey);
    var run = rotation.run();
    if (old.isEmpty() || run.isEmpty() || rotation.publication().isEmpty()) {
      return new Outcome.Overtaken("the rotation is over");
    }
    try {
      var templates = run.get().dataToReturnTo();
      var rendered = Rendering.of(templates, old.get());
      var again = rotation.publication().get().followedBy(oldKey, rendered, templates);
      var noted =
          setbacks.with(
              rotation.rolledBack(newKey, again),
              doing.seen(),
              Verb.MINT,
              rotation.binding().secret(),
              new Fault(
                  Reason.RolledBack,
                  Reason.RolledBack.sentence(),
                  Optional.of(settings.rollbackPause())));
      var written = ledgers.replace(doing.ledger(), noted);
      return new Outcome.Done(written, plan.message(), plan.reason(), true);
    } catch (CelProblem problem) {
      return failed(
          doing, Fault.of(Reason.InvalidSpec, "spec.secret.data: " + problem.getMessage()));
    }
  }

  Outcome republish(Doing doing, Plan.Act plan) {
    var rotation = doing.rotation();
    var before = rotation.publication();
    if (before.isEmpty()) {
      return new Outcome.Overtaken("nothing was published yet");
    }
    var again = before.get().followedBy(before.get().keyName(), before.get().data());
    // Somebody who undoes it at once must not make a loop of it: each repair within a short time
    // makes the next one wait longer.
    var noted =
        setbacks.with(
            rotation.forgetting(Verb.REPAIR, doing.seen().now().minus(CONTEST)),
            doing.seen(),
            Verb.REPAIR,
            rotation.binding().secret(),
            Fault.of(Reason.SecretContested, Reason.SecretContested.sentence()));
    var written = ledgers.replace(doing.ledger(), noted.republished(again));
    return new Outcome.Done(written, plan.message(), plan.reason(), true);
  }

  /**
   * Brings the Secret to the publication that the ledger has decided. A Secret that shows it
   * already was written before this process, or the one before it, could note so: only the note is
   * made up.
   */
  Outcome write(Doing doing, Plan.Act plan) {
    var rotation = doing.rotation();
    var decided = rotation.publication();
    if (decided.isEmpty()) {
      return new Outcome.Overtaken("nothing is to be published");
    }
    var publication = decided.get();
    var binding = rotation.binding();
    var found = secrets.get(binding.namespace(), binding.secret());
    var target = found.map(TargetReader::read);
    try {
      Secret stored;
      if (mayBeTouched(target, publication) && !rotation.touchedBeforeWrite().equals(rotation)) {
        return noteTouched(doing);
      }
      if (found.isEmpty() || target.isEmpty()) {
        stored = secrets.create(DesiredSecret.of(rotation, publication));
      } else if (target.get().shows(publication)
          && target.get().lineage().equals(rotation.lineage())) {
        stored = found.get();
      } else if (target.get().isAfter(rotation)) {
        // Another process has gone on from here; what it wrote is not taken back.
        return new Outcome.Overtaken("the Secret shows a later publication already");
      } else if (!target.get().opaque()) {
        return failed(
            doing,
            Fault.of(
                Reason.SecretUnsuitable,
                "Secret "
                    + binding.secret()
                    + " is no longer of type Opaque. Rekey writes to no other type."));
      } else if (target.get().immutable()) {
        // made so since the step was decided; the rules hold it from now on
        return new Outcome.Overtaken("Secret " + binding.secret() + " has become immutable");
      } else {
        // A PUT of what was read, with our data keys and annotations changed: what others keep in
        // the Secret stays, and whoever wrote it in between makes this one fail.
        stored = secrets.replace(DesiredSecret.of(found.get(), rotation, publication));
      }
      var written =
          ledgers.replace(
              doing.ledger(), rotation.written(storedAt(stored), TargetReader.owners(stored)));
      return new Outcome.Done(
          written,
          "Secret "
              + binding.secret()
              + " shows "
              + rotation.key(publication.keyName()).map(Key::display).orElse("the key")
              + " (publication "
              + publication.number()
              + ")",
          plan.reason(),
          false);
    } catch (ClusterException.Refused refused) {
      return failed(doing, Fault.of(Reason.SecretUnsuitable, refused.getMessage()));
    }
  }

  /**
   * Whether somebody may have been at the Secret since the publication before was written. One that
   * shows the new one already was written by a process that could not note it, nor what it found.
   */
  private static boolean mayBeTouched(Optional<Target.Present> target, Publication publication) {
    return target
        .map(it -> it.shows(publication) || !it.isUntouchedSince(publication))
        .orElse(true);
  }

  /**
   * Pods may have started on whatever somebody has put into the Secret. Written down before the
   * Secret is written: afterwards nothing would tell.
   */
  private Outcome noteTouched(Doing doing) {
    var rotation = doing.rotation();
    var written = ledgers.replace(doing.ledger(), rotation.touchedBeforeWrite());
    return new Outcome.Done(
        written,
        "Secret "
            + rotation.binding().secret()
            + " may have been changed by somebody before publication "
            + rotation.publicationNumber()
            + " was written; pods that started meanwhile may hold an older key, so none is deleted"
            + " before they are restarted",
        Reason.SecretDrifted,
        true);
  }

  /**
   * When the API server stored the write: by its own clock, as the managed fields of our write say,
   * or by ours, whichever is later. What follows is counted with our clock, and waiting too long is
   * the safe side.
   */
  private Instant storedAt(Secret stored) {
    var ours = clock.instant();
    return Optional.ofNullable(stored.getMetadata().getManagedFields()).stream()
        .flatMap(it -> it.stream())
        .filter(it -> FIELD_MANAGER.equals(it.getManager()))
        .map(ManagedFieldsEntry::getTime)
        .filter(it -> it != null)
        .map(Instant::parse)
        // whole seconds, rounded down: the write was up to a second later
        .map(it -> it.plusSeconds(1))
        .max(Instant::compareTo)
        .map(theirs -> theirs.isAfter(ours) ? theirs : ours)
        .orElseGet(() -> ours.plus(settings.clockDoubt()));
  }

  private Outcome failed(Doing doing, Fault fault) {
    return setbacks.note(doing, Verb.PUBLISH, doing.rotation().binding().secret(), fault);
  }
}
