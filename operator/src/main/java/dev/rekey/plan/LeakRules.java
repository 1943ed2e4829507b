package dev.rekey.plan;

import dev.rekey.config.Spans;
import dev.rekey.plan.Rule.Answer;
import dev.rekey.rotation.Cause;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Observation;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Role;
import dev.rekey.rotation.Rotation;
import java.util.Optional;

/**
 * What {@code rekey.dev/leaked} changes about what is going on. A leaked key that is in use at rest
 * is due at once, see {@link Due}.
 */
final class LeakRules {
  private LeakRules() {}

  /** Somebody says that a key has leaked: its rotation loses its waits, never its order. */
  static Answer hurryWhenLeaked(Observation seen, Rotation ledger) {
    var named = Leaks.named(seen, ledger);
    if (named.isEmpty() || ledger.keys().isEmpty()) {
      return Rule.pass();
    }
    var key = ledger.keys().stream().filter(named.get()::means).findFirst();
    if (key.isEmpty()) {
      return Rule.act(
          new Step.Handle(named.get().token()),
          Reason.KeyUnknown,
          "rekey.dev/leaked names a key that Rekey does not know of. Write the id or the hint that"
              + " status shows.");
    }
    return switch (key.get().role()) {
      case NEXT ->
          key.get().lastPublication().isEmpty()
              ? Rule.act(
                  new Step.GiveUp(key.get().name(), named.get().token()),
                  Reason.LeakedKeyGivenUp,
                  key.get().display() + " has leaked; nobody has seen it, so it is given up")
              : replacedSoon(ledger, key.get());
      case CURRENT -> replaced(ledger, key.get(), named.get());
      case RETIRED, REJECTED, CONDEMNED ->
          Rule.act(
              new Step.Handle(named.get().token()),
              Reason.Hurrying,
              key.get().display() + " has leaked; it is on its way out already");
    };
  }

  /** A new key that is in the Secret is in use soon, and is then due at once. */
  private static Answer replacedSoon(Rotation ledger, Key next) {
    return ledger
        .run()
        .filter(it -> it.cause() != Cause.Leaked)
        .map(run ->
            Rule.act(
                new Step.Hurry(Optional.empty()),
                Reason.Hurrying,
                next.display()
                    + " has leaked while everybody is moved to it; this rotation ends without a"
                    + " soak, and the next one begins at once"))
        .orElse(Rule.pass());
  }

  /** The key that a rotation under way replaces goes as soon as nobody needs it. */
  private static Answer replaced(Rotation ledger, Key key, Observation.Named named) {
    boolean replaced = Gate.oldKey(ledger).map(it -> it.name().equals(key.name())).orElse(false);
    return ledger
        .run()
        .filter(it -> replaced && ledger.key(Role.REJECTED).isEmpty())
        .map(run ->
            Rule.act(
                new Step.Hurry(Optional.of(named.token())),
                Reason.Hurrying,
                key.display()
                    + " has leaked; it goes as soon as every consumer is on the new key, without a"
                    + " soak of "
                    + Spans.format(run.soak())))
        .orElse(Rule.pass());
  }
}
