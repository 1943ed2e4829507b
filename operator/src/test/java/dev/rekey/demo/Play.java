package dev.rekey.demo;

import dev.rekey.api.v1alpha1.ApiKeyRotation;
import dev.rekey.api.v1alpha1.Rollout;
import dev.rekey.keyservice.NewKey;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.Reason;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** What happens, from top to bottom: three applications, and then three rotations, one by one. */
final class Play {

  /** After this the curtain falls, whatever has happened. */
  private static final Duration LONGEST = Duration.ofSeconds(45);

  private static final String EXAMPLES = "examples/demo/";
  private static final int PODS = 6;

  private final Story story;
  private final Stage stage;
  private final OperatorTale operator;
  private final Manifests manifests;
  private final Instant latest;
  private final List<String> unfinished = new ArrayList<>();

  Play(Path root, Story story, Stage stage, OperatorTale operator) {
    this.story = story;
    this.stage = stage;
    this.operator = operator;
    this.latest = story.began().plus(LONGEST);
    this.manifests = new Manifests(stage.cluster().client(), root, placeholders(stage));
  }

  private static Map<String, String> placeholders(Stage stage) {
    Map<String, String> values = new HashMap<>();
    for (NewKey key : stage.ours()) {
      values.put("the-value-of-key-" + key.key().id(), key.plainText());
    }
    values.put("the-account's-own-token", stage.service().adminToken(Stage.TEAM));
    values.put("https://keys.example.com", stage.service().url().toString());
    return values;
  }

  /** Plays it. */
  void perform(boolean revokeFirst) throws InterruptedException {
    story.say(Prologue.text(stage, rollout(), revokeFirst));
    manifests.applyFolder("crds");
    apply("1-namespace.yaml", "where team payments works");
    apply("2-applications.yaml", "three applications with two pods each, all of them calling");
    await("all pods call the service", () -> stage.traffic().keyHintsByPod().size() == PODS);
    stage.operator().start();
    story.tell("operator", "Rekey runs", "nobody has to touch a key by hand from here");
    apply("3-issuer.yaml", "how keys are made and deleted at the service");

    apply("4-postman-otp.yaml", "key 41 is 100 days old, and 90 is the limit");
    await("postman-otp", Reason.Completed);

    apply("5-postman-alerts.yaml", "key 42 is 20 days old, so nothing is due");
    await("postman-alerts", Reason.Adopting);
    ask("postman-alerts");
    await("postman-alerts", Reason.Completed);

    apply("6-postman-billing.yaml", "key 43 would stop working in 20 days");
    await("postman-billing", Reason.Completed);

    await("enough requests are sent", () -> stage.traffic().total() >= Verdict.FEWEST_REQUESTS);
  }

  /** What has not happened in time. */
  List<String> unfinished() {
    return List.copyOf(unfinished);
  }

  private Rollout rollout() {
    return manifests.read(EXAMPLES + "4-postman-otp.yaml").stream()
        .filter(ApiKeyRotation.class::isInstance)
        .map(it -> ((ApiKeyRotation) it).getSpec().rollout())
        .findFirst()
        .orElseThrow();
  }

  private void apply(String file, String why) {
    story.tell("you", "kubectl apply -f " + EXAMPLES + file, why);
    manifests.apply(EXAMPLES + file);
  }

  private void ask(String rotation) {
    String token = "because-i-can";
    story.tell(
        "you",
        "kubectl annotate akr " + rotation + " " + Names.ROTATE + "=" + token,
        "a new key, please");
    stage
        .cluster()
        .client()
        .resources(ApiKeyRotation.class)
        .inNamespace(Stage.NAMESPACE)
        .withName(rotation)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"metadata\": {\"annotations\": {\"%s\": \"%s\"}}}".formatted(Names.ROTATE, token));
  }

  private void await(String rotation, Reason reason) throws InterruptedException {
    if (!operator.await(rotation, reason, latest)) {
      unfinished.add(rotation + " did not get as far as " + reason);
    }
  }

  private void await(String what, BooleanSupplier happened) throws InterruptedException {
    while (!happened.getAsBoolean()) {
      if (Instant.now().isAfter(latest)) {
        unfinished.add("it did not happen that " + what);
        return;
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }
}
