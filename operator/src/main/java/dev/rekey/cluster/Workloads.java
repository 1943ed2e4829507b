package dev.rekey.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.util.List;

/** Workloads and their pods, always read from and written to the API server itself. */
public interface Workloads {

  /** Every Deployment of the namespace. */
  List<Deployment> deployments(String namespace);

  /** Every ReplicaSet of the namespace: what ties a pod to its Deployment. */
  List<ReplicaSet> replicaSets(String namespace);

  /** Every pod of the namespace, terminating ones as well, read page by page. */
  List<Pod> pods(String namespace);

  /**
   * Puts an annotation on the pod template of a Deployment, if nobody has written the Deployment
   * since {@code resourceVersion}.
   *
   * @throws ClusterException.Conflict when somebody has
   */
  void annotateTemplate(
      String namespace, String name, String resourceVersion, String annotation, String value);
}
