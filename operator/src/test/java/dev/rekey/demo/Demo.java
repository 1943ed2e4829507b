package dev.rekey.demo;

import dev.rekey.api.v1alpha1.ApiKeyRotation;
import dev.rekey.keyservice.NewKey;
import dev.rekey.keyservice.ServiceKey;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.Reason;
import io.fabric8.kubernetes.api.model.Secret;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The demo. */
public final class Demo {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int PODS = 6;

  private final Options options;
  private final Story story;
  private final Stage stage;
  private final Manifests manifests;
  private final List<String> unfinished = new ArrayList<>();

  private Demo(Options options, Story story, Stage stage) {
    this.options = options;
    this.story = story;
    this.stage = stage;
    Map<String, String> placeholders = new HashMap<>();
    for (NewKey key : stage.ours()) {
      placeholders.put("the-value-of-key-" + key.key().id(), key.plainText());
    }
    placeholders.put("the-account's-own-token", stage.service().adminToken("payments"));
    placeholders.put("https://keys.example.com", stage.service().url().toString());
    this.manifests = new Manifests(stage.cluster().client(), options.root(), placeholders);
  }

  /** Runs the demo. */
  public static void main(String[] arguments) throws Exception {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    System.setProperty("logback.configurationFile", "logback-demo.xml");
    System.exit(run(Options.from(System.getProperties()), out));
  }

  static int run(Options options, PrintStream out) throws InterruptedException {
    try (Story story = Story.to(out);
        Stage stage = Stage.set(story, options.revokeFirst());
        OperatorTale operator = OperatorTale.of(stage.cluster().client(), Stage.NAMESPACE, story);
        ServiceTale service = ServiceTale.of(stage.service(), story)) {
      Demo demo = new Demo(options, story, stage);
      demo.play(operator);
      Verdict verdict = demo.verdict();
      story.say(verdict.line());
      return verdict.good() ? 0 : 1;
    }
  }

  private void play(OperatorTale tale) throws InterruptedException {
    manifests.applyFolder("crds");
    manifests.apply("examples/demo/1-namespace.yaml");
    manifests.apply("examples/demo/2-applications.yaml");
    await("the applications to run", () -> stage.traffic().keyHintsByPod().size() == PODS);
    stage.operator().start();
    story.tell("operator", "started", "");
    manifests.apply("examples/demo/3-issuer.yaml");
    rotate(tale, "examples/demo/4-postman-otp.yaml", "postman-otp", () -> {});
    rotate(
        tale, "examples/demo/5-postman-alerts.yaml", "postman-alerts", () -> ask("postman-alerts"));
    rotate(tale, "examples/demo/6-postman-billing.yaml", "postman-billing", () -> {});
  }

  private void rotate(OperatorTale tale, String file, String name, Runnable once)
      throws InterruptedException {
    story.tell("you", "kubectl apply -f " + file, "");
    manifests.apply(file);
    if (!tale.await(name, Reason.Adopting, PATIENCE)) {
      unfinished.add(name + " was not taken over");
      return;
    }
    once.run();
    if (!tale.await(name, Reason.Completed, PATIENCE)) {
      unfinished.add(name + " was not rotated");
    }
  }

  private void ask(String name) {
    story.tell("you", "kubectl annotate akr " + name + " rekey.dev/rotate=today", "");
    stage
        .cluster()
        .client()
        .resources(ApiKeyRotation.class)
        .inNamespace(Stage.NAMESPACE)
        .withName(name)
        .edit(rotation -> {
          Map<String, String> annotations = new HashMap<>();
          if (rotation.getMetadata().getAnnotations() != null) {
            annotations.putAll(rotation.getMetadata().getAnnotations());
          }
          annotations.put(Names.ROTATE, "today");
          rotation.getMetadata().setAnnotations(annotations);
          return rotation;
        });
  }

  private Verdict verdict() {
    Map<String, ServiceKey> live =
        stage.service().liveKeys().stream()
            .collect(Collectors.toMap(ServiceKey::lastFive, key -> key));
    Set<String> held =
        List.of("postman-otp", "postman-alerts", "postman-billing").stream()
            .map(this::hintInSecret)
            .filter(hint -> live.containsKey(hint))
            .collect(Collectors.toSet());
    Set<String> seeded =
        stage.ours().stream().map(key -> key.key().lastFive()).collect(Collectors.toSet());
    long ours = live.values().stream().filter(key -> key.team().equals("payments")).count();
    return new Verdict(
        (int) held.stream().filter(hint -> !seeded.contains(hint)).count(),
        stage.traffic().total(),
        Math.max(stage.traffic().failures(), stage.service().failedRequests()),
        (int) (ours - held.size()),
        stage.others().stream()
            .map(key -> key.key().lastFive())
            .filter(hint -> !live.containsKey(hint))
            .toList(),
        unfinished);
  }

  private String hintInSecret(String name) {
    Secret secret =
        Objects.requireNonNull(
            stage.cluster().client().secrets().inNamespace(Stage.NAMESPACE).withName(name).get());
    String value =
        new String(
            Base64.getDecoder().decode(secret.getData().get("API_KEY")), StandardCharsets.UTF_8);
    return value.substring(value.length() - 5);
  }

  private void await(String what, java.util.function.BooleanSupplier happened)
      throws InterruptedException {
    Instant end = Instant.now().plus(PATIENCE);
    while (!happened.getAsBoolean()) {
      if (Instant.now().isAfter(end)) {
        unfinished.add(what);
        return;
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }
}
