package dev.rekey.api.v1alpha1;

/** The kinds of workloads that Rekey restarts. */
public enum RestartedKind {
  Deployment,
  StatefulSet,
  DaemonSet,
  CronJob,
  Rollout
}
