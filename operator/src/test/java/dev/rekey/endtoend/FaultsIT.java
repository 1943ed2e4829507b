package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyOperator;
import dev.rekey.config.OperatorConfig;
import dev.rekey.keyservice.Failure;
import dev.rekey.keyservice.KeyService;
import dev.rekey.keyservice.LogEntry;
import dev.rekey.keyservice.LogEntry.What;
import dev.rekey.keyservice.NewKey;
import dev.rekey.keyservice.Verb;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * What a service may do to a rotation that is due. Whatever it is: people are told, applications go
 * on with a key that works, and once the service is well again the rotation ends as if nothing had
 * happened. All at once on one operator, each with a key service of its own.
 */
@Testkube
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FaultsIT {
  /** Values of keys and of admin tokens as the key service makes them, plain and in base64. */
  private static final Pattern SECRET_VALUE =
      Pattern.compile("key_\\w{20,}|admin_[0-9a-f]{8}-|a2V5X[\\w+/]{20,}|YWRtaW5f[\\w+/]{8,}");

  private static final Duration OLD_ENOUGH = Duration.ofDays(100);
  private static final Duration YOUNG = Duration.ofDays(10);

  private final Stage stage;
  private final OperatorLog log = OperatorLog.listen();

  FaultsIT(ControlPlane controlPlane, TestNamespace space) {
    stage = new Stage(controlPlane, space);
  }

  /** A lost attempt is searched for long enough to find a key that the service makes late. */
  @BeforeAll
  void start() {
    var patience = new HashMap<>(Stage.quickEnvironment());
    patience.put("REKEY_SWEEPS", "0s,1s,2s,10s");
    // long enough for a test to see what is said while an answer may still come
    patience.put("REKEY_LATENESS", "4s");
    stage.startOperator(RekeyOperator.World.real(OperatorConfig.settings(patience)));
  }

  @AfterAll
  void stop() throws Exception {
    stage.close();
    log.close();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aMintThatIsAnsweredWith500IsTriedAgain() {
    var scene = stage.scene("mint-500");
    var old = scene.keyInUse(OLD_ENOUGH, Map.of());
    var fault = scene.service.failures().every(Verb.MINT, new Failure.Status(500));
    scene.rotation(old);

    isSaidAndHarmsNobody(
        scene, "IssuerFailed", "The issuer, asked to create a key, answered with status 500", old);
    await().atMost(Stage.PATIENCE).until(() -> fault.used() >= 2);
    isSaidAndHarmsNobody(scene, "IssuerFailed", "asked to create a key", old);
    fault.off();
    endsWellAndTellsNoSecret(scene);
    assertThat(scene.service.log(What.MINTED)).hasSize(1);

    // what was lost is searched for a last time before the next rotation, and then forgotten
    scene.askForRotation("once more");
    scene.endsWell(2);
    assertThat(scene.ledger().path("attempts")).isEmpty();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aKeyWhoseAnswerComesTooLateIsSweptUp() {
    var scene = stage.scene("mint-hangs-after");
    var old = scene.keyInUse(OLD_ENOUGH, Map.of());
    scene
        .service
        .failures()
        .next(1, Verb.MINT, new Failure.HangAfterCommit(Duration.ofSeconds(30)));
    scene.rotation(old);

    isSaidAndHarmsNobody(scene, "IssuerTimedOut", "did not answer within 2s", old);
    endsWellAndTellsNoSecret(scene);
    theFirstOfTwoMintedKeysWasDeleted(scene);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aKeyThatTheServiceMakesLongAfterWeGaveUpIsSweptUp() {
    var scene = stage.scene("mint-hangs-before");
    var old = scene.keyInUse(OLD_ENOUGH, Map.of());
    scene.service.failures().next(1, Verb.MINT, new Failure.HangBefore(Duration.ofSeconds(12)));
    scene.rotation(old);

    isSaidAndHarmsNobody(scene, "IssuerTimedOut", "did not answer within 2s", old);
    await().atMost(Stage.PATIENCE).until(() -> scene.service.log(What.MINTED).size() == 2);
    endsWellAndTellsNoSecret(scene);
    assertThat(scene.service.log(What.DELETED))
        .extracting(LogEntry::keyId)
        .contains(scene.service.log(What.MINTED).getLast().keyId());
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aKeyWhoseAnswerIsNoJsonIsSweptUp() {
    var scene = stage.scene("mint-malformed");
    var old = scene.keyInUse(OLD_ENOUGH, Map.of());
    scene.service.failures().next(1, Verb.MINT, new Failure.MalformedAnswer());
    scene.rotation(old);

    isSaidAndHarmsNobody(
        scene,
        "AnswerNotUnderstood",
        "Compare spec.http.create with the issuer's documentation",
        old);
    endsWellAndTellsNoSecret(scene);
    theFirstOfTwoMintedKeysWasDeleted(scene);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aKeyWhoseAnswerLacksTheValueIsSweptUp() {
    var scene = stage.scene("mint-without-value");
    var old = scene.keyInUse(OLD_ENOUGH, Map.of());
    scene.service.failures().next(1, Verb.MINT, new Failure.WrongContent("{\"ok\": true}"));
    scene.rotation(old);

    isSaidAndHarmsNobody(scene, "AnswerNotUnderstood", "asked to create a key", old);
    endsWellAndTellsNoSecret(scene);
    theFirstOfTwoMintedKeysWasDeleted(scene);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aKeyWhoseAnswerWasCutOffIsSweptUp() {
    var scene = stage.scene("mint-cut");
    var old = scene.keyInUse(OLD_ENOUGH, Map.of());
    scene.service.failures().next(1, Verb.MINT, new Failure.CutAfterCommit());
    scene.rotation(old);

    isSaidAndHarmsNobody(
        scene, "IssuerUnreachable", "the connection broke before the answer was complete", old);
    endsWellAndTellsNoSecret(scene);
    theFirstOfTwoMintedKeysWasDeleted(scene);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aRefusedCredentialIsSaidUntilThereIsAnother() {
    var scene = stage.scene("credential-401");
    var old = scene.keyInUse(YOUNG, Map.of());
    scene.rotation(old);
    scene.awaitReady("True", "Idle");
    scene.service.revokeAdminTokens(Stage.TEAM);
    scene.askForRotation("1");

    isSaidAndHarmsNobody(
        scene,
        "CredentialRefused",
        "status 401: it refuses Rekey's credential. Put a working one into the Secret",
        old);
    stage.credential(scene.name, scene.service.adminToken(Stage.TEAM));
    endsWellAndTellsNoSecret(scene);
    assertThat(scene.service.log(What.MINTED)).hasSize(1);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aThrottledIssuerIsLeftAloneAsLongAsItAsks() {
    var scene = stage.scene("mint-429");
    var old = scene.keyInUse(OLD_ENOUGH, Map.of());
    scene.service.failures().next(1, Verb.MINT, new Failure.TooManyRequests(Duration.ofSeconds(6)));
    scene.rotation(old);

    isSaidAndHarmsNobody(
        scene,
        "IssuerThrottled",
        "it asks for fewer requests. Rekey waits 6s, as it asks for",
        old);
    endsWellAndTellsNoSecret(scene);
    var refused = scene.service.log(What.FAILED).getFirst().at();
    assertThat(scene.service.log(What.MINTED))
        .singleElement()
        .satisfies(it -> assertThat(it.at()).isAfterOrEqualTo(refused.plusSeconds(6)));
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aMintThatIsRefusedIsSaid() {
    var scene = stage.scene("mint-400");
    var old = scene.keyInUse(OLD_ENOUGH, Map.of());
    var fault = scene.service.failures().every(Verb.MINT, new Failure.Status(400));
    scene.rotation(old);

    isSaidAndHarmsNobody(
        scene,
        "RequestRefused",
        "status 400: it refuses the request. Compare spec.http.create",
        old);
    await().atMost(Stage.PATIENCE).until(() -> fault.used() >= 3);
    fault.off();
    endsWellAndTellsNoSecret(scene);
    // it never loops: each pause is longer than the one before
    var asked = scene.service.log(What.FAILED).stream().map(LogEntry::at).toList();
    assertThat(asked.get(1)).isAfterOrEqualTo(asked.get(0).plusMillis(500));
    assertThat(asked.get(2)).isAfterOrEqualTo(asked.get(1).plusSeconds(1));
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aListThatIsAnsweredWith500KeepsAKeyFromBeingTakenOver() {
    var scene = stage.scene("list-500");
    var old = scene.keyInUse(OLD_ENOUGH, Map.of());
    var fault = scene.service.failures().every(Verb.LIST, new Failure.Status(500));
    scene.rotation(old);

    isSaid(scene, "IssuerFailed", "asked to list the keys, answered with status 500");
    scene.applicationsAreWell();
    assertThat(scene.service.log(What.MINTED)).isEmpty();
    fault.off();
    endsWellAndTellsNoSecret(scene);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aNewKeyThatCannotBeVerifiedIsShownToNobody() {
    var scene = stage.scene("verify-500");
    var old = scene.keyInUse(OLD_ENOUGH, Map.of());
    var fault = scene.service.failures().every(Verb.ME, new Failure.Status(500));
    scene.rotation(old);

    isSaidAndHarmsNobody(scene, "IssuerFailed", "status 500", old);
    assertThat(scene.service.log(What.MINTED)).hasSize(1);
    fault.off();
    endsWellAndTellsNoSecret(scene);
    assertThat(scene.service.log(What.MINTED)).hasSize(1);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aNewKeyIsShownToNobodyBeforeItWorks() {
    var scene = stage.scene("key-works-later");
    var old = scene.keyInUse(OLD_ENOUGH, Map.of());
    scene.service.failures().next(1, Verb.MINT, new Failure.KeyWorksAfter(Duration.ofSeconds(5)));
    scene.rotation(old);

    isSaidAndHarmsNobody(scene, "KeyNotAccepted", "does not accept key", old);
    endsWellAndTellsNoSecret(scene);
    assertThat(scene.service.log(What.MINTED)).hasSize(1);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aDeleteThatIsAnsweredWith500IsTriedAgain() {
    var scene = stage.scene("delete-500");
    var old = scene.keyInUse(OLD_ENOUGH, Map.of());
    var fault = scene.service.failures().every(Verb.DELETE, new Failure.Status(500));
    scene.rotation(old);

    theNewKeyIsInUse(scene, "IssuerFailed", "asked to delete", old);
    fault.off();
    endsWellAndTellsNoSecret(scene);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aDeleteThatHangsIsTriedAgain() {
    var scene = stage.scene("delete-hangs");
    var old = scene.keyInUse(OLD_ENOUGH, Map.of());
    var fault =
        scene.service.failures().every(Verb.DELETE, new Failure.HangBefore(Duration.ofSeconds(30)));
    scene.rotation(old);

    theNewKeyIsInUse(scene, "IssuerTimedOut", "did not answer within 2s", old);
    fault.off();
    endsWellAndTellsNoSecret(scene);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aKeyThatWorksOnAfterItsDeletionIsSaidAndDeletedAgain() {
    var scene = stage.scene("delete-lies");
    var old = scene.keyInUse(OLD_ENOUGH, Map.of());
    var fault = scene.service.failures().every(Verb.DELETE, new Failure.DeleteIgnored(true));
    scene.rotation(old);

    theNewKeyIsInUse(scene, "NotRevoked", "is deleted, and still accepts it", old);
    fault.off();
    endsWellAndTellsNoSecret(scene);
    assertThat(scene.service.log(What.DELETED)).hasSize(1);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aNewKeyWhoseVerificationHangsIsShownToNobody() {
    var scene = stage.scene("verify-hangs");
    var old = scene.keyInUse(OLD_ENOUGH, Map.of());
    var fault =
        scene.service.failures().every(Verb.ME, new Failure.HangBefore(Duration.ofSeconds(30)));
    scene.rotation(old);

    isSaidAndHarmsNobody(scene, "IssuerTimedOut", "did not answer within 2s", old);
    fault.off();
    endsWellAndTellsNoSecret(scene);
    assertThat(scene.service.log(What.MINTED)).hasSize(1);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void anIssuerThatCannotBeReachedIsSaidUntilItCan() {
    var scene = stage.scene("no-connection");
    var old = scene.keyInUse(YOUNG, Map.of());
    scene.rotation(old);
    scene.awaitReady("True", "Idle");
    stage.apply(stage.issuerYaml(scene.name, nobodyListensThere()));
    scene.askForRotation("1");

    isSaidAndHarmsNobody(
        scene, "IssuerUnreachable", "asked to create a key: the connection was refused", old);
    scene.issuer();
    endsWellAndTellsNoSecret(scene);
    assertThat(scene.service.log(What.MINTED)).hasSize(1);
  }

  private static URI nobodyListensThere() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return URI.create("http://127.0.0.1:" + socket.getLocalPort());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether the check that no secret is told anywhere would find one. */
  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void secretValuesAreKnownWhenSeen() {
    try (var service = KeyService.start()) {
      var key = service.seed(Stage.TEAM, "made by hand", List.of(), Instant.now()).plainText();
      var token = service.adminToken(Stage.TEAM);
      for (var secret : List.of(key, token)) {
        var base64 = Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8));
        assertThat(SECRET_VALUE.matcher("Bearer " + secret).find()).isTrue();
        assertThat(SECRET_VALUE.matcher("{value=" + base64 + "}").find()).isTrue();
      }
    }
  }

  /** The old key works, is the one in the Secret, and applications notice nothing. */
  private static void isSaidAndHarmsNobody(Scene scene, String reason, String message, NewKey old) {
    isSaid(scene, reason, message);
    assertThat(scene.liveKeysOfOurs()).contains(old.key().id());
    assertThat(scene.valueInSecret().equals(old.plainText())).as("old key published").isTrue();
    scene.applicationsAreWell();
  }

  /** The old key is on its way out and works still; the new one is in use. */
  private static void theNewKeyIsInUse(Scene scene, String reason, String message, NewKey old) {
    isSaid(scene, reason, message);
    assertThat(scene.liveKeysOfOurs()).contains(old.key().id()).hasSize(2);
    assertThat(scene.publication()).isEqualTo(1);
    assertThat(scene.traffic.keyHintsByPod().values()).doesNotContain(old.key().lastFive());
    scene.applicationsAreWell();
  }

  private static void isSaid(Scene scene, String reason, String message) {
    var condition = scene.awaitReady("False", reason);
    assertThat(condition.getMessage()).contains(message);
    assertThat(condition.getObservedGeneration())
        .isEqualTo(scene.stage.rotation(scene.name).getMetadata().getGeneration());
    assertThat(scene.warnings()).contains(reason);
  }

  private static void theFirstOfTwoMintedKeysWasDeleted(Scene scene) {
    var minted = scene.service.log(What.MINTED);
    assertThat(minted).hasSize(2);
    assertThat(scene.service.log(What.DELETED))
        .extracting(LogEntry::keyId)
        .contains(minted.getFirst().keyId());
  }

  private void endsWellAndTellsNoSecret(Scene scene) {
    scene.endsWell(1);
    assertNoSecretIn("resource", List.of(Serialization.asYaml(scene.stage.rotation(scene.name))));
    assertThat(log.lines()).isNotEmpty();
    assertNoSecretIn("log", log.lines());
    for (var namespace : List.of(stage.namespace, stage.operatorNamespace)) {
      assertNoSecretIn(
          "Events",
          stage.client.v1().events().inNamespace(namespace).list().getItems().stream()
              .map(Serialization::asYaml)
              .toList());
    }
  }

  private static void assertNoSecretIn(String where, List<String> texts) {
    assertThat(texts.stream().filter(it -> SECRET_VALUE.matcher(it).find()).count())
        .as("secret values in %s", where)
        .isZero();
  }
}
