package dev.rekey.simulated;

import dev.rekey.api.v1alpha1.ApiKeyRotation;
import dev.rekey.api.v1alpha1.ApiKeyRotationStatus;
import dev.rekey.cluster.Events;
import dev.rekey.cluster.Fence;
import dev.rekey.cluster.Resources;
import dev.rekey.cluster.Secrets;
import dev.rekey.cluster.Workloads;
import dev.rekey.issuer.FencedIssuer;
import dev.rekey.plan.Plan;
import dev.rekey.plan.Rule.Answer;
import dev.rekey.plan.Rules;
import dev.rekey.rotation.Consumers.WorkloadRef;
import dev.rekey.rotation.Names;
import dev.rekey.rotation.Reason;
import dev.rekey.rotation.WorkloadKind;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One process of the operator in a life, with caches of its own. */
final class Replica {
  final String name;
  final Eyes eyes = new Eyes();
  final Lag ledgerLag;
  final Lag secretLag;
  final Lag resourceLag;
  final Lag issuerLag;
  final Lag podLag;
  final LaggingPods pods;
  final LaggingResources resources;
  final Map<String, Instant> next = new HashMap<>();
  private final Life life;
  private final SimulatedOperator operator;
  private boolean busy;
  private String step = "";
  private String about = "";
  private boolean suspended;
  private boolean deleting;
  private Optional<String> leaked = Optional.empty();

  Replica(String name, Life life, Sabotage sabotage) {
    this.name = name;
    this.life = life;
    ledgerLag = lag();
    secretLag = lag();
    resourceLag = lag();
    issuerLag = lag();
    podLag = lag();
    var shown = sabotage.workloads().apply(life.workloads);
    pods = new LaggingPods(life.clock, podLag, () -> shown.pods(SimulatedSecrets.TEAM));
    resources = new LaggingResources(life.resources, resourceLag);
    operator =
        new SimulatedOperator(
            new SimulatedOperator.Wiring(
                life.clock,
                new LiveSecrets(),
                new LaggingSecrets(life.secrets, Names.LEDGER_LABEL, ledgerLag),
                new LaggingSecrets(life.secrets, Names.TARGET_LABEL, secretLag),
                NoInboxes.ANY,
                NoInboxes.ANY,
                new LiveResources(),
                new Told(),
                new LiveWorkloads(),
                pods,
                life.issuers.seenThrough(
                    issuerLag,
                    it ->
                        new FencedIssuer(
                            new Requests(it, life.effects),
                            new Fence(sabotage.leads().apply(() -> life.mayWork(this))))),
                it -> life.told(this, it),
                () -> life.mayWork(this),
                this::watching,
                it -> life.seed % 3 == 0 ? new CrowdedTurns(it, life) : it,
                life.secrets.reader(),
                life.dice.seed()),
            sabotage);
  }

  private Lag lag() {
    return new Lag(life.clock, life.dice.oneIn(3) ? Duration.ZERO : life.dice.millis(5, 400));
  }

  /** The watches of its caches. */
  Lag lag(Faults.Kind kind) {
    return switch (kind) {
      case CACHE_LAGS_LEDGER -> ledgerLag;
      case CACHE_LAGS_SECRET -> secretLag;
      case CACHE_LAGS_RESOURCE -> resourceLag;
      case CACHE_LAGS_PODS -> podLag;
      default -> issuerLag;
    };
  }

  /** It looks at a resource as its cache has it. */
  Duration pass(ApiKeyRotation resource) {
    busy = true;
    step = "";
    about = resource.getMetadata().getName();
    heard(resource);
    eyes.passBegins(life.clock.instant());
    try {
      return operator.pass(resource);
    } finally {
      busy = false;
    }
  }

  /** Whether it is in the middle of a pass. */
  boolean isBusy() {
    return busy;
  }

  /** The resource of the pass as this process has it now. */
  private void heard(ApiKeyRotation resource) {
    if (resource.getMetadata().getName().equals(about)) {
      deleting = resource.getMetadata().getDeletionTimestamp() != null;
      leaked =
          Optional.ofNullable(resource.getMetadata().getAnnotations())
              .flatMap(it -> Optional.ofNullable(it.get(Names.LEAKED)));
      suspended =
          Boolean.TRUE.equals(resource.getSpec().suspend())
              && resource.getMetadata().getDeletionTimestamp() == null;
    }
  }

  /** Whether the resource of the pass is to be left alone, as this process knows it. */
  boolean isSuspended() {
    return suspended;
  }

  /** Whether the resource of the pass is being deleted, as this process knows it. */
  boolean isDeleting() {
    return deleting;
  }

  /** Which key has leaked, as the resource of the pass says and this process knows it. */
  Optional<String> leaked() {
    return leaked;
  }

  /** The kind of the step that it is at; empty: none. */
  String step() {
    return step;
  }

  private List<Rules.Named> watching(List<Rules.Named> rules) {
    return rules.stream()
        .map(it ->
            new Rules.Named(
                it.name(),
                seen -> {
                  if (it == rules.getFirst()) {
                    eyes.looks(seen.live());
                    life.oracle.observed(this, seen);
                  }
                  var answer = it.rule().apply(seen);
                  if (!isSilent(answer)) {
                    life.coverage.rule(it.name());
                  }
                  if (answer instanceof Answer.Decides(Plan.Act(var next, var _, var _))) {
                    step = next.getClass().getSimpleName();
                  } else if (answer instanceof Answer.Decides) {
                    step = "";
                  }
                  return answer;
                }))
        .toList();
  }

  private static boolean isSilent(Answer answer) {
    return answer instanceof Answer.Passes
        || (answer instanceof Answer.Several(var all) && all.stream().allMatch(Replica::isSilent));
  }

  /** Secrets on the API server, as this process reads and writes them. */
  private final class LiveSecrets implements Secrets {
    @Override
    public Optional<Secret> get(String namespace, String name) {
      life.reading(Replica.this, "Secret " + name);
      var found = life.secrets.get(namespace, name);
      if (namespace.equals(SimulatedSecrets.OPERATOR)) {
        eyes.ledgerRead(
            found.map(it -> it.getMetadata().getResourceVersion()).orElse(""),
            life.secrets.changes().size());
      } else {
        eyes.secretRead(life.secrets.changes().size());
      }
      return found;
    }

    @Override
    public List<Secret> list(String namespace, String label) {
      life.reading(Replica.this, "the Secrets of " + namespace);
      return life.secrets.list(namespace, label);
    }

    @Override
    public Secret create(Secret secret) {
      return noted(life.secrets.create(secret));
    }

    @Override
    public Secret replace(Secret secret) {
      if (secret.getMetadata().getResourceVersion() == null) {
        life.broken("7: a Secret is written without comparing what is replaced");
      }
      return noted(life.secrets.replace(secret));
    }

    private Secret noted(Secret written) {
      if (written.getMetadata().getNamespace().equals(SimulatedSecrets.OPERATOR)) {
        eyes.ledgerWritten(written.getMetadata().getResourceVersion());
      }
      return written;
    }
  }

  /** Events, as people read them. */
  private final class Told implements Events {
    @Override
    public void tell(ApiKeyRotation about, Reason reason, String message, boolean warning) {
      life.told(Replica.this, "Event " + reason + ": " + message);
    }

    @Override
    public void tellWorkload(
        String namespace, WorkloadRef workload, Reason reason, String message) {
      life.told(Replica.this, "Event of " + workload.display() + ", " + reason + ": " + message);
    }

    @Override
    public void tellOperator(HasMetadata about, Reason reason, String message) {
      life.told(Replica.this, "Event for those who run Rekey, " + reason + ": " + message);
    }
  }

  /** Resources on the API server, as this process reads and writes them. */
  private final class LiveResources implements Resources {
    @Override
    public Optional<ApiKeyRotation> get(String namespace, String name) {
      life.reading(Replica.this, "ApiKeyRotation " + name);
      var found = life.resources.get(namespace, name);
      found.ifPresent(Replica.this::heard);
      return found;
    }

    @Override
    public void writeStatus(ApiKeyRotation resource, ApiKeyRotationStatus status) {
      life.resources.writeStatus(resource, status);
    }

    @Override
    public ApiKeyRotation guard(ApiKeyRotation resource, boolean guarded) {
      var stored = life.resources.guard(resource, guarded);
      heard(stored);
      return stored;
    }

    @Override
    public Optional<String> namespaceUid(String name) {
      return life.resources.namespaceUid(name);
    }
  }

  /** Workloads on the API server, as this process reads and writes them. */
  private final class LiveWorkloads implements Workloads {
    @Override
    public List<Deployment> deployments(String namespace) {
      life.reading(Replica.this, "the list of Deployments");
      return life.workloads.deployments(namespace);
    }

    @Override
    public List<StatefulSet> statefulSets(String namespace) {
      return life.workloads.statefulSets(namespace);
    }

    @Override
    public List<DaemonSet> daemonSets(String namespace) {
      return life.workloads.daemonSets(namespace);
    }

    @Override
    public List<CronJob> cronJobs(String namespace) {
      return life.workloads.cronJobs(namespace);
    }

    @Override
    public List<ReplicaSet> replicaSets(String namespace) {
      return life.workloads.replicaSets(namespace);
    }

    @Override
    public List<Pod> pods(String namespace) {
      life.reading(Replica.this, "the list of pods");
      return life.workloads.pods(namespace);
    }

    @Override
    public Optional<ReplicaSet> replicaSet(String namespace, String name) {
      life.reading(Replica.this, "ReplicaSet " + name);
      return life.workloads.replicaSet(namespace, name);
    }

    @Override
    public Optional<HasMetadata> workload(WorkloadKind kind, String namespace, String name) {
      life.reading(Replica.this, kind + " " + name);
      return life.workloads.workload(kind, namespace, name);
    }

    @Override
    public Optional<Node> node(String name) {
      return life.workloads.node(name);
    }

    @Override
    public HasMetadata annotateTemplate(
        String namespace, WorkloadRef workload, Map<String, String> annotations) {
      return life.workloads.annotateTemplate(namespace, workload, annotations);
    }

    @Override
    public void deletePod(String namespace, String name, String uid) {
      life.workloads.deletePod(namespace, name, uid);
    }
  }
}
