package dev.rekey.rotation;

import java.util.List;
import java.util.Optional;

/** The next rotation in the making, so that each method above says only what it changes. */
final class RotationChange {
  private final Rotation from;
  private Binding binding;
  private int sequence;
  private Optional<Publication> publication;
  private List<Key> keys;
  private List<Attempt> attempts;
  private Optional<Run> run;
  private List<Failure> failures;
  private List<String> handledTokens;
  private List<PastRun> history;
  private List<Left> left;
  private int leftCount;

  RotationChange(Rotation from) {
    this.from = from;
    binding = from.binding();
    sequence = from.sequence();
    publication = from.publication();
    keys = from.keys();
    attempts = from.attempts();
    run = from.run();
    failures = from.failures();
    handledTokens = from.handledTokens();
    history = from.history();
    left = from.left();
    leftCount = from.leftCount();
  }

  RotationChange binding(Binding it) {
    binding = it;
    return this;
  }

  RotationChange sequence(int it) {
    sequence = it;
    return this;
  }

  RotationChange publication(Optional<Publication> it) {
    publication = it;
    return this;
  }

  RotationChange keys(List<Key> it) {
    keys = it;
    return this;
  }

  RotationChange attempts(List<Attempt> it) {
    attempts = it;
    return this;
  }

  RotationChange run(Optional<Run> it) {
    run = it;
    return this;
  }

  RotationChange failures(List<Failure> it) {
    failures = it;
    return this;
  }

  RotationChange handledTokens(List<String> it) {
    handledTokens = it;
    return this;
  }

  RotationChange history(List<PastRun> it) {
    history = it;
    return this;
  }

  RotationChange left(List<Left> it, int count) {
    left = it;
    leftCount = count;
    return this;
  }

  RotationChange clear(Verb verb) {
    failures = failures.stream().filter(it -> it.verb() != verb).toList();
    return this;
  }

  RotationChange clear(Reason reason) {
    failures = failures.stream().filter(it -> it.reason() != reason).toList();
    return this;
  }

  Rotation done() {
    return new Rotation(
        from.lineage(),
        binding,
        sequence,
        publication,
        keys,
        attempts,
        run,
        failures,
        handledTokens,
        history,
        left,
        leftCount);
  }
}
