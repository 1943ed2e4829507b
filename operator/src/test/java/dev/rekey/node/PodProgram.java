package dev.rekey.node;

/** What runs in a pod. One instance serves all pods of a node; each run is one container start. */
@FunctionalInterface
public interface PodProgram {

  /**
   * Runs, on a thread of its own, until {@link PodView#awaitStop} says so. Returning or throwing
   * earlier is what a container's exit is: it is started again, and reads its Secrets again.
   */
  void run(PodView pod) throws InterruptedException;

  /** The readiness probe, which its kubelet asks again and again while the program runs. */
  default boolean ready(PodView pod) {
    return true;
  }
}
