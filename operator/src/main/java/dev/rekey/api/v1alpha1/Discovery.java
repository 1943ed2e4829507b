package dev.rekey.api.v1alpha1;

/** How the workloads are found that are restarted. */
public enum Discovery {
  Auto,
  Listed
}
