package dev.rekey.rotation;

/** How a pod, or a template, refers to the target Secret: the most lasting way counts. */
public enum Reading {
  /** Only its kubelet does, to pull images: no container ever sees the value. */
  PULLED,
  /** Mounted as files that the kubelet renews while the pod runs. */
  MOUNTED,
  /** Taken once when a container or a volume starts: variables, subPath, volume plugins. */
  TAKEN
}
