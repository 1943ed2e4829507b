package dev.rekey.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** What the API server makes of resources that are well written. */
@Testkube
final class ResourcesIT {
  private static final String ROTATION =
      """
      apiVersion: rekey.dev/v1alpha1
      kind: ApiKeyRotation
      metadata:
        name: postman
      spec:
        issuerRef: {name: messaging}
        secret: {name: postman-api-key}
      """;
  private static final String HTTP =
      """
        http:
          url: https://api.example.com
          auth: {bearer: {secretRef: {name: example-admin, key: token}}}
          create:
            post: /keys
            body: {name: "${request.label}", scopes: [send], limits: {perDay: 5}}
            key: {id: body.id, value: body.token}
          list: {get: /keys, items: body, item: {id: item.id, label: item.name}, complete: true}
          delete: {delete: "/keys/${key.id}"}
          verify: {get: /me, auth: {bearer: {value: "${key.value}"}}}
      """;
  private static final String ISSUER =
      """
      apiVersion: rekey.dev/v1alpha1
      kind: KeyIssuer
      metadata:
        name: messaging
      spec:
        maxAge: 180d
      """
          + HTTP;

  private final TestNamespace namespace;
  private final ApiServer apiServer;

  ResourcesIT(KubernetesClient admin, TestNamespace namespace) {
    this.namespace = namespace;
    apiServer = new ApiServer(admin);
  }

  @Test
  void aMinimalRotationGetsItsDefaults() {
    var spec = stored(ROTATION, ApiKeyRotation.class).getSpec();

    assertThat(spec)
        .isEqualTo(
            new ApiKeyRotationSpec(
                new IssuerRef(IssuerKind.KeyIssuer, "messaging"),
                new TargetSecret(
                    "postman-api-key",
                    CreationPolicy.Create,
                    Map.of(TargetSecret.DEFAULT_DATA_KEY, TargetSecret.DEFAULT_TEXT)),
                null,
                null,
                new Rollout(
                    Rollout.DEFAULT_SETTLE,
                    Rollout.DEFAULT_PROGRESS_TIMEOUT,
                    Rollout.DEFAULT_SOAK,
                    null,
                    OnFailure.Halt,
                    Strategy.Restart,
                    Discovery.Auto,
                    null),
                DeletionPolicy.Retain,
                null));
  }

  @Test
  void aMinimalIssuerGetsItsDefaultsAndKeepsTheBodyAsItIsWritten() {
    var http = Objects.requireNonNull(stored(ISSUER, KeyIssuer.class).getSpec().http());

    assertThat(http.requestTimeout()).isEqualTo(HttpIssuer.DEFAULT_REQUEST_TIMEOUT);
    assertThat(http.verify())
        .isEqualTo(
            new VerifyRequest(
                "/me",
                new VerifyAuth(new KeyBearer("${key.value}")),
                VerifyRequest.DEFAULT_ACCEPTED,
                VerifyRequest.DEFAULT_REJECTED));
    assertThat(http.create().success()).isEqualTo(DeclaredRequest.DEFAULT_SUCCESS);
    assertThat(http.create().conflict()).isEqualTo(CreateRequest.DEFAULT_CONFLICT);
    assertThat(http.delete()).isEqualTo(new DeleteRequest("/keys/${key.id}"));
    assertThat(http.list())
        .isEqualTo(new ListRequest("/keys", "body", new ListedKey("item.id", "item.name"), true));
    assertThat(http.create().body())
        .isEqualTo(
            Map.of(
                "name", "${request.label}",
                "scopes", List.of("send"),
                "limits", Map.of("perDay", 5)));
  }

  @Test
  void aMinimalClusterIssuerGetsItsDefaults() {
    var answer =
        apiServer.createDryRun(
            "",
            """
            apiVersion: rekey.dev/v1alpha1
            kind: ClusterKeyIssuer
            metadata:
              name: messaging
            spec:
              allowedNamespaces: [payments]
            """
                + HTTP);

    assertThat(answer.code()).as(answer.message()).isEqualTo(201);
    assertThat(answer.body().at("/spec/http/requestTimeout").asText())
        .isEqualTo(HttpIssuer.DEFAULT_REQUEST_TIMEOUT);
  }

  @Test
  void theSecretOfARotationCannotBeChanged() {
    var rotation = stored(ROTATION, ApiKeyRotation.class);
    var spec = rotation.getSpec();
    rotation.setSpec(
        new ApiKeyRotationSpec(
            spec.issuerRef(),
            new TargetSecret("another", CreationPolicy.Create, spec.secret().data()),
            spec.adopt(),
            spec.schedule(),
            spec.rollout()));

    assertThatThrownBy(() -> namespace.client().resource(rotation).update())
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(422))
        .hasMessageContaining(
            "spec.secret.name cannot be changed: pods still read the old Secret; make a new"
                + " ApiKeyRotation for another Secret");
  }

  @Test
  void allElseOfARotationCanBeChanged() {
    var rotation = stored(ROTATION, ApiKeyRotation.class);
    rotation.setSpec(
        new ApiKeyRotationSpec(
            new IssuerRef(IssuerKind.ClusterKeyIssuer, "another"),
            new TargetSecret(
                "postman-api-key", CreationPolicy.Merge, Map.of("API_KEY", "Bearer ${key.value}")),
            new AdoptedKey("41", "2026-03-01T09:00:00Z", "2026-08-28T09:00:00.123+08:00"),
            new Schedule("90d", "1d12h"),
            new Rollout(
                "0s",
                "1h30m",
                "250ms",
                "2h",
                OnFailure.Rollback,
                Strategy.None,
                Discovery.Listed,
                List.of(new ListedWorkload(RestartedKind.StatefulSet, "queue"))),
            DeletionPolicy.Revoke,
            true));

    var updated = namespace.client().resource(rotation).update();

    assertThat(updated.getSpec()).isEqualTo(rotation.getSpec());
    assertThat(updated.getMetadata().getGeneration()).isEqualTo(2);
  }

  @Test
  void aListOfRotationsShowsWhatPeopleAskFor() {
    var rotation = stored(ROTATION, ApiKeyRotation.class);
    var ready =
        new ConditionBuilder()
            .withType("Ready")
            .withStatus("True")
            .withReason("Idle")
            .withMessage("Nothing is due.")
            .withLastTransitionTime("2026-03-01T09:00:00Z")
            .withObservedGeneration(1L)
            .build();
    rotation.setStatus(
        new ApiKeyRotationStatus(
            1L,
            "Idle",
            new KeyStatus("42", "…x9f2Q", "2026-03-01T09:00:00Z", "2026-08-28T09:00:00Z"),
            null,
            "2026-05-30T09:00:00Z",
            "Interval",
            new RotationRecord(
                "Interval",
                "2026-03-01T08:00:00Z",
                "2026-03-01T09:00:00Z",
                "Succeeded",
                "42",
                null),
            new ConsumersStatus(3, 3, List.of()),
            List.of(),
            List.of(ready)));
    var updated = namespace.client().resource(rotation).updateStatus();

    var table = apiServer.table(namespace.name(), "ApiKeyRotation").body();

    assertThat(updated.getStatus()).isEqualTo(rotation.getStatus());
    assertThat(texts(table.path("columnDefinitions"), "name"))
        .containsExactly("Name", "Ready", "Phase", "Key", "Expires", "Next", "Age");
    assertThat(texts(table.at("/rows/0/cells"), ""))
        .startsWith(
            "postman", "True", "Idle", "…x9f2Q", "2026-08-28T09:00:00Z", "2026-05-30T09:00:00Z");
  }

  @Test
  void listsOfIssuersShowWhereTheyAre() {
    stored(ISSUER, KeyIssuer.class);

    var table = apiServer.table(namespace.name(), "KeyIssuer").body();
    var clusterWide = apiServer.table("", "ClusterKeyIssuer").body();

    assertThat(texts(table.path("columnDefinitions"), "name"))
        .containsExactly("Name", "URL", "Max Age", "Age")
        .isEqualTo(texts(clusterWide.path("columnDefinitions"), "name"));
    assertThat(texts(table.at("/rows/0/cells"), ""))
        .startsWith("messaging", "https://api.example.com", "180d");
  }

  @Test
  void theKindsHaveShortNamesAndACategory() {
    var definitions =
        namespace.client().apiextensions().v1().customResourceDefinitions().list().getItems();

    assertThat(definitions)
        .filteredOn(crd -> crd.getSpec().getGroup().equals("rekey.dev"))
        .extracting(crd -> crd.getSpec().getNames())
        .allSatisfy(names -> assertThat(names.getCategories()).containsExactly("rekey"))
        .flatExtracting(names -> names.getShortNames())
        .containsExactlyInAnyOrder("akr", "ki", "cki");
  }

  private <T> T stored(String yaml, Class<T> type) {
    var answer = apiServer.create(namespace.name(), yaml);
    assertThat(answer.code()).as(answer.message()).isEqualTo(201);
    return Serialization.unmarshal(answer.body().toString(), type);
  }

  /** The values, or their fields of this name. */
  private static List<String> texts(JsonNode array, String field) {
    return StreamSupport.stream(array.spliterator(), false)
        .map(node -> (field.isEmpty() ? node : node.path(field)).asText())
        .toList();
  }
}
