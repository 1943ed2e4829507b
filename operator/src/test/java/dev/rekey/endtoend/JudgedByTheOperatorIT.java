package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.api.v1alpha1.ApiKeyRotation;
import dev.rekey.api.v1alpha1.ClusterKeyIssuer;
import dev.rekey.keyservice.KeyService;
import dev.rekey.keyservice.LogEntry;
import dev.rekey.keyservice.LogEntry.What;
import dev.rekey.keyservice.NewKey;
import dev.rekey.testkube.Binaries;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Mistakes that no API server can see. One file each, in a namespace and with a key service of its
 * own, so that one operator judges all of them at once.
 */
@Testkube
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class JudgedByTheOperatorIT {
  private static final Path FOLDER =
      Binaries.repository().resolve("operator/src/test/resources/judged");
  private static final String SUBJECT = "example";

  private final Stage stage;
  private final KubernetesClient admin;
  private final List<String> namespaces = new ArrayList<>();
  private final ConcurrentLinkedQueue<AutoCloseable> services = new ConcurrentLinkedQueue<>();

  JudgedByTheOperatorIT(ControlPlane controlPlane, TestNamespace space, KubernetesClient admin) {
    this.admin = admin;
    stage = new Stage(controlPlane, space);
  }

  static List<String> cases() throws IOException {
    try (var files = Files.list(FOLDER)) {
      return files.map(it -> it.getFileName().toString().replace(".yaml", "")).sorted().toList();
    }
  }

  @BeforeAll
  void start() throws IOException {
    for (var name : cases()) {
      var namespace = namespace(name);
      namespaces.add(namespace);
      admin
          .resource(
              new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
          .create();
    }
    stage.startOperator();
  }

  @AfterAll
  void stop() throws Exception {
    stage.stopOperator();
    admin.resources(ApiKeyRotation.class).inAnyNamespace().list().getItems().stream()
        .filter(it -> namespaces.contains(it.getMetadata().getNamespace()))
        .forEach(it -> admin.resource(it).delete());
    admin.resources(ClusterKeyIssuer.class).list().getItems().stream()
        .filter(it -> it.getMetadata().getName().startsWith(stage.namespace))
        .forEach(it -> admin.resource(it).delete());
    namespaces.forEach(it -> admin.namespaces().withName(it).delete());
    for (var it : services) {
      it.close();
    }
    stage.close();
  }

  private String namespace(String name) {
    return stage.namespace + "-" + name;
  }

  @Test
  void thereAreManyOfThem() throws IOException {
    assertThat(cases()).hasSizeGreaterThanOrEqualTo(29);
  }

  @ParameterizedTest
  @MethodSource("cases")
  @Execution(ExecutionMode.CONCURRENT)
  void isSaidWithWordsThatHelpWithoutAskingTheIssuerAndHealsWhenMended(String name)
      throws IOException {
    var namespace = namespace(name);
    var service = KeyService.start();
    services.add(service);
    var inSecret =
        service.seed(
            Stage.TEAM, "made by hand", List.of(), Instant.now().minus(Duration.ofDays(10)));
    var token = service.adminToken(Stage.TEAM);
    var judged =
        JudgedCase.read(
            FOLDER.resolve(name + ".yaml"),
            text -> withNamesOfThisRun(text, namespace, service, token, inSecret));

    judged.before().forEach(it -> apply(it, "author"));
    if (!judged.before().isEmpty()) {
      awaitCondition(namespace, "first", "True", "Idle", "");
    }
    int asked = service.log().size();
    judged.resources().forEach(it -> apply(it, "author"));

    awaitCondition(namespace, SUBJECT, "False", judged.reason(), judged.message());
    assertThat(warnings(namespace)).contains(judged.reason());
    assertThat(service.log().subList(asked, service.log().size()))
        .extracting(LogEntry::what)
        .isSubsetOf(judged.asks());
    assertThat(service.log(What.MINTED)).hasSize(judged.before().isEmpty() ? 0 : 1);

    mend(judged, namespace);
    awaitCondition(namespace, SUBJECT, "True", "Idle", "");
  }

  /** The files are such as people write; only names that must differ in each run are replaced. */
  private String withNamesOfThisRun(
      String text, String namespace, KeyService service, String token, NewKey inSecret) {
    return text.replaceAll("\\bpayments\\b", namespace)
        .replaceAll("(?<=namespace: |Secret )rekey\\b(?!\\.)", stage.operatorNamespace)
        .replace("https://api.example.com", service.url().toString())
        .replace("the-account's-own-token", token)
        .replace("whatever-was-there", inSecret.plainText());
  }

  private void apply(GenericKubernetesResource resource, String by) {
    admin
        .resource(resource)
        .patch(
            new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager(by)
                .withForce(true)
                .build());
  }

  private void mend(JudgedCase judged, String namespace) {
    if (!judged.deleted().isEmpty()) {
      var gone = new GenericKubernetesResource();
      gone.setKind(judged.deleted().getFirst());
      gone.setApiVersion("Secret".equals(gone.getKind()) ? "v1" : "rekey.dev/v1alpha1");
      gone.setMetadata(
          new ObjectMetaBuilder()
              .withNamespace(namespace)
              .withName(judged.deleted().getLast())
              .build());
      admin.resource(gone).delete();
    }
    // by somebody else, or the fields that are not named would be taken away
    judged.mended().forEach(it -> apply(it, "mender"));
  }

  private void awaitCondition(
      String namespace, String name, String value, String reason, String message) {
    await()
        .atMost(Stage.PATIENCE)
        .untilAsserted(() -> {
          var rotation =
              admin.resources(ApiKeyRotation.class).inNamespace(namespace).withName(name).get();
          assertThat(ready(rotation))
              .hasValueSatisfying(it -> {
                assertThat(it.getReason()).as(it.getMessage()).isEqualTo(reason);
                assertThat(it.getStatus()).isEqualTo(value);
                assertThat(it.getMessage()).contains(message);
                assertThat(it.getObservedGeneration())
                    .isEqualTo(rotation.getMetadata().getGeneration());
              });
        });
  }

  /** The reasons of the Events that warn of the judged resource. */
  private List<String> warnings(String namespace) {
    return admin.v1().events().inNamespace(namespace).list().getItems().stream()
        .filter(it -> SUBJECT.equals(it.getInvolvedObject().getName()))
        .filter(it -> "Warning".equals(it.getType()))
        .map(Event::getReason)
        .toList();
  }

  private static Optional<Condition> ready(ApiKeyRotation rotation) {
    return Optional.ofNullable(rotation.getStatus())
        .flatMap(it -> Optional.ofNullable(it.conditions()))
        .flatMap(it -> it.stream().filter(c -> c.getType().equals("Ready")).findFirst());
  }
}
