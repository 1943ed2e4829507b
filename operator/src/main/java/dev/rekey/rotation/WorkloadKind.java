package dev.rekey.rotation;

/** The kinds of workloads whose pod template Rekey stamps; the names are those of Kubernetes. */
public enum WorkloadKind {
  Deployment,
  StatefulSet,
  DaemonSet,
  CronJob
}
