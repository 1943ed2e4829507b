package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.api.v1alpha1.ApiKeyRotationStatus;
import dev.rekey.keyservice.LogEntry.What;
import dev.rekey.keyservice.NewKey;
import dev.rekey.keyservice.ServiceKey;
import dev.rekey.rotation.Names;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Services that have a dashboard and no key API; the test is the person in front of it. */
@Testkube
class ManualIssuerIT {
  private static final Pattern LABEL = Pattern.compile("rk-[-a-z0-9]+");

  private final Stage stage;

  ManualIssuerIT(ControlPlane controlPlane, TestNamespace space) {
    stage = new Stage(controlPlane, space);
  }

  @AfterEach
  void stop() throws Exception {
    stage.close();
  }

  @Test
  void aPersonMakesTheNewKeyAndDeletesTheOldOneAndTheApplicationNeverFails() {
    try (var log = OperatorLog.listen()) {
      var old = stage.keyInSecret("postman", Duration.ofDays(100));
      stage.application("postman", 2, "postman", Map.of());
      issuer("verify: {get: /api/me, auth: {bearer: {value: \"${key.value}\"}}}");
      stage.startOperator();
      rotation(old);

      var asked = stage.awaitReady("postman", "False", "AwaitingPerson").getMessage();
      assertThat(asked)
          .contains("https://dashboard.example.com", "oncall@agency.example", "postman-inbox")
          .contains("Open Settings, then API keys.");
      assertThat(stage.condition("postman", "Rotating").orElseThrow().getStatus())
          .isEqualTo("True");
      await().until(() -> stage.events("postman").contains("AwaitingPerson"));
      var label = label(asked);

      // it is asked for once, whoever runs the operator
      stage.stopOperator();
      stage.startOperator();
      bring(Map.of("value", old.plainText()));
      assertThat(stage.awaitReady("postman", "False", "InboxUnusable").getMessage())
          .contains("known already", label);
      bring(Map.of("value", "not-a-key-of-anybody-at-all"));
      assertThat(stage.awaitReady("postman", "False", "KeyNotAccepted").getMessage())
          .contains("does not accept", label);
      assertThat(label(stage.condition("postman", "Ready").orElseThrow().getMessage()))
          .isEqualTo(label);

      var made = make(label);
      bring(Map.of("value", made.plainText() + "\n", "id", made.key().id()));
      var toDelete = stage.awaitReady("postman", "False", "AwaitingDeletion").getMessage();
      assertThat(toDelete)
          .contains(old.key().id(), "by hand at https://dashboard.example.com")
          .contains(old.plainText().substring(old.plainText().length() - 5));
      assertThat(inbox()).isNull();
      assertThat(valueInSecret()).isEqualTo(made.plainText());
      assertThat(stage.service.liveKeys())
          .extracting(ServiceKey::id)
          .contains(old.key().id(), made.key().id());
      assertThat(stage.history("postman")).isEmpty();

      stage.service.revoke(old.key().id());
      stage.awaitRotations("postman", 1);
      stage.awaitReady("postman", "True", "Idle");

      assertThat(stage.service.log(What.MINTED)).isEmpty();
      assertThat(stage.traffic.failedRequests()).isEmpty();
      assertThat(stage.traffic.successes()).isGreaterThan(50);
      assertThat(stage.status("postman").map(ApiKeyRotationStatus::current))
          .hasValueSatisfying(it -> assertThat(it.id()).isEqualTo(made.key().id()));
      var everythingShown =
          Serialization.asYaml(stage.rotation("postman"))
              + Serialization.asYaml(stage.client.v1().events().inNamespace(stage.namespace).list())
              + String.join("\n", log.lines());
      assertThat(everythingShown)
          .as("what people and logs see")
          .contains("AwaitingPerson")
          .doesNotContain(made.plainText(), old.plainText());
    }
  }

  private void issuer(String verify) {
    stage.apply(
        """
        apiVersion: rekey.dev/v1alpha1
        kind: KeyIssuer
        metadata: {name: postman, namespace: %s}
        spec:
          maxAge: 180d
          manual:
            dashboard: https://dashboard.example.com
            instructions: Open Settings, then API keys.
            contacts: [oncall@agency.example]
            deadline: 14d
            url: %s
            %s
        """
            .formatted(stage.namespace, stage.service.url(), verify));
  }

  private void rotation(NewKey inUse) {
    stage.rotation(
        "postman",
        "postman",
        "postman",
        "adopt: {keyId: \""
            + inUse.key().id()
            + "\", issuedAt: \""
            + inUse.key().issuedAt()
            + "\"}\nschedule: {interval: 90d}");
  }

  private static String label(String asked) {
    var found = LABEL.matcher(asked);
    assertThat(found.find()).as(asked).isTrue();
    return found.group();
  }

  /** A person makes a key at the dashboard. */
  private NewKey make(String label) {
    return stage.service.seed(Stage.TEAM, label, List.of("oncall@agency.example"), Instant.now());
  }

  /** A person puts this into the inbox, as kubectl apply does it. */
  private void bring(Map<String, String> data) {
    stage
        .client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("postman-inbox")
                .addToLabels(Names.INBOX_LABEL, "true")
                .endMetadata()
                .withType("Opaque")
                .addToStringData(data)
                .build())
        .inNamespace(stage.namespace)
        .createOr(it -> it.update());
  }

  private Secret inbox() {
    return stage.client.secrets().inNamespace(stage.namespace).withName("postman-inbox").get();
  }

  private String valueInSecret() {
    return new String(
        Base64.getDecoder().decode(stage.data("postman").get("apiKey")), StandardCharsets.UTF_8);
  }
}
