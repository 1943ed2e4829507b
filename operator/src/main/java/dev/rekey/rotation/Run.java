package dev.rekey.rotation;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A rotation that is under way, with what was asked for when it began: an edit of the resource
 * counts for the next one.
 *
 * @param sequence the how-manieth rotation of its ledger this is
 * @param cause why it began
 * @param startedAt when
 * @param issuer where the new key comes from
 * @param data the data keys of the Secret, as templates
 * @param settle how long kubelets get to see a written Secret
 * @param soak how long the old key outlives the last consumer's move
 * @param progressTimeout how long no pod may move before a person is told
 * @param attempts how many attempts to mint it has opened
 * @param keyName the key that it brought; absent until one is minted
 * @param progress how far its consumers have moved; absent before the first look
 * @param minOverlap how long both keys work at least, from the new key's first publication
 * @param rollback whether the new key may be taken back
 * @param healthyBefore the workloads that were rolled out before the first restart, as people write
 *     them; noted only where the run may be taken back
 * @param shownAt when its key was first written to the Secret
 * @param dataBefore the templates that the Secret showed when it began; empty where it showed
 *     nothing, and in a ledger of before these were kept
 * @param restarts which workloads are restarted
 * @param shownIn the publications that showed the key that it brought, also after that was taken
 *     back; absent before the first, and in a ledger of before these were kept
 * @param foreseen what a look at its consumers, before a key was asked for, has warned of; absent
 *     before that look
 * @param evidence on what its old key went out of use; absent before that, and where nothing of it
 *     depended on pods
 */
public record Run(
    int sequence,
    Cause cause,
    Instant startedAt,
    IssuerBinding issuer,
    Map<String, String> data,
    Duration settle,
    Duration soak,
    Duration progressTimeout,
    int attempts,
    Optional<String> keyName,
    Optional<Progress> progress,
    Duration minOverlap,
    Rollback rollback,
    Optional<List<String>> healthyBefore,
    Optional<Instant> shownAt,
    Map<String, String> dataBefore,
    Restarts restarts,
    Optional<Publications> shownIn,
    Optional<Foreseen> foreseen,
    Optional<Evidence> evidence) {

  public Run {
    // a ledger that was written before these were kept
    minOverlap = Objects.requireNonNullElse(minOverlap, Duration.ZERO);
    rollback = Objects.requireNonNullElse(rollback, Rollback.NEVER);
    healthyBefore = healthyBefore.map(List::copyOf);
    dataBefore = Map.copyOf(Objects.requireNonNullElse(dataBefore, Map.of()));
    restarts = Objects.requireNonNullElse(restarts, Restarts.ALL);
    shownIn = Objects.requireNonNullElse(shownIn, Optional.empty());
    foreseen = Objects.requireNonNullElse(foreseen, Optional.empty());
    evidence = Objects.requireNonNullElse(evidence, Optional.empty());
  }

  /** A run whose old key goes as soon as the soak is over, and that is never taken back. */
  public Run(
      int sequence,
      Cause cause,
      Instant startedAt,
      IssuerBinding issuer,
      Map<String, String> data,
      Duration settle,
      Duration soak,
      Duration progressTimeout,
      int attempts,
      Optional<String> keyName,
      Optional<Progress> progress) {
    this(
        sequence,
        cause,
        startedAt,
        issuer,
        data,
        settle,
        soak,
        progressTimeout,
        attempts,
        keyName,
        progress,
        Duration.ZERO,
        Rollback.NEVER,
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Restarts.ALL,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** Whether the new key may be taken out of the Secret again. */
  public enum Rollback {
    /** {@code onFailure: Halt}. */
    NEVER,
    /** {@code onFailure: Rollback}, and it has not happened yet. */
    ONCE,
    /** It has happened: the old key is in the Secret again. */
    DONE
  }

  /**
   * How far consumers have moved. Kept, so that a restart of the operator neither shortens a soak
   * nor forgets that nothing has moved for a while.
   *
   * @param total pods that read the Secret
   * @param moved those of them that are on the newest publication
   * @param since when they last were further than ever before with this publication, or since when
   *     not all have moved any more, where all had
   * @param allMovedAt since when all have moved and every workload is rolled out
   * @param best how far they have ever been with this publication
   * @param firstAllMovedAt when that was so for the first time since a soak was last over, or since
   *     a workload had to be told anew
   * @param unsteady what has broken it since then
   * @param lackingSince since when somebody is waited for again, all having moved once: a pod that
   *     is made, or goes, or all of them, where the soak has ended; absent: nobody is
   * @param remade the most pods on the new key at one look since then that were made since then and
   *     are ready: in a rollout that begins anew all may be on the new key from its beginning
   */
  public record Progress(
      int total,
      int moved,
      Instant since,
      Optional<Instant> allMovedAt,
      Best best,
      Optional<Instant> firstAllMovedAt,
      Optional<Unsteady> unsteady,
      Optional<Instant> lackingSince,
      int remade) {

    public Progress {
      // a ledger that was written before these were kept
      int now = moved;
      int behind = total - moved;
      best = Objects.requireNonNullElseGet(best, () -> new Best(behind, now));
      firstAllMovedAt = Objects.requireNonNullElse(firstAllMovedAt, allMovedAt);
      unsteady = Objects.requireNonNullElse(unsteady, Optional.empty());
      lackingSince = Objects.requireNonNullElse(lackingSince, Optional.empty());
    }

    /** That of consumers who have never been further than now. */
    public Progress(int total, int moved, Instant since, Optional<Instant> allMovedAt) {
      this(total, moved, since, allMovedAt, new Best(total - moved, moved));
    }

    /** That of consumers of whom none was ever ready and then not. */
    public Progress(int total, int moved, Instant since, Optional<Instant> allMovedAt, Best best) {
      this(
          total, moved, since, allMovedAt, best, allMovedAt, Optional.empty(), Optional.empty(), 0);
    }

    /**
     * How far they are at {@code now}, after this look. Only what was never reached before counts
     * as a move: pods that drain one after the other are on their way, and one that comes and goes
     * gets nowhere. Where all had moved and somebody has not any more, all begins anew: it is no
     * part of the soak before it. What breaks a soak that was over, which waits for something else
     * by then, has nothing to do with what broke it before.
     */
    public Progress then(Look look, Instant now) {
      boolean ended = allMovedAt.isPresent() && look.allSince().isEmpty();
      // a workload that is to be told anew: who has broken nothing is not to blame
      boolean over = ended && look.broken().isEmpty();
      boolean anew = over || (look.soaked() && look.broken().isPresent());
      int behind = look.total() - look.moved();
      var bestNow = ended ? new Best(behind, look.moved()) : best.with(behind, look.moved());
      var lackingNow =
          ended
              ? Optional.of(now)
              : lackingSince.or(() -> look.allSince().map(_ -> now)).filter(_ -> look.lacking());
      boolean goesOn = lackingNow.isPresent() && lackingNow.equals(lackingSince);
      int remadeNow = goesOn ? Math.max(remade, look.remade()) : 0;
      boolean further = !bestNow.equals(best) || remadeNow > remade;
      return new Progress(
          look.total(),
          look.moved(),
          further || ended ? now : since,
          look.allSince(),
          bestNow,
          anew ? look.allSince() : firstAllMovedAt.or(look::allSince),
          look.broken()
              .map(it -> Unsteady.after(unsteady.filter(_ -> !anew), it, now))
              .or(() -> over ? Optional.empty() : unsteady),
          lackingNow,
          remadeNow);
    }

    /** Since when nobody gets any further, where not everybody is there. */
    public Instant waitingSince() {
      return lackingSince.filter(it -> it.isAfter(since)).orElse(since);
    }
  }

  /**
   * What ends a soak early.
   *
   * @param pod its name
   * @param by what is wrong with it
   */
  public record Break(String pod, By by) {
    /** What is wrong with a pod that breaks a soak. */
    public enum By {
      /** It was on the new key and ready, and then was not: the key may be why. */
      NOT_READY,
      /** It may hold the old key, and says nothing about the new one. */
      MAY_HOLD_OLD_KEY
    }
  }

  /**
   * Soaks that have ended early.
   *
   * @param pod who ended the last one
   * @param times how often one has ended
   * @param notReady how often of these because a pod on the new key was not ready
   * @param notReadySince when that was so for the first time
   */
  public record Unsteady(String pod, int times, int notReady, Optional<Instant> notReadySince) {
    public Unsteady {
      // a ledger that was written before these were told apart
      notReadySince = Objects.requireNonNullElse(notReadySince, Optional.empty());
    }

    private static Unsteady after(Optional<Unsteady> before, Break broken, Instant now) {
      boolean failed = broken.by() == Break.By.NOT_READY;
      return new Unsteady(
          broken.pod(),
          before.map(Unsteady::times).orElse(0) + 1,
          before.map(Unsteady::notReady).orElse(0) + (failed ? 1 : 0),
          before
              .flatMap(Unsteady::notReadySince)
              .or(() -> failed ? Optional.of(now) : Optional.empty()));
    }
  }

  /**
   * One look at the consumers.
   *
   * @param total pods that read the Secret
   * @param moved those of them that are on the newest publication
   * @param remade those of them that are ready, and were made since somebody is waited for again
   * @param allSince since when all have moved
   * @param broken what has broken that
   * @param lacking whether somebody is waited for all the same
   * @param soaked whether the soak was over
   */
  public record Look(
      int total,
      int moved,
      int remade,
      Optional<Instant> allSince,
      Optional<Break> broken,
      boolean lacking,
      boolean soaked) {}

  /**
   * How far the consumers of a publication have ever been.
   *
   * @param behind the fewest that were behind at one look
   * @param moved the most that had moved at one look
   */
  public record Best(int behind, int moved) {
    private Best with(int nowBehind, int nowMoved) {
      return new Best(Math.min(behind, nowBehind), Math.max(moved, nowMoved));
    }
  }

  /**
   * Publications that follow each other.
   *
   * @param first the number of the first
   * @param last the number of the last
   */
  public record Publications(int first, int last) {
    /** Whether a stamp stands for one of these. */
    public boolean include(Stamp stamp) {
      return first <= stamp.publication() && stamp.publication() <= last;
    }
  }

  /**
   * What was told before a key was asked for. Kept, so that it is looked for once in a rotation.
   *
   * @param at when
   * @param warnings what was told; empty: there was nothing to warn of
   */
  public record Foreseen(Instant at, List<Warning> warnings) {
    public Foreseen {
      warnings = List.copyOf(warnings);
    }
  }

  /** The same run, after a look at its consumers has foreseen this; what came first stays. */
  public Run foreseeing(Foreseen what) {
    return foreseen.isPresent() ? this : with(it -> it.foreseen = Optional.of(what));
  }

  /** The same run, one attempt further. */
  public Run attempted() {
    return with(it -> it.attempts++);
  }

  /**
   * The same run, with the key that it brought; none, where that key was given up. Whatever was
   * shown and waited for was about the one before.
   */
  public Run bringing(Optional<String> key) {
    return with(it -> {
      it.keyName = key;
      if (key.isEmpty()) {
        it.progress = Optional.empty();
        it.shownAt = Optional.empty();
        it.shownIn = Optional.empty();
      }
    });
  }

  /** The same run, with its consumers as they are now. */
  public Run progressed(Optional<Progress> now) {
    return with(it -> it.progress = now);
  }

  /** The same run; its key was written to the Secret, for the first time at {@code at}. */
  public Run shown(Instant at) {
    return shownAt.isPresent() ? this : with(it -> it.shownAt = Optional.of(at));
  }

  /**
   * The same run, of which {@code next} is decided: its consumers are told to move once more. What
   * shows the old key again is none of its key.
   */
  public Run publishing(Publication next) {
    boolean ofItsKey = rollback != Rollback.DONE && keyName.equals(Optional.of(next.keyName()));
    int first = shownIn.map(Publications::first).orElse(next.number());
    return with(it -> {
      it.progress = Optional.empty();
      if (ofItsKey) {
        it.shownIn = Optional.of(new Publications(first, next.number()));
      }
    });
  }

  /** The same run, with the workloads that were well before it restarted any. */
  public Run wellBefore(List<String> workloads) {
    return with(it -> it.healthyBefore = Optional.of(workloads));
  }

  /** The same run, whose old key goes out of use on this. */
  public Run proven(Evidence on) {
    return with(it -> it.evidence = Optional.of(on));
  }

  /** The same run, without a soak: a key of it has leaked, and that is why it goes on now. */
  public Run hurried() {
    return with(it -> {
      it.cause = Cause.Leaked;
      it.soak = Duration.ZERO;
      it.minOverlap = Duration.ZERO;
      it.rollback = Rollback.NEVER;
    });
  }

  /** The same run, taken back: {@code oldKey} is in the Secret again. */
  public Run rolledBack(String oldKey) {
    return with(it -> {
      it.keyName = Optional.of(oldKey);
      it.progress = Optional.empty();
      it.rollback = Rollback.DONE;
    });
  }

  /** Whether it moves consumers to another form of the same key, and mints nothing. */
  public boolean keepsKey() {
    return cause == Cause.DataChanged;
  }

  /**
   * The templates for the old key, where it is put back: a mapping edited since may be at fault.
   */
  public Map<String, String> dataToReturnTo() {
    return dataBefore.isEmpty() ? data : dataBefore;
  }

  private Run with(Consumer<Draft> change) {
    var draft = new Draft(this);
    change.accept(draft);
    return draft.run(this);
  }

  /** What of a run may become another; the rest was frozen when it began. */
  private static final class Draft {
    private Cause cause;
    private Duration soak;
    private int attempts;
    private Optional<String> keyName;
    private Optional<Progress> progress;
    private Duration minOverlap;
    private Rollback rollback;
    private Optional<List<String>> healthyBefore;
    private Optional<Instant> shownAt;
    private Optional<Publications> shownIn;
    private Optional<Foreseen> foreseen;
    private Optional<Evidence> evidence;

    private Draft(Run run) {
      cause = run.cause;
      soak = run.soak;
      attempts = run.attempts;
      keyName = run.keyName;
      progress = run.progress;
      minOverlap = run.minOverlap;
      rollback = run.rollback;
      healthyBefore = run.healthyBefore;
      shownAt = run.shownAt;
      shownIn = run.shownIn;
      foreseen = run.foreseen;
      evidence = run.evidence;
    }

    private Run run(Run begun) {
      return new Run(
          begun.sequence,
          cause,
          begun.startedAt,
          begun.issuer,
          begun.data,
          begun.settle,
          soak,
          begun.progressTimeout,
          attempts,
          keyName,
          progress,
          minOverlap,
          rollback,
          healthyBefore,
          shownAt,
          begun.dataBefore,
          begun.restarts,
          shownIn,
          foreseen,
          evidence);
    }
  }
}
