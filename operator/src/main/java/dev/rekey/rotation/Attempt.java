package dev.rekey.rotation;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One try to mint, written to the ledger before the request leaves, so that a key whose answer was
 * lost can be found again by its label.
 *
 * @param id {@code <lineage>-<sequence>-<n>-<random>}
 * @param label what the key is labelled with at the issuer
 * @param issuer where the request goes
 * @param state whether an answer may still come
 * @param openedAt when it was opened
 * @param notAfter after this instant no answer is waited for, and the attempt is lost
 * @param sweeps how often the issuer's list was searched for it
 * @param nextSweep when it is searched again; absent: before the next rotation begins
 * @param tracing how its key can be found
 * @param idsBefore the ids that the account had before it, where keys are only counted
 * @param freed those of them whose keys are gone since, so that they may have been given again
 * @param asked what a person was asked to do; empty where nobody was
 */
public record Attempt(
    String id,
    String label,
    IssuerBinding issuer,
    State state,
    Instant openedAt,
    Instant notAfter,
    int sweeps,
    Optional<Instant> nextSweep,
    Tracing tracing,
    List<String> idsBefore,
    List<String> freed,
    String asked) {

  public Attempt {
    // a ledger that was written before these were kept
    tracing = Objects.requireNonNullElse(tracing, Tracing.LABELLED);
    idsBefore = List.copyOf(Objects.requireNonNullElse(idsBefore, List.of()));
    freed = List.copyOf(Objects.requireNonNullElse(freed, List.of()));
    asked = Objects.requireNonNullElse(asked, "");
  }

  /** One of which no id was freed since. */
  public Attempt(
      String id,
      String label,
      IssuerBinding issuer,
      State state,
      Instant openedAt,
      Instant notAfter,
      int sweeps,
      Optional<Instant> nextSweep,
      Tracing tracing,
      List<String> idsBefore) {
    this(
        id, label, issuer, state, openedAt, notAfter, sweeps, nextSweep, tracing, idsBefore,
        List.of());
  }

  /** One of which nobody was asked to do anything. */
  public Attempt(
      String id,
      String label,
      IssuerBinding issuer,
      State state,
      Instant openedAt,
      Instant notAfter,
      int sweeps,
      Optional<Instant> nextSweep,
      Tracing tracing,
      List<String> idsBefore,
      List<String> freed) {
    this(
        id, label, issuer, state, openedAt, notAfter, sweeps, nextSweep, tracing, idsBefore, freed,
        "");
  }

  /** Whether an answer may still come. */
  public enum State {
    /** The request is on its way, or about to be. */
    OPEN,
    /** A person was asked, and is waited for until the key is there. */
    AWAITING,
    /** No answer came. The key may exist all the same. */
    LOST
  }

  /**
   * No answer will be waited for any longer; the first search, where one can be made, is due now.
   */
  public Attempt lost(Instant now) {
    var first = tracing == Tracing.BLIND ? Optional.<Instant>empty() : Optional.of(now);
    return new Attempt(
        id,
        label,
        issuer,
        State.LOST,
        openedAt,
        notAfter,
        0,
        first,
        tracing,
        idsBefore,
        freed,
        asked);
  }

  /** A person was asked for {@code what}, and is late after {@code until}. */
  public Attempt awaiting(String what, Instant until) {
    return new Attempt(
        id,
        label,
        issuer,
        State.AWAITING,
        openedAt,
        until,
        0,
        Optional.empty(),
        tracing,
        idsBefore,
        freed,
        what);
  }

  /** Whether a person is waited for. */
  public boolean awaitsPerson() {
    return state == State.AWAITING;
  }

  /** Whether it is lost and cannot be searched for, so that it was named to a person. */
  public boolean wasNamed() {
    return state == State.LOST && tracing == Tracing.BLIND;
  }

  /** The key of this id is gone, and where it was there before, the id may be given again. */
  public Attempt freeing(Key gone) {
    var more = gone.id().filter(idsBefore::contains).filter(it -> !freed.contains(it));
    return new Attempt(
        id,
        label,
        issuer,
        state,
        openedAt,
        notAfter,
        sweeps,
        nextSweep,
        tracing,
        idsBefore,
        Stream.concat(freed.stream(), more.stream()).toList(),
        asked);
  }

  /** Searched once more. */
  public Attempt swept(Optional<Instant> next) {
    return new Attempt(
        id,
        label,
        issuer,
        state,
        openedAt,
        notAfter,
        sweeps + 1,
        next,
        tracing,
        idsBefore,
        freed,
        asked);
  }
}
