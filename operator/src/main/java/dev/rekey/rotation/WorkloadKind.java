package dev.rekey.rotation;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** The kinds of workloads that Rekey restarts; the names are those of Kubernetes, and of Argo. */
public enum WorkloadKind {
  Deployment,
  StatefulSet,
  DaemonSet,
  CronJob,
  Rollout;

  /** Those that are restarted by a stamp. */
  public static final Set<WorkloadKind> STAMPED =
      Collections.unmodifiableSet(EnumSet.range(Deployment, CronJob));

  /**
   * Whether it is restarted by a stamp on its pod template. A Rollout is told a time instead, and
   * none of its pods is to be older: a new template would take it through all its steps.
   */
  public boolean stamped() {
    return STAMPED.contains(this);
  }
}
