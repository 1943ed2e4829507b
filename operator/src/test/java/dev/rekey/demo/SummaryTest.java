package dev.rekey.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.keyservice.NewKey;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the last line says is counted, each time anew. */
class SummaryTest {

  private final Story story =
      Story.to(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
  private final Stage stage = Stage.set(story, false);

  @BeforeEach
  void putKeysIntoSecrets() {
    for (int i = 0; i < Stage.SECRETS.size(); i++) {
      put(Stage.SECRETS.get(i), stage.ours().get(i));
    }
  }

  @AfterEach
  void stop() {
    stage.close();
    story.close();
  }

  @Test
  void keysAreCountedAtTheService() {
    assertThat(verdict().rotated()).isZero();
    assertThat(verdict().leftOver()).isZero();

    NewKey fresh = stage.service().seed(Stage.TEAM, "new", List.of(), Instant.now());
    assertThat(verdict().rotated()).isZero();
    assertThat(verdict().leftOver()).isEqualTo(1);

    put("postman-otp", fresh);
    assertThat(verdict().rotated()).isEqualTo(1);
    assertThat(verdict().leftOver()).isEqualTo(1);

    stage.service().revoke(stage.ours().getFirst().key().id());
    assertThat(verdict().rotated()).isEqualTo(1);
    assertThat(verdict().leftOver()).isZero();

    stage.service().revoke(fresh.key().id());
    assertThat(verdict().rotated()).isZero();
    assertThat(verdict().leftOver()).isZero();
  }

  @Test
  void deadKeysOfOthersAreNamed() {
    assertThat(verdict().othersDead()).isEmpty();

    stage.service().revoke(stage.others().getLast().key().id());

    assertThat(verdict().othersDead()).singleElement().asString().startsWith("key 46 ");
  }

  private Verdict verdict() {
    return Summary.of(stage).verdict(Optional.empty());
  }

  private void put(String secret, NewKey key) {
    stage
        .cluster()
        .client()
        .secrets()
        .inNamespace(Stage.NAMESPACE)
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName(secret)
                .endMetadata()
                .addToStringData("API_KEY", key.plainText())
                .build())
        .createOr(it -> it.update());
  }
}
