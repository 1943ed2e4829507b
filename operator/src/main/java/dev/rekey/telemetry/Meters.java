package dev.rekey.telemetry;

import dev.rekey.api.v1alpha1.ApiKeyRotation;
import dev.rekey.api.v1alpha1.ApiKeyRotationStatus;
import dev.rekey.api.v1alpha1.KeyStatus;
import dev.rekey.rotation.Phase;
import dev.rekey.rotation.Reason;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What Prometheus sees. Gauges about resources are made from the cache at each scrape, so that they
 * are gone with the resource and need no code in the flow of a rotation.
 */
public final class Meters {
  private final PrometheusMeterRegistry registry;
  private final MultiGauge expires;
  private final MultiGauge issued;
  private final MultiGauge next;
  private final MultiGauge phase;

  /** Meters in {@code registry}. */
  public Meters(PrometheusMeterRegistry registry) {
    this.registry = registry;
    this.expires =
        gauge("rekey.key.expiration.timestamp", "When the key in use stops working", "seconds");
    this.issued = gauge("rekey.key.issued.timestamp", "When the key in use was issued", "seconds");
    this.next = gauge("rekey.next.rotation.timestamp", "When the next rotation is due", "seconds");
    this.phase = gauge("rekey.rotation.phase", "1 for the phase that a rotation is in", "");
  }

  private MultiGauge gauge(String name, String description, String unit) {
    var builder = MultiGauge.builder(name).description(description);
    return (unit.isEmpty() ? builder : builder.baseUnit(unit)).register(registry);
  }

  /** A step was done. */
  public void stepDone(Reason reason) {
    registry.counter("rekey.steps", "reason", reason.name()).increment();
  }

  /** A rotation is over. */
  public void rotationCompleted(String cause) {
    registry.counter("rekey.rotations", "result", "Completed", "reason", cause).increment();
  }

  /** So many keys were left over when their resource was deleted. */
  public void keysAbandoned(int keys) {
    registry.counter("rekey.abandoned.keys").increment(keys);
  }

  /** A request to an issuer was answered, or was not. */
  public void issuerAsked(String issuer, String verb, String outcome, Duration took) {
    Timer.builder("rekey.issuer.requests")
        .description("Requests to issuers")
        .tags("issuer", issuer, "verb", verb, "outcome", outcome)
        .register(registry)
        .record(took);
  }

  /** The page of meters, with the resources as they are now. */
  public String scrape(Supplier<List<ApiKeyRotation>> resources) {
    var all = resources.get();
    expires.register(rows(all, current(KeyStatus::expiresAt)), true);
    issued.register(rows(all, current(KeyStatus::issuedAt)), true);
    next.register(
        rows(all, status -> Optional.ofNullable(status.nextRotationTime()).flatMap(Meters::epoch)),
        true);
    phase.register(phases(all), true);
    return registry.scrape();
  }

  private static Function<ApiKeyRotationStatus, Optional<Double>> current(
      Function<KeyStatus, @Nullable String> time) {
    return status ->
        Optional.ofNullable(status.current())
            .flatMap(it -> Optional.ofNullable(time.apply(it)))
            .flatMap(Meters::epoch);
  }

  private static List<Row<?>> rows(
      List<ApiKeyRotation> resources, Function<ApiKeyRotationStatus, Optional<Double>> value) {
    var rows = new ArrayList<Row<?>>();
    for (var resource : resources) {
      Optional.ofNullable(resource.getStatus())
          .flatMap(value)
          .ifPresent(it -> rows.add(Row.of(tags(resource), it)));
    }
    return rows;
  }

  private static List<Row<?>> phases(List<ApiKeyRotation> resources) {
    var rows = new ArrayList<Row<?>>();
    for (var resource : resources) {
      var status = resource.getStatus();
      if (status != null && status.phase() != null) {
        Arrays.stream(Phase.values())
            .forEach(it ->
                rows.add(
                    Row.of(
                        tags(resource).and("phase", it.name()),
                        it.name().equals(status.phase()) ? 1 : 0)));
      }
    }
    return rows;
  }

  private static Tags tags(ApiKeyRotation resource) {
    var ref = resource.getSpec().issuerRef();
    return Tags.of(
        "namespace",
        resource.getMetadata().getNamespace(),
        "name",
        resource.getMetadata().getName(),
        "issuer_kind",
        ref.kind().name(),
        "issuer_name",
        ref.name());
  }

  private static Optional<Double> epoch(String time) {
    try {
      return Optional.of((double) Instant.parse(time).getEpochSecond());
    } catch (DateTimeParseException notATime) {
      // A status is open to edits; one that makes no sense costs its own row, not the page.
      return Optional.empty();
    }
  }
}
