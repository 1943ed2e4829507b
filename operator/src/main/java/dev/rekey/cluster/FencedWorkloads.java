package dev.rekey.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.util.List;

/** Workloads behind a fence. */
record FencedWorkloads(Workloads workloads, Fence fence) implements Workloads {

  @Override
  public List<Deployment> deployments(String namespace) {
    return workloads.deployments(namespace);
  }

  @Override
  public List<ReplicaSet> replicaSets(String namespace) {
    return workloads.replicaSets(namespace);
  }

  @Override
  public List<Pod> pods(String namespace) {
    return workloads.pods(namespace);
  }

  @Override
  public void annotateTemplate(
      String namespace, String name, String resourceVersion, String annotation, String value) {
    fence.pass("Deployment " + namespace + "/" + name);
    workloads.annotateTemplate(namespace, name, resourceVersion, annotation, value);
  }
}
