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

/** Everything that plays a part: the key service, the cluster with its node, and the operator. */
final class Stage implements AutoCloseable {

  static final String NAMESPACE = "payments";
  private static final String OPERATOR_NAMESPACE = "rekey";

  /** As its Deployment would give it to the operator. */
  static final Map<String, String> CONFIGURATION =
      Map.of(
          "REKEY_NAMESPACE", OPERATOR_NAMESPACE,
          "REKEY_IDENTITY", "demo",
          "REKEY_HTTP_ADDRESS", "127.0.0.1",
          "REKEY_HTTP_PORT", "0",
          "REKEY_ISSUERS_ALLOW_PLAIN_HTTP", "true",
          "REKEY_ISSUERS_ALLOW_LOOPBACK", "true",
          "REKEY_VERIFY_PAUSE", "300ms",
          "REKEY_LOOK", "250ms",
          // one clock in one JVM
          "REKEY_CLOCK_DOUBT", "0s");

  private final KeyService service = KeyService.start();
  private final Traffic traffic = new Traffic();
  private final CallingPod application = CallingPod.calling(service.url(), traffic);
  private final DemoCluster cluster = DemoCluster.start();
  private final KubernetesClient operatorsClient = cluster.newClient();
  private final SimulatedNode node;
  private final DemoControllers controllers;
  private final RekeyOperator operator;
  private final List<NewKey> ours;
  private final List<NewKey> others;

  private Stage(Story story, boolean revokeFirst) {
    Instant now = Instant.now();
    this.ours =
        List.of(
            seed("payments", "otp", now.minus(Duration.ofDays(100))),
            seed("payments", "alerts", now.minus(Duration.ofDays(20))),
            seed("payments", "billing", now.minus(Duration.ofDays(160))));
    this.others =
        List.of(
            seed("tax", "reminders", now.minus(Duration.ofDays(130))),
            seed("tax", "refunds", now.minus(Duration.ofDays(170))),
            seed("housing", "viewings", now.minus(Duration.ofDays(40))));
    this.node = SimulatedNode.start(cluster.client(), "node-1", new ToldPods(application, story));
    this.controllers = DemoControllers.start(cluster.client(), node.name());
    cluster.createNamespace(OPERATOR_NAMESPACE);
    Settings settings = OperatorConfig.settings(CONFIGURATION);
    this.operator =
        new RekeyOperator(
            operatorsClient,
            OperatorConfig.from(CONFIGURATION),
            new RekeyOperator.World(
                settings,
                revokeFirst
                    ? RevokeFirst.rules(settings)
                    : Rules.inOrder(settings, Gate.standard(settings)),
                InstantSource.system(),
                new SecureRandom(),
                () -> story.tell("operator", "has lost its lease", "")));
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

  RekeyOperator operator() {
    return operator;
  }

  /** The keys that the applications have at the beginning: 41, 42 and 43. */
  List<NewKey> ours() {
    return ours;
  }

  /** The keys of other teams on the same account. */
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

  private NewKey seed(String team, String label, Instant issuedAt) {
    return service.seed(team, label, List.of(team + "-oncall@agency.example"), issuedAt);
  }
}
