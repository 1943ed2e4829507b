package dev.rekey.rotation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * All that Rekey knows of one target Secret's keys: the content of a ledger. Immutable; each method
 * gives the rotation as it is after one durable write.
 *
 * @param lineage a random name that the ledger got when it was made
 * @param binding what it belongs to
 * @param sequence how many rotations have begun
 * @param publication the newest write of the Secret, decided or done
 * @param keys every key that Rekey answers for
 * @param attempts mints without an answer
 * @param run the rotation under way
 * @param failures what is left alone for a while
 * @param handledTokens hashes of the values of {@code rekey.dev/rotate}, {@code leaked} and {@code
 *     revoke-now} that have been followed
 * @param history the last rotations, newest first
 * @param left what is left to a person, oldest first
 * @param leftCount how much was ever left to a person
 */
public record Rotation(
    String lineage,
    Binding binding,
    int sequence,
    Optional<Publication> publication,
    List<Key> keys,
    List<Attempt> attempts,
    Optional<Run> run,
    List<Failure> failures,
    List<String> handledTokens,
    List<PastRun> history,
    List<Left> left,
    int leftCount) {

  /** So many are named; how many there were is counted beside it. */
  private static final int NAMED = 20;

  private static final int HISTORY = 5;
  private static final int TOKENS = 500;

  public Rotation {
    keys = List.copyOf(keys);
    attempts = List.copyOf(attempts);
    failures = List.copyOf(failures);
    handledTokens = List.copyOf(handledTokens);
    history = List.copyOf(history);
    // a ledger that was written before these were kept
    left = List.copyOf(Objects.requireNonNullElse(left, List.of()));
  }

  /** A ledger without any key. What was asked for before it existed counts as handled. */
  public static Rotation begin(String lineage, Binding binding, List<String> handledTokens) {
    return new Rotation(
        lineage,
        binding,
        0,
        Optional.empty(),
        List.of(),
        List.of(),
        Optional.empty(),
        List.of(),
        handledTokens,
        List.of(),
        List.of(),
        0);
  }

  /** The key in this role; there is never more than one {@code NEXT} and one {@code CURRENT}. */
  public Optional<Key> key(Role role) {
    return keys.stream().filter(key -> key.role() == role).findFirst();
  }

  /** The key of this name. */
  public Optional<Key> key(String name) {
    return keys.stream().filter(key -> key.name().equals(name)).findFirst();
  }

  /** The keys in this role. */
  public List<Key> keys(Role role) {
    return keys.stream().filter(key -> key.role() == role).toList();
  }

  /** The attempt of this id. */
  public Optional<Attempt> attempt(String id) {
    return attempts.stream().filter(attempt -> attempt.id().equals(id)).findFirst();
  }

  /** The number of the newest publication; 0 before the first. */
  public int publicationNumber() {
    return publication.map(Publication::number).orElse(0);
  }

  /** The pause that {@code verb} on {@code subject} is under, whether or not it is over. */
  public Optional<Failure> failure(Verb verb, String subject) {
    return failures.stream().filter(failure -> failure.isAbout(verb, subject)).findFirst();
  }

  /** The stamp that proves a start after the newest publication. */
  public Stamp stamp() {
    return new Stamp(lineage, publicationNumber());
  }

  /** Bound like this. */
  public Rotation boundTo(Binding other) {
    return new RotationChange(this).binding(other).done();
  }

  /** Bound to the resource of this name and UID. */
  public Rotation boundTo(String resource, String uid) {
    return new RotationChange(this).binding(binding.to(resource, uid)).done();
  }

  /**
   * Bound to a resource made anew. The key in use is to be verified once more: nobody has looked
   * after it meanwhile.
   */
  public Rotation takenUpBy(String resource, String uid) {
    return new RotationChange(boundTo(resource, uid))
        .keys(
            keys.stream()
                .map(key -> key.role() == Role.CURRENT ? key.checked(Checks.NONE) : key)
                .toList())
        .done();
  }

  /**
   * What is kept where this ledger can no longer be believed: what was asked for and left. All that
   * it knows is left to a person but for the key that {@code kept} is about. The lineage is another
   * one, so that no stamp of before proves anything.
   */
  public Rotation startedOver(String newLineage, Predicate<Key> kept, Instant now) {
    var over =
        new Rotation(
            newLineage,
            binding,
            sequence,
            Optional.empty(),
            List.of(),
            List.of(),
            Optional.empty(),
            List.of(),
            handledTokens,
            history,
            left,
            leftCount);
    for (var key : keys) {
      if (!kept.test(key)) {
        over =
            over.leaving(new Left(key.display(), key.issuer().display(), Reason.LeftToPerson, now));
      }
    }
    for (var attempt : attempts) {
      over =
          over.leaving(
              new Left(
                  "the key with label " + attempt.label() + ", if it was made",
                  attempt.issuer().display(),
                  Reason.LeftToPerson,
                  now));
    }
    return over;
  }

  /**
   * Taken over from another cluster: this key alone is gone on with, and published anew as {@code
   * again}, since stamps of the other cluster's lineage prove nothing here. Nobody here has looked
   * after it, so it is to be verified.
   */
  public Rotation takenOver(
      String newLineage, Binding here, Key key, Optional<Publication> again, Instant now) {
    var over =
        new RotationChange(startedOver(newLineage, it -> it.name().equals(key.name()), now))
            .binding(here)
            // publications are counted anew in a lineage: this key was there before its first
            .keys(List.of(key.as(Role.CURRENT).checked(Checks.NONE).shownIn(0)))
            .done();
    return again.map(over::published).orElse(over);
  }

  /** With a key that was in the Secret already. */
  public Rotation adopted(Key key) {
    return new RotationChange(this).keys(plus(keys, key)).clear(Verb.ADOPT).done();
  }

  /** With a rotation under way, which follows {@code tokens}. */
  public Rotation begun(Run begun, List<String> tokens) {
    // Who asks for a rotation has mended what took the last one back, or wants to see it again; and
    // a key that nobody can work with is worse than pods that are restarted in vain.
    var change = new RotationChange(this);
    return (begun.cause().isUrgent() ? change.clear(Reason.RolledBack) : change)
        .sequence(begun.sequence())
        .run(Optional.of(begun))
        .attempts(traceable())
        .clear(Reason.PossibleOrphan)
        .handledTokens(newest(handledTokens, tokens))
        .done()
        .askingNobody(begun.startedAt());
  }

  /** With an attempt that is about to be sent. */
  public Rotation opened(Attempt attempt) {
    return new RotationChange(this)
        .attempts(plus(attempts, attempt))
        .run(run.map(Run::attempted))
        .done();
  }

  /** The attempt gave a key. */
  public Rotation minted(String attemptId, Key key) {
    return new RotationChange(this)
        .attempts(without(attemptId))
        .keys(plus(keys, key))
        .run(run.map(it -> it.bringing(Optional.of(key.name()))))
        .done();
  }

  /** The attempt certainly gave no key. */
  public Rotation refused(String attemptId) {
    return new RotationChange(this).attempts(without(attemptId)).done();
  }

  /** A person brought the key of an attempt, and what was brought is never taken in again. */
  public Rotation broughtByPerson(String attemptId, Key key, String token) {
    return new RotationChange(minted(attemptId, key).handled(List.of(token)))
        .clear(Verb.INTAKE)
        .done();
  }

  /** What a person brought could not be taken in; what was wrong with it before is forgotten. */
  public Rotation notTakenIn(Failure failure) {
    return new RotationChange(this).clear(Verb.INTAKE).done().failed(failure);
  }

  /** A person says that this key is deleted, as this token tells. */
  public Rotation deletedByPerson(Key key, String token, Instant at) {
    return key(key.checked(key.checks().deleteAsked(at)))
        .recovered(Verb.DELETE, key.name())
        .handled(List.of(token));
  }

  /** Nobody is waited for any more; the key that a person was asked for may have been made. */
  private Rotation askingNobody(Instant now) {
    var awaited = attempts.stream().filter(Attempt::awaitsPerson).toList();
    var nobody =
        new RotationChange(this)
            .attempts(attempts.stream().filter(it -> !it.awaitsPerson()).toList())
            .done();
    for (var attempt : awaited) {
      nobody =
          nobody.leaving(
              new Left(
                  "the key with label " + attempt.label() + ", if somebody has made it",
                  attempt.issuer().display(),
                  Reason.LeftToPerson,
                  now));
    }
    return nobody;
  }

  /** The attempt as it is now. */
  public Rotation attempt(Attempt changed) {
    return new RotationChange(this)
        .attempts(attempts.stream().map(it -> it.id().equals(changed.id()) ? changed : it).toList())
        .done();
  }

  /** An attempt without an answer is settled: {@code found} are the keys that it left behind. */
  public Rotation sweptUp(String attemptId, List<Key> found) {
    var all = new ArrayList<>(keys);
    all.addAll(found);
    return new RotationChange(this).attempts(without(attemptId)).keys(all).done();
  }

  /** The attempt is searched for once more, though a key was found. */
  public Rotation searchedOn(Attempt attempt) {
    return new RotationChange(this).attempts(plus(attempts, attempt)).done();
  }

  /** The key as it is now. */
  public Rotation key(Key changed) {
    return new RotationChange(this).keys(replace(changed.name(), it -> changed)).done();
  }

  /** Decides a write of the Secret; it is not written yet. */
  public Rotation published(Publication next) {
    // Only a key that has proven itself ends the pauses between mints: keys that are given up one
    // after the other are to become ever rarer.
    boolean first = key(next.keyName()).map(key -> key.lastPublication().isEmpty()).orElse(false);
    // A new publication has a stamp of its own, and pods of its own.
    var change = new RotationChange(this).clear(Verb.STAMP).clear(Verb.DELETE_POD);
    return (first ? change.clear(Verb.MINT) : change)
        .publication(Optional.of(next))
        .keys(replace(next.keyName(), key -> key.shownIn(next.number())))
        .run(run.map(it -> it.publishing(next)))
        .done();
  }

  /**
   * Decides to write the Secret again, because it was found changed. Pods may have started on
   * whatever stood there, so every other key now needs consumers to reach this publication.
   */
  public Rotation republished(Publication again) {
    return shownUntil(publicationNumber()).published(again);
  }

  /**
   * Somebody was at the Secret after the publication before this one was written: every key that it
   * has ever shown may have stood there until this one is written.
   */
  public Rotation touchedBeforeWrite() {
    return shownUntil(publicationNumber() - 1);
  }

  private Rotation shownUntil(int number) {
    return new RotationChange(this)
        .keys(
            keys.stream()
                .map(key ->
                    key.lastPublication().isPresent() && key.lastPublication().getAsInt() < number
                        ? key.shownIn(number)
                        : key)
                .toList())
        .done();
  }

  /** The Secret was written. */
  public Rotation written(Instant at) {
    return written(at, Map.of());
  }

  /** The Secret was written, and its data keys are owned like this now. */
  public Rotation written(Instant at, Map<String, String> owners) {
    return new RotationChange(this)
        .publication(publication.map(it -> it.written(at, owners)))
        .run(run.map(it -> showsKeyOf(it) ? it.shown(at) : it))
        .clear(Verb.PUBLISH)
        .done();
  }

  private boolean showsKeyOf(Run of) {
    return of.keyName().isPresent() && of.keyName().equals(publication.map(Publication::keyName));
  }

  /** The run under way as it is now. */
  public Rotation run(UnaryOperator<Run> change) {
    return new RotationChange(this).run(run.map(change)).done();
  }

  /**
   * Takes the new key back: the old one is published again, and the new one waits until nobody
   * holds it. It is not written yet.
   */
  public Rotation rolledBack(String newKey, Publication again) {
    var back =
        new RotationChange(this)
            .keys(replace(newKey, key -> key.as(Role.REJECTED)))
            .done()
            .published(again);
    return back.run(it -> it.rolledBack(again.keyName()));
  }

  /** The consumers as they are now. */
  public Rotation progressed(Run.Progress progress) {
    return new RotationChange(this).run(run.map(it -> it.progressed(Optional.of(progress)))).done();
  }

  /**
   * The point of no return: this key will be deleted. Where it was the one in use, the next one is
   * in use from now on.
   */
  public Rotation condemned(String keyName) {
    return outOfUse(keyName, Role.CONDEMNED);
  }

  /**
   * A person has named this key, so it will be deleted whoever holds it. The key that a rotation
   * under way brings in goes on without it, and one that is needed instead is asked for at once.
   */
  public Rotation revokedNow(String keyName, String token) {
    var role = key(keyName).map(Key::role);
    boolean inUse = role.equals(Optional.of(Role.CURRENT));
    boolean ofRun = run.flatMap(Run::keyName).equals(Optional.of(keyName));
    var goesOn =
        inUse
            // a rotation that was to keep this key is about nothing any more; any other one is
            // what replaces it, and is waited for by nobody's soak
            ? run.filter(it -> !ofRun).map(Run::hurried)
            : run.map(it -> ofRun ? it.bringing(Optional.empty()) : it);
    boolean over = run.isPresent() && goesOn.isEmpty();
    return new RotationChange(this)
        .run(goesOn)
        .keys(
            keys.stream()
                .map(key ->
                    key.name().equals(keyName)
                        ? key.namedByPerson()
                        // what was taken back goes as well, as soon as nobody holds it
                        : over && key.role() == Role.REJECTED ? key.as(Role.CONDEMNED) : key)
                .toList())
        .handledTokens(newest(handledTokens, List.of(token)))
        .clear(Verb.MINT)
        .done();
  }

  /** The key is out of use and left to a person. */
  public Rotation retired(String keyName) {
    return outOfUse(keyName, Role.RETIRED);
  }

  private Rotation outOfUse(String keyName, Role role) {
    boolean wasInUse = key(keyName).map(key -> key.role() == Role.CURRENT).orElse(false);
    return new RotationChange(this)
        .run(
            run.map(it ->
                it.keyName().equals(Optional.of(keyName)) ? it.bringing(Optional.empty()) : it))
        .keys(
            keys.stream()
                .map(key ->
                    key.name().equals(keyName)
                        ? key.as(role)
                        : wasInUse && key.role() == Role.NEXT ? key.as(Role.CURRENT) : key)
                .toList())
        .done();
  }

  /**
   * Whether anything is on its way: a rotation, a mint without an answer that is still searched
   * for, a key that is to go. A key in use is not, nor is one that is left to a person.
   */
  public boolean hasUnfinished() {
    return run.isPresent()
        || attempts.stream()
            .anyMatch(it -> it.state() != Attempt.State.LOST || it.nextSweep().isPresent())
        || keys.stream().anyMatch(it -> it.role() != Role.CURRENT && it.role() != Role.RETIRED);
  }

  /** Nobody reads the Secret any more, and no key of it is to outlive the resource. */
  public Rotation revokedAll(Instant now) {
    var gone =
        new RotationChange(this)
            .run(Optional.empty())
            .keys(
                keys.stream()
                    .map(key -> key.as(key.id().isPresent() ? Role.CONDEMNED : Role.RETIRED))
                    .toList())
            .done();
    for (var key : gone.keys(Role.RETIRED)) {
      gone =
          gone.leaving(new Left(key.display(), key.issuer().display(), Reason.DeleteByHand, now));
    }
    return new RotationChange(gone)
        .keys(gone.keys().stream().filter(it -> it.role() != Role.RETIRED).toList())
        .done()
        .askingNobody(now);
  }

  /**
   * The rotation under way is given up with its resource. The key that the Secret showed last is
   * the one in use; another one may be held by somebody, so it is left to a person.
   */
  public Rotation aborted(Instant now) {
    var shown = publication.flatMap(it -> key(it.keyName())).map(Key::name);
    var ended = this;
    var kept = new ArrayList<Key>();
    for (var key : keys) {
      boolean inUse = shown.map(key.name()::equals).orElse(key.role() == Role.CURRENT);
      if (key.role() == Role.CONDEMNED) {
        kept.add(key);
      } else if (inUse) {
        kept.add(key.as(Role.CURRENT));
      } else {
        ended =
            ended.leaving(new Left(key.display(), key.issuer().display(), Reason.Abandoned, now));
      }
    }
    return new RotationChange(ended).run(Optional.empty()).keys(kept).done().askingNobody(now);
  }

  /**
   * What is unfinished is named to a person, since its resource goes. It stays in the ledger: a
   * resource that is made again goes on with it.
   */
  public Rotation abandoned(Instant now, boolean inUseToo) {
    var named = this;
    for (var key : keys) {
      if (inUseToo || key.role() != Role.CURRENT) {
        named =
            named.leaving(new Left(key.display(), key.issuer().display(), Reason.Abandoned, now));
      }
    }
    for (var attempt : attempts) {
      named =
          named.leaving(
              new Left(
                  "the key with label " + attempt.label() + ", if it was made",
                  attempt.issuer().display(),
                  Reason.Abandoned,
                  now));
    }
    return named.leftCount == leftCount ? named.leavingRun(now) : named;
  }

  /** A rotation without any other key than the one in use is named itself. */
  private Rotation leavingRun(Instant now) {
    return run.map(it ->
            leaving(
                new Left(
                    "no key is left over; the rotation under way ("
                        + it.cause()
                        + ") ended, and some pods may not have been restarted",
                    it.issuer().display(),
                    Reason.Abandoned,
                    now)))
        .orElse(this);
  }

  /** The first key of all is in use everywhere; there is no old one. */
  public Rotation settledIn(String keyName) {
    return new RotationChange(this).keys(replace(keyName, key -> key.as(Role.CURRENT))).done();
  }

  /**
   * The id of this key may be given to another one from now on, also to one that a lost attempt
   * makes late.
   */
  public Rotation idFreed(Key gone) {
    return new RotationChange(this)
        .attempts(
            attempts.stream()
                .map(it -> it.issuer().isSameAccountAs(gone.issuer()) ? it.freeing(gone) : it)
                .toList())
        .done();
  }

  /** The key is known to be gone. */
  public Rotation forgotten(String keyName) {
    return new RotationChange(this)
        .keys(keys.stream().filter(key -> !key.name().equals(keyName)).toList())
        .failures(failures.stream().filter(it -> !it.subject().equals(keyName)).toList())
        .done();
  }

  /** The rotation under way is over. */
  public Rotation completed(Instant at) {
    return run.map(over ->
            new RotationChange(this)
                .run(Optional.empty())
                .attempts(traceable())
                .keys(keys.stream().filter(key -> key.role() != Role.RETIRED).toList())
                .failures(failures.stream().filter(Rotation::outlivesItsRun).toList())
                .history(
                    newestFirst(
                        new PastRun(
                            over.cause(),
                            over.startedAt(),
                            at,
                            key(Role.CURRENT).flatMap(Key::id),
                            over.progress().map(Run.Progress::moved).orElse(0),
                            key(Role.RETIRED).map(Key::display),
                            over.rollback() == Run.Rollback.DONE,
                            over.evidence())))
                .done())
        .orElse(this);
  }

  private static boolean outlivesItsRun(Failure failure) {
    return failure.verb() == Verb.DELETE || failure.reason() == Reason.RolledBack;
  }

  /** Something failed, and is left alone for a while. */
  public Rotation failed(Failure failure) {
    var others =
        failures.stream().filter(it -> !it.isAbout(failure.verb(), failure.subject())).toList();
    return new RotationChange(this).failures(plus(others, failure)).done();
  }

  /** Without what failed in {@code verb} and was over before {@code since}. */
  public Rotation forgetting(Verb verb, Instant since) {
    return new RotationChange(this)
        .failures(
            failures.stream()
                .filter(it -> it.verb() != verb || !it.notBefore().isBefore(since))
                .toList())
        .done();
  }

  /** What failed before went well now. */
  public Rotation recovered(Verb verb, String subject) {
    return new RotationChange(this)
        .failures(failures.stream().filter(it -> !it.isAbout(verb, subject)).toList())
        .done();
  }

  /** One more thing is left to a person. */
  public Rotation leaving(Left one) {
    var all = plus(left, one);
    return new RotationChange(this)
        .left(all.subList(Math.max(0, all.size() - NAMED), all.size()), leftCount + 1)
        .done();
  }

  /** What these values ask for is done, and is never done again. */
  public Rotation handled(List<String> tokens) {
    return new RotationChange(this).handledTokens(newest(handledTokens, tokens)).done();
  }

  /** Attempts that can still be searched for: the others were named, and count in one run alone. */
  private List<Attempt> traceable() {
    return attempts.stream().filter(it -> !it.wasNamed()).toList();
  }

  private List<Attempt> without(String attemptId) {
    return attempts.stream().filter(it -> !it.id().equals(attemptId)).toList();
  }

  private List<Key> replace(String name, UnaryOperator<Key> change) {
    return keys.stream().map(key -> key.name().equals(name) ? change.apply(key) : key).toList();
  }

  private List<PastRun> newestFirst(PastRun over) {
    var all = new ArrayList<PastRun>();
    all.add(over);
    all.addAll(history);
    return all.subList(0, Math.min(HISTORY, all.size()));
  }

  private static <T> List<T> plus(List<T> list, T one) {
    var all = new ArrayList<>(list);
    all.add(one);
    return all;
  }

  private static List<String> newest(List<String> handled, List<String> more) {
    var all = new ArrayList<>(handled);
    more.stream().filter(it -> !handled.contains(it)).forEach(all::add);
    return all.subList(Math.max(0, all.size() - TOKENS), all.size());
  }
}
