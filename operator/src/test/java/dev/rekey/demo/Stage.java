package dev.rekey.demo;

import dev.rekey.RekeyOperator;
import dev.rekey.config.OperatorConfig;
import dev.rekey.config.Settings;
import dev.rekey.keyservice.KeyService;
import dev.rekey.keyservice.NewKey;
import dev.rekey.node.CallingPod;
import dev.rekey.node.SimulatedNode;
import dev.rekey.node.Traffic;
import dev.rekey.plan.Gate;
import dev.rekey.plan.Rules;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** Everybody who plays a part: the key service, the cluster with its node, and the operator. */
final class Stage implements AutoCloseable {

  static final String NAMESPACE = "payments";
  static final String TEAM = "payments";

  /** The Secrets of {@code examples/demo}, in the order of the keys that they hold at first. */
  static final List<String> SECRETS = List.of("postman-otp", "postman-alerts", "postman-billing");

  private static final String OPERATOR_NAMESPACE = "rekey";

  /** The operator's environment, as its Deployment would give it. */
  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "REKEY_NAMESPACE", OPERATOR_NAMESPACE,
          "REKEY_IDENTITY", "demo",
          "REKEY_HTTP_ADDRESS", "127.0.0.1",
          "REKEY_HTTP_PORT", "0",
          "REKEY_ISSUERS_ALLOW_PLAIN_HTTP", "true",
          "REKEY_ISSUERS_ALLOW_LOOPBACK", "true",
          "REKEY_VERIFY_PAUSE", "300ms",
          "REKEY_LOOK", "250ms",
          // one clock in one process
          "REKEY_CLOCK_DOUBT", "0s");

  private final KeyService service = KeyService.start();
  private final Traffic traffic = new Traffic();
  private final CallingPod application = CallingPod.calling(service.url(), traffic);
  private final DemoCluster cluster = DemoCluster.start();
  private final KubernetesClient operatorsClient = cluster.newClient();
  private final SimulatedNode node;
  private final DemoControllers controllers;
  private final Settings settings = OperatorConfig.settings(ENVIRONMENT);
  private final RekeyOperator operator;
  private final List<NewKey> ours =
      List.of(seed(TEAM, "otp", 100), seed(TEAM, "alerts", 20), seed(TEAM, "billing", 160));
  private final List<NewKey> others =
      List.of(
          seed("tax", "reminders", 130),
          seed("tax", "refunds", 175),
          // looks like one that Rekey made, and was: by one in another cluster
          seed("housing", "rk-9d41aa-qwmzkxhd-3-1-pfb2t8ye", 40));

  private Stage(Story story, boolean revokeFirst) {
    this.node = SimulatedNode.start(cluster.client(), "node-1", new ToldPods(application, story));
    this.controllers = DemoControllers.start(cluster.client(), node.name());
    cluster.createNamespace(OPERATOR_NAMESPACE);
    this.operator =
        new RekeyOperator(
            operatorsClient,
            OperatorConfig.from(ENVIRONMENT),
            new RekeyOperator.World(
                settings,
                revokeFirst
                    ? RevokeFirst.rules(settings)
                    : Rules.inOrder(settings, Gate.standard(settings)),
                InstantSource.system(),
                new SecureRandom(),
                () -> story.tell("operator", "has lost its lease and must not work any more", "")));
  }

  /** Builds it up; the operator is wired and not started yet. */
  static Stage set(Story story, boolean revokeFirst) {
    return new Stage(story, revokeFirst);
  }

  KeyService service() {
    return service;
  }

  Traffic traffic() {
    return traffic;
  }

  DemoCluster cluster() {
    return cluster;
  }

  /** How patient the operator is. */
  Settings settings() {
    return settings;
  }

  RekeyOperator operator() {
    return operator;
  }

  /** The keys that people have put into {@link #SECRETS}: 41, 42 and 43. */
  List<NewKey> ours() {
    return ours;
  }

  /** The other keys of the account: none of them may be touched. */
  List<NewKey> others() {
    return others;
  }

  @Override
  public void close() {
    operator.close();
    operatorsClient.close();
    controllers.close();
    node.close();
    application.close();
    cluster.close();
    service.close();
  }

  private NewKey seed(String team, String label, int daysAgo) {
    return service.seed(
        team,
        label,
        List.of(team + "-oncall@agency.example"),
        Instant.now().minus(Duration.ofDays(daysAgo)));
  }
}
