package dev.rekey.observe;

import dev.rekey.api.v1alpha1.AdoptedKey;
import dev.rekey.api.v1alpha1.ApiKeyRotationSpec;
import dev.rekey.api.v1alpha1.CreationPolicy;
import dev.rekey.api.v1alpha1.DeletionPolicy;
import dev.rekey.api.v1alpha1.Discovery;
import dev.rekey.api.v1alpha1.OnFailure;
import dev.rekey.api.v1alpha1.Revocation;
import dev.rekey.api.v1alpha1.RevocationPolicy;
import dev.rekey.api.v1alpha1.Rollout;
import dev.rekey.api.v1alpha1.Schedule;
import dev.rekey.api.v1alpha1.Strategy;
import dev.rekey.cel.CelProblem;
import dev.rekey.cel.Scope;
import dev.rekey.cel.Template;
import dev.rekey.config.Spans;
import dev.rekey.rotation.Observation.Read;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.Restarts;
import dev.rekey.rotation.Terms;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a person wrote into terms, or into one sentence about the first thing that is wrong.
 */
public final class TermsReader {
  /** What a data key's template may use: the fields of the key. */
  public static final Scope SCOPE = Scope.ofTexts("key.id", "key.value");

  private static final Map<String, String> DATA = Map.of("apiKey", "${key.value}");

  private TermsReader() {}

  /** Reads {@code spec}. */
  public static Read<Terms> read(ApiKeyRotationSpec spec) {
    try {
      var rollout = Optional.ofNullable(spec.rollout());
      var schedule = Optional.ofNullable(spec.schedule());
      return new Read.Valid<>(
          new Terms(
              spec.secret().name(),
              spec.secret().creationPolicy() != CreationPolicy.Merge,
              data(spec.secret().data()),
              Optional.ofNullable(spec.adopt()).map(TermsReader::adoption),
              schedule.map(Schedule::interval).map(it -> span("spec.schedule.interval", it)),
              schedule.map(Schedule::renewBefore).map(it -> span("spec.schedule.renewBefore", it)),
              rollout
                  .map(Rollout::settle)
                  .map(it -> span("spec.rollout.settle", it))
                  .orElse(Duration.ofSeconds(15)),
              rollout
                  .map(Rollout::soak)
                  .map(it -> span("spec.rollout.soak", it))
                  .orElse(Duration.ofMinutes(10)),
              rollout
                  .map(Rollout::progressTimeout)
                  .map(it -> span("spec.rollout.progressTimeout", it))
                  .orElse(Duration.ofMinutes(15)),
              rollout
                  .map(Rollout::minOverlap)
                  .map(it -> span("spec.rollout.minOverlap", it))
                  .orElse(Duration.ZERO),
              rollout.map(Rollout::onFailure).map(it -> it == OnFailure.Rollback).orElse(false),
              rollout.map(TermsReader::restarts).orElse(Restarts.ALL),
              spec.deletionPolicy() == DeletionPolicy.Revoke,
              Optional.ofNullable(spec.revocation())
                  .map(Revocation::policy)
                  .map(it -> it == RevocationPolicy.Manual)
                  .orElse(false)));
    } catch (Unreadable problem) {
      return new Read.Invalid<>(Reason.InvalidSpec, problem.sentence);
    }
  }

  private static Map<String, String> data(@Nullable Map<String, String> data) {
    var templates = data == null || data.isEmpty() ? DATA : data;
    templates.forEach((key, text) -> {
      try {
        Template.compile(text, SCOPE);
      } catch (CelProblem problem) {
        throw new Unreadable("spec.secret.data." + key + ": " + problem.getMessage());
      }
    });
    return Map.copyOf(templates);
  }

  private static Terms.Adoption adoption(AdoptedKey adopt) {
    return new Terms.Adoption(
        Optional.ofNullable(adopt.keyId()),
        Optional.ofNullable(adopt.issuedAt()).map(it -> instant("spec.adopt.issuedAt", it)),
        Optional.ofNullable(adopt.expiresAt()).map(it -> instant("spec.adopt.expiresAt", it)));
  }

  private static Restarts restarts(Rollout rollout) {
    return new Restarts(
        rollout.strategy() == Strategy.None ? Restarts.Strategy.NONE : Restarts.Strategy.RESTART,
        rollout.discovery() == Discovery.Listed
            ? Optional.of(
                Optional.ofNullable(rollout.workloads()).orElseGet(List::of).stream()
                    .map(it -> it.kind() + " " + it.name())
                    .toList())
            : Optional.empty());
  }

  private static Duration span(String path, String text) {
    try {
      return Spans.parse(text);
    } catch (IllegalArgumentException notASpan) {
      throw new Unreadable(path + ": write a duration such as 90d, 12h, 15m or 30s");
    }
  }

  private static Instant instant(String path, String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException notADate) {
      throw new Unreadable(path + ": write a date and time such as 2026-01-31T00:00:00Z");
    }
  }

  private static final class Unreadable extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String sentence;

    private Unreadable(String sentence) {
      super(sentence);
      this.sentence = sentence;
    }
  }
}
