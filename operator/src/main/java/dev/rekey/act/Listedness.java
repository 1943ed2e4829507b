package dev.rekey.act;

import dev.rekey.issuer.Issuer;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Listing;
import dev.rekey.rotation.Tracing;
import java.util.Optional;

/** Whether an issuer's list shows a key. */
sealed interface Listedness {

  /** It is listed. */
  record Shown() implements Listedness {}

  /** All keys are listed, and it is not among them. */
  record Absent() implements Listedness {}

  /** There is no list, or it is not complete and does not show the key. */
  record CannotTell() implements Listedness {}

  /** The list was not given. */
  record Failed(Fault fault) implements Listedness {}

  /** Looks the key up in its issuer's list. */
  static Listedness of(Issuer issuer, Key key) {
    if (!issuer.capabilities().lists()) {
      return new CannotTell();
    }
    return switch (issuer.list()) {
      case Listing.Failed(var fault) -> new Failed(fault);
      case Listing.Listed(var keys, var complete) -> {
        boolean shown =
            keys.stream()
                .filter(it -> key.id().equals(Optional.of(it.id())))
                .anyMatch(it -> isLabelledAlike(issuer, key, it));
        yield shown ? new Shown() : complete ? new Absent() : new CannotTell();
      }
    };
  }

  /** An id that is used again is another key's by now; where labels are listed, they tell. */
  private static boolean isLabelledAlike(Issuer issuer, Key key, Listing.ListedKey listed) {
    boolean unlabelled =
        listed.label().isEmpty() && issuer.capabilities().tracing() != Tracing.LABELLED;
    return unlabelled || key.label().map(listed.label()::equals).orElse(true);
  }
}
