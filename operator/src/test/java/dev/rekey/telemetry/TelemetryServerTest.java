package dev.rekey.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.api.v1alpha1.ApiKeyRotation;
import dev.rekey.api.v1alpha1.ApiKeyRotationSpec;
import dev.rekey.api.v1alpha1.ApiKeyRotationStatus;
import dev.rekey.api.v1alpha1.CreationPolicy;
import dev.rekey.api.v1alpha1.IssuerKind;
import dev.rekey.api.v1alpha1.IssuerRef;
import dev.rekey.api.v1alpha1.KeyStatus;
import dev.rekey.api.v1alpha1.TargetSecret;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class TelemetryServerTest {

  @Test
  void aProbeSaysWhenTheOperatorIsOfNoUse() throws Exception {
    var healthy = new AtomicBoolean(true);
    try (var server =
            TelemetryServer.start(
                "127.0.0.1", 0, Runnable::run, () -> "metrics\n", healthy::get, () -> false);
        var http = HttpClient.newHttpClient()) {
      assertThat(get(http, server, "/healthz").statusCode()).isEqualTo(200);
      assertThat(get(http, server, "/readyz").statusCode()).isEqualTo(503);
      assertThat(get(http, server, "/metrics").body()).isEqualTo("metrics\n");
      healthy.set(false);
      assertThat(get(http, server, "/healthz").statusCode()).isEqualTo(503);
    }
  }

  @Test
  void metersOfAResourceGoWithItAndAStatusThatMakesNoSenseCostsItsOwnRow() {
    var meters = new Meters(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
    var till = resource("till", "2027-01-01T00:00:00Z");
    var edited = resource("edited", "soon");

    var both = meters.scrape(() -> List.of(till, edited));
    assertThat(both)
        .containsPattern(
            "rekey_key_expiration_timestamp_seconds\\{[^}]*name=\"till\"[^}]*} 1.7987616E9");
    assertThat(both)
        .doesNotContainPattern("rekey_key_expiration_timestamp_seconds\\{[^}]*name=\"edited\"");
    assertThat(meters.scrape(List::of)).doesNotContain("name=\"till\"");
  }

  private static ApiKeyRotation resource(String name, String expiresAt) {
    var resource = new ApiKeyRotation();
    resource.setMetadata(new ObjectMetaBuilder().withNamespace("payments").withName(name).build());
    resource.setSpec(
        new ApiKeyRotationSpec(
            new IssuerRef(IssuerKind.KeyIssuer, "messaging"),
            new TargetSecret(name, CreationPolicy.Create, null),
            null,
            null,
            null));
    resource.setStatus(
        new ApiKeyRotationStatus(
            1L,
            "Idle",
            new KeyStatus("41", "…x9f2Q", "2026-01-01T00:00:00Z", expiresAt),
            null,
            null,
            null,
            null,
            null,
            null,
            null));
    return resource;
  }

  private static HttpResponse<String> get(HttpClient http, TelemetryServer server, String path)
      throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
