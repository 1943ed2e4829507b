package dev.rekey.cluster;

import dev.rekey.rotation.Consumers.WorkloadRef;
import dev.rekey.rotation.WorkloadKind;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Workloads behind a fence. */
record FencedWorkloads(Workloads workloads, Fence fence) implements Workloads {

  @Override
  public List<Deployment> deployments(String namespace) {
    return workloads.deployments(namespace);
  }

  @Override
  public List<StatefulSet> statefulSets(String namespace) {
    return workloads.statefulSets(namespace);
  }

  @Override
  public List<DaemonSet> daemonSets(String namespace) {
    return workloads.daemonSets(namespace);
  }

  @Override
  public List<CronJob> cronJobs(String namespace) {
    return workloads.cronJobs(namespace);
  }

  @Override
  public List<ReplicaSet> replicaSets(String namespace) {
    return workloads.replicaSets(namespace);
  }

  @Override
  public Optional<ReplicaSet> replicaSet(String namespace, String name) {
    return workloads.replicaSet(namespace, name);
  }

  @Override
  public Optional<HasMetadata> workload(WorkloadKind kind, String namespace, String name) {
    return workloads.workload(kind, namespace, name);
  }

  @Override
  public List<Pod> pods(String namespace) {
    return workloads.pods(namespace);
  }

  @Override
  public Optional<Node> node(String name) {
    return workloads.node(name);
  }

  @Override
  public HasMetadata annotateTemplate(
      String namespace, WorkloadRef workload, Map<String, String> annotations) {
    fence.pass(workload.kind() + " " + namespace + "/" + workload.name());
    return workloads.annotateTemplate(namespace, workload, annotations);
  }

  @Override
  public void deletePod(String namespace, String name, String uid) {
    fence.pass("Pod " + namespace + "/" + name);
    workloads.deletePod(namespace, name, uid);
  }
}
