package dev.rekey.issuer.http;

import dev.rekey.cel.CelProblem;
import dev.rekey.config.Spans;
import dev.rekey.issuer.IssuerProblem;
import dev.rekey.rotation.Fault;
import dev.rekey.rotation.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Collects what is wrong in a definition, so that a person is told all of it at once. */
final class Findings {
  private final List<IssuerProblem.Detail> problems = new ArrayList<>();

  /** Ends the compilation where anything was found. */
  void throwIfAny() {
    if (!problems.isEmpty()) {
      throw new IssuerProblem(problems);
    }
  }

  void add(String path, String message) {
    problems.add(new IssuerProblem.Detail(Reason.IssuerInvalid, path, message));
  }

  void add(String path, Fault fault) {
    problems.add(new IssuerProblem.Detail(fault.reason(), path, fault.message()));
  }

  /** What is compiled; absent, with a finding, where it does not compile. */
  <T> Optional<T> take(String path, Supplier<T> compilation) {
    try {
      return Optional.of(compilation.get());
    } catch (CelProblem problem) {
      add(path, String.valueOf(problem.getMessage()));
      return Optional.empty();
    }
  }

  /** The same for what may be left out. */
  <T> Optional<T> takeOptional(String path, @Nullable String source, Function<String, T> reader) {
    return source == null ? Optional.empty() : take(path, () -> reader.apply(source));
  }

  /** A length of time that may be left out. */
  Optional<Duration> span(String path, @Nullable String text) {
    return takeOptional(
        path,
        text,
        it -> {
          try {
            return Spans.parse(it);
          } catch (IllegalArgumentException notASpan) {
            throw CelProblem.of(String.valueOf(notASpan.getMessage()));
          }
        });
  }
}
