package dev.rekey.simulated;

import dev.rekey.rotation.Attempt;
import dev.rekey.rotation.Failure;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Publication;
import dev.rekey.rotation.Rotation;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.Verb;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Says in words what one write of a ledger changes. */
final class LedgerTale {
  /** What is noted when it was done, so that it is not done again and again. */
  private static final Set<Verb> NOTED = Set.of(Verb.REPAIR, Verb.STAMP, Verb.DELETE_POD);

  private final Rotation before;
  private final Rotation after;
  private final List<String> told = new ArrayList<>();

  private LedgerTale(Rotation before, Rotation after) {
    this.before = before;
    this.after = after;
  }

  static String of(Optional<Rotation> before, Rotation after) {
    return before.map(it -> new LedgerTale(it, after).tell()).orElse("begun");
  }

  private String tell() {
    binding();
    run();
    attempts();
    keys();
    publication();
    failures();
    return told.isEmpty() ? "written as it was" : String.join(", ", told);
  }

  private void binding() {
    if (!before.binding().equals(after.binding())) {
      told.add("bound to " + after.binding().resourceUid());
    }
  }

  private void run() {
    if (before.run().isEmpty() && after.run().isPresent()) {
      told.add("a rotation begins (" + after.run().get().cause() + ")");
    }
    if (before.run().isPresent() && after.run().isEmpty()) {
      told.add("the rotation is over");
    }
    var progress = after.run().flatMap(Run::progress);
    if (progress.isPresent() && !before.run().flatMap(Run::progress).equals(progress)) {
      var it = progress.get();
      told.add(
          it.moved()
              + " of "
              + it.total()
              + " pods moved"
              + (it.allMovedAt().isPresent() ? ", all is rolled out" : ""));
    }
  }

  private void attempts() {
    for (var attempt : after.attempts()) {
      var was = before.attempt(attempt.id());
      if (was.isEmpty()) {
        told.add("an attempt is opened");
      } else if (was.get().state() != attempt.state()) {
        told.add("the attempt is lost");
      } else if (was.get().sweeps() != attempt.sweeps()) {
        told.add("the attempt was searched for, " + attempt.sweeps());
      }
    }
    for (Attempt attempt : before.attempts()) {
      if (after.attempt(attempt.id()).isEmpty()) {
        told.add("the attempt is settled");
      }
    }
  }

  private void keys() {
    for (var key : after.keys()) {
      var was = before.key(key.name());
      if (was.isEmpty()) {
        told.add(name(key) + " is known as " + key.role());
        continue;
      }
      if (was.get().role() != key.role()) {
        told.add(name(key) + " is " + key.role());
      }
      checks(was.get(), key);
    }
    for (var key : before.keys()) {
      if (after.key(key.name()).isEmpty()) {
        told.add(name(key) + " is forgotten");
      }
    }
  }

  private void checks(Key was, Key key) {
    if (changed(was.checks().acceptedAt(), key.checks().acceptedAt())) {
      told.add(name(key) + " was accepted, " + key.checks().acceptedInARow());
    }
    if (changed(was.checks().rejectedAt(), key.checks().rejectedAt())) {
      told.add(name(key) + " was rejected");
    }
    if (changed(was.checks().deleteAskedAt(), key.checks().deleteAskedAt())) {
      told.add("the delete of " + name(key) + " was answered");
    }
  }

  private static boolean changed(Optional<Instant> was, Optional<Instant> is) {
    return is.isPresent() && !is.equals(was);
  }

  private void publication() {
    if (before.publicationNumber() != after.publicationNumber()) {
      told.add("publication " + after.publicationNumber() + " is decided");
    } else if (!before
        .publication()
        .flatMap(Publication::writtenAt)
        .equals(after.publication().flatMap(Publication::writtenAt))) {
      told.add("publication " + after.publicationNumber() + " is written");
    }
  }

  private void failures() {
    for (Failure failure : after.failures()) {
      if (!before.failures().contains(failure)) {
        told.add(
            NOTED.contains(failure.verb())
                ? failure.verb().name().toLowerCase(Locale.ROOT) + " " + failure.count()
                : failure.verb() + " failed, " + failure.count() + " (" + failure.reason() + ")");
      }
    }
  }

  private static String name(Key key) {
    return key.id().map(it -> "key " + it).orElse("the key without id");
  }
}
