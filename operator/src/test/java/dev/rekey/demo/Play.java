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
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** What happens, from top to bottom: three applications, and then three rotations, one by one. */
final class Play {

  /** After this the curtain falls, whatever has happened. */
  private static final Duration LONGEST = Duration.ofSeconds(55);

  private static final String EXAMPLES = "examples/demo/";
  private static final int PODS = 6;

  private final Story story;
  private final Stage stage;
  private final OperatorTale operator;
  private final Manifests manifests;
  private final Instant latest;

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

  private static final class OutOfTime extends Exception {
    private static final long serialVersionUID = 1L;

    private final String missing;

    OutOfTime(String missing) {
      super(missing);
      this.missing = missing;
    }
  }

  /** Plays it; what is missing when the time was over before the end. */
  Optional<String> perform(boolean revokeFirst) throws InterruptedException {
    story.say(Prologue.text(stage, rollout(), revokeFirst));
    try {
      acts();
      return Optional.empty();
    } catch (OutOfTime e) {
      return Optional.of("The time was over before " + e.missing + ".");
    }
  }

  private void acts() throws InterruptedException, OutOfTime {
    manifests.applyFolder("crds");
    apply("1-namespace.yaml", "where team payments works");
    apply("2-applications.yaml", "three applications with two pods each, all of them calling");
    await("all pods called the service", () -> stage.traffic().keyHintsByPod().size() == PODS);
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

    await("enough requests were sent", () -> stage.traffic().total() >= Verdict.FEWEST_REQUESTS);
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

  private void await(String rotation, Reason reason) throws InterruptedException, OutOfTime {
    if (!operator.await(rotation, reason, latest)) {
      throw new OutOfTime("rotation " + rotation + " got as far as " + reason);
    }
  }

  private void await(String what, BooleanSupplier happened) throws InterruptedException, OutOfTime {
    while (!happened.getAsBoolean()) {
      if (Instant.now().isAfter(latest)) {
        throw new OutOfTime(what);
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }
}
