package dev.rekey.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.keyservice.LogEntry.What;
import dev.rekey.keyservice.NewKey;
import dev.rekey.keyservice.ServiceKey;
import dev.rekey.testkube.ControlPlane;
import dev.rekey.testkube.TestNamespace;
import dev.rekey.testkube.Testkube;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whole rotations at issuers that are entered by a token, by a login, or with the key in use. */
@Testkube
class IssuerDoorsIT {
  private static final String BEARER = "auth: {bearer: {secretRef: {name: %s-admin, key: token}}}";

  private final Stage stage;

  IssuerDoorsIT(ControlPlane controlPlane, TestNamespace space) {
    stage = new Stage(controlPlane, space);
  }

  @AfterEach
  void stop() throws Exception {
    stage.close();
  }

  @Test
  void keyIsRotatedThroughEveryDoorAndNoRequestFails() {
    var token = stage.scene("by-token");
    var login = stage.scene("by-login");
    var itself = stage.scene("by-key");
    itself.service.letKeysIn();
    var scenes = List.of(token, login, itself);
    var old = scenes.stream().map(this::keyInUse).toList();
    entered(
        token,
        "auth: {oauth2: {tokenUrl: \""
            + token.service.url()
            + "/oauth/token\", clientId: rekey, secretRef: {name: by-token-admin, key: token}}}");
    entered(
        login,
        "auth: {login: {post: /session, secretRef: {name: by-login-admin}, body: {password:"
            + " \"${credential.token}\"}, sendAs: {cookie: {name: sid}}}}");
    entered(itself, "auth: {key: {bearer: {value: \"${key.value}\"}}}");
    // there is no credential to fall back on
    itself.service.revokeAdminTokens(Stage.TEAM);
    stage.startOperator();

    for (int i = 0; i < scenes.size(); i++) {
      scenes.get(i).rotation(old.get(i));
    }
    scenes.forEach(it -> it.awaitRotations(1));

    for (int i = 0; i < scenes.size(); i++) {
      var scene = scenes.get(i);
      assertThat(scene.traffic.failedRequests()).as(scene.name).isEmpty();
      assertThat(scene.service.liveKeys())
          .as(scene.name)
          .extracting(ServiceKey::id)
          .contains(scene.othersKey.key().id())
          .doesNotContain(old.get(i).key().id())
          .hasSize(2);
      assertThat(scene.service.log(What.MINTED)).as(scene.name).hasSize(1);
      assertThat(scene.service.log(What.ADMIN_REFUSED)).as(scene.name).isEmpty();
    }
    assertThat(token.service.log(What.SESSION_OPENED)).hasSize(1);
    assertThat(login.service.log(What.SESSION_OPENED)).hasSize(1);
  }

  @Test
  void changedCredentialIsPickedUpWithoutARestart() {
    var scene = stage.scene("till");
    var old = keyInUse(scene);
    entered(
        scene,
        "auth: {oauth2: {tokenUrl: \""
            + scene.service.url()
            + "/oauth/token\", clientId: rekey, secretRef: {name: till-admin, key: token}}}");
    stage.startOperator();
    scene.rotation(old);
    scene.awaitRotations(1);

    scene.service.revokeAdminTokens(Stage.TEAM);
    scene.service.endSessions();
    scene.askForRotation("once-more");
    scene.awaitReady("False", "CredentialRefused");
    stage.credential("till", scene.service.adminToken(Stage.TEAM));

    scene.awaitRotations(2);
    assertThat(scene.service.liveKeys()).hasSize(2);
    assertThat(scene.traffic.failedRequests()).isEmpty();
  }

  @Test
  void issuerWithoutAUsableKeySaysSoAndIsNotAsked() {
    var scene = stage.scene("till");
    scene.service.letKeysIn();
    entered(scene, "auth: {key: {bearer: {value: \"${key.value}\"}}}");
    stage.startOperator();

    scene.rotation("schedule: {interval: 90d}");

    var condition = scene.awaitReady("False", "NoUsableKey");
    assertThat(condition.getMessage()).contains("spec.adopt");
    await()
        .atMost(Stage.PATIENCE)
        .untilAsserted(() ->
            assertThat(scene.service.log()).extracting(it -> it.what()).containsOnly(What.SEEDED));
  }

  private NewKey keyInUse(Scene scene) {
    return scene.keyInUse(Duration.ofDays(100), Map.of());
  }

  private void entered(Scene scene, String auth) {
    stage.credential(scene.name, scene.service.adminToken(Stage.TEAM));
    stage.apply(
        stage
            .issuerYaml(scene.name, scene.service.url())
            .replace(BEARER.formatted(scene.name), auth));
  }
}
