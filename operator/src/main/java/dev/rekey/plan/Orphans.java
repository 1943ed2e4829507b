package dev.rekey.plan;

import dev.rekey.rotation.Attempt;
import dev.rekey.rotation.Key;
import dev.rekey.rotation.Listing.Listed;
import dev.rekey.rotation.Listing.ListedKey;
import dev.rekey.rotation.Rotation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Which keys of an issuer's list a lost attempt has left behind. */
public sealed interface Orphans {

  /** These, and no others. */
  record Found(List<ListedKey> keys) implements Orphans {
    public Found {
      keys = List.copyOf(keys);
    }
  }

  /** None that the list shows. */
  record NoneListed() implements Orphans {}

  /**
   * There may be one, and it cannot be told from keys of others.
   *
   * @param why for people
   */
  record Doubt(String why) implements Orphans {}

  /**
   * What the other ledgers say, read after the list.
   *
   * @param mayMint whether another rotation may have got a key of the account meanwhile
   * @param holds whether another rotation answers for the key of this id
   */
  record OtherLedgers(boolean mayMint, Predicate<String> holds) {}

  /** By the label, which must be equal exactly. */
  static Orphans labelled(Attempt attempt, Listed list) {
    var found = list.keys().stream().filter(it -> it.label().equals(attempt.label())).toList();
    if (!found.isEmpty()) {
      return new Found(found);
    }
    return list.complete() ? new NoneListed() : new Doubt("its list is not complete");
  }

  /**
   * By counting: the one id that was not there before the attempt, that nobody answers for, and
   * that was issued while the attempt was open. Where another rotation may have been asking for a
   * key of the same account, no id tells whose it is.
   *
   * @param reusesIds whether the issuer gives the id of a key that is gone to another one
   * @param doubt how far the issuer's clock may be from Rekey's
   */
  static Orphans counted(
      Attempt attempt,
      Listed list,
      Rotation ledger,
      OtherLedgers others,
      boolean reusesIds,
      Duration doubt) {
    if (!list.complete()) {
      return new Doubt("its list is not complete");
    }
    var unknown =
        list.keys().stream()
            .filter(it -> isNew(attempt, it, reusesIds, doubt))
            .filter(it ->
                sameId(ledger, attempt, it)
                    .noneMatch(known -> !isOver(known, it, reusesIds, doubt)))
            .filter(it -> !others.holds().test(it.id()))
            .toList();
    var again =
        list.keys().stream()
            .filter(it -> reusesIds && !unknown.contains(it))
            .filter(it -> isNew(attempt, it, reusesIds, doubt))
            .filter(
                it -> sameId(ledger, attempt, it).anyMatch(known -> mayBeOver(known, it, doubt)))
            .findFirst();
    if (again.isPresent() && unknown.size() <= 1) {
      return new Doubt(
          "key "
              + again.get().id()
              + " is listed though it was deleted; its id may be another key's by now");
    }
    if (unknown.isEmpty()) {
      return new NoneListed();
    }
    if (unknown.size() > 1) {
      return new Doubt(
          "its list shows "
              + unknown.size()
              + " keys that nobody answers for: "
              + String.join(", ", unknown.stream().limit(5).map(ListedKey::id).toList()));
    }
    var only = unknown.getFirst();
    if (others.mayMint()) {
      return new Doubt(
          "key " + only.id() + " may be one that another rotation has just asked for there");
    }
    boolean surely =
        !attempt.idsBefore().contains(only.id())
            || only.issuedAt().map(it -> it.isAfter(attempt.openedAt().plus(doubt))).orElse(false);
    if (!surely) {
      return new Doubt("id " + only.id() + " may have been given again, or its list may be old");
    }
    boolean inTime =
        only.issuedAt()
            .map(at ->
                !at.isBefore(attempt.openedAt().minus(doubt))
                    && !at.isAfter(attempt.notAfter().plus(doubt)))
            .orElse(true);
    return inTime
        ? new Found(unknown)
        : new Doubt("key " + only.id() + " was not issued while the attempt was open");
  }

  /** Whether it was not there before, or may be another key than the one of that id before. */
  private static boolean isNew(
      Attempt attempt, ListedKey listed, boolean reusesIds, Duration doubt) {
    return !attempt.idsBefore().contains(listed.id())
        || (reusesIds
            && listed
                .issuedAt()
                .map(it -> it.isAfter(attempt.openedAt().minus(doubt)))
                .orElse(attempt.freed().contains(listed.id())));
  }

  /** The keys of that id that this ledger answers for. */
  private static Stream<Key> sameId(Rotation ledger, Attempt attempt, ListedKey listed) {
    return ledger.keys().stream()
        .filter(it -> it.issuer().isSameAccountAs(attempt.issuer()))
        .filter(it -> it.id().equals(Optional.of(listed.id())));
  }

  /** Whether the id of a key that was deleted is surely another key's by now. */
  private static boolean isOver(Key known, ListedKey listed, boolean reusesIds, Duration doubt) {
    return reusesIds
        && known.checks().deleteAskedAt().isPresent()
        && isLater(known, listed, doubt).orElse(false);
  }

  /**
   * Whether it could be: by its date, whoever has deleted the known key; without one, where a
   * delete of the known key may have been done.
   */
  private static boolean mayBeOver(Key known, ListedKey listed, Duration doubt) {
    var checks = known.checks();
    return isLater(known, listed, doubt)
        .orElse(checks.deleteAskedAt().isPresent() || checks.deleteNotAfter().isPresent());
  }

  /** Empty: the list does not say when the key was issued. */
  private static Optional<Boolean> isLater(Key known, ListedKey listed, Duration doubt) {
    return listed.issuedAt().map(it -> it.isAfter(known.issuedAt().plus(doubt)));
  }
}
