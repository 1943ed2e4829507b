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

/** Workloads and their pods, always read from and written to the API server itself. */
public interface Workloads {

  /** Every Deployment of the namespace. */
  List<Deployment> deployments(String namespace);

  /** Every StatefulSet of the namespace. */
  List<StatefulSet> statefulSets(String namespace);

  /** Every DaemonSet of the namespace. */
  List<DaemonSet> daemonSets(String namespace);

  /** Every CronJob of the namespace. */
  List<CronJob> cronJobs(String namespace);

  /** Every ReplicaSet of the namespace: what ties a pod to its Deployment. */
  List<ReplicaSet> replicaSets(String namespace);

  /** A ReplicaSet, by its name. */
  Optional<ReplicaSet> replicaSet(String namespace, String name);

  /** A workload of a kind that Rekey stamps, by its name. */
  Optional<HasMetadata> workload(WorkloadKind kind, String namespace, String name);

  /** Every pod of the namespace, terminating ones as well, read page by page. */
  List<Pod> pods(String namespace);

  /** A node, by its name. */
  Optional<Node> node(String name);

  /**
   * Puts annotations on the pod template of a workload, in one write, if nobody has written the
   * workload since it was seen.
   *
   * @return the workload as it is since then
   * @throws ClusterException.Conflict when somebody has
   */
  HasMetadata annotateTemplate(
      String namespace, WorkloadRef workload, Map<String, String> annotations);

  /**
   * Deletes a pod, if it is still the one of this UID. It gets the time to end that it asks for.
   *
   * @throws ClusterException.Conflict when another one has its name by now
   */
  void deletePod(String namespace, String name, String uid);
}
