package dev.rekey.simulated;

import dev.rekey.rotation.WorkloadKind;
import dev.rekey.simulated.SimulatedPod.Maker;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobBuilder;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A CronJob: each of its Jobs has the template as it was when it was started, also for a pod that
 * is made once more because the first one failed.
 */
final class SimulatedCronJob {
  final String name;
  final Map<String, String> template = new HashMap<>();
  private final Map<String, Map<String, String>> jobs = new HashMap<>();
  private final Reads reads;
  private boolean suspended;
  private int started;
  private long version = 1;
  private Optional<CronJob> shown = Optional.empty();

  SimulatedCronJob(String name, Reads reads) {
    this.name = name;
    this.reads = reads;
  }

  String version() {
    return Long.toString(version);
  }

  void move() {
    version++;
    shown = Optional.empty();
  }

  /** Somebody has it start no more Jobs. */
  void suspend() {
    suspended = true;
    move();
  }

  /** It starts a Job. */
  SimulatedPod startJob(Instant now) {
    var job = name + "-" + ++started;
    jobs.put(job, Map.copyOf(template));
    return pod(job, 1, now);
  }

  /** Its newest Job makes a second pod, if there is one. */
  Optional<SimulatedPod> retry(List<SimulatedPod> pods, Instant now) {
    var job = name + "-" + started;
    return pods.stream().anyMatch(it -> it.name.equals(job + "-1"))
        ? Optional.of(pod(job, 2, now))
        : Optional.empty();
  }

  private SimulatedPod pod(String job, int number, Instant now) {
    return new SimulatedPod(
        job + "-" + number,
        jobs.getOrDefault(job, Map.of()),
        Optional.of(new Maker("Job", job)),
        reads,
        now);
  }

  CronJob asCronJob() {
    shown = Optional.of(shown.orElseGet(this::newCronJob));
    return shown.orElseThrow();
  }

  private CronJob newCronJob() {
    return new CronJobBuilder()
        .withNewMetadata()
        .withNamespace(SimulatedSecrets.TEAM)
        .withName(name)
        .withUid(WorkloadKind.CronJob + "-" + name)
        .withResourceVersion(version())
        .endMetadata()
        .withNewSpec()
        .withSuspend(suspended)
        .withNewJobTemplate()
        .withNewSpec()
        .withNewTemplate()
        .withNewMetadata()
        .withAnnotations(Map.copyOf(template))
        .endMetadata()
        .withSpec(reads.spec())
        .endTemplate()
        .endSpec()
        .endJobTemplate()
        .endSpec()
        .build();
  }
}
