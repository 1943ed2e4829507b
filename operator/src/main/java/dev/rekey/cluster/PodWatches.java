package dev.rekey.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.Optional;

/** The pods of single namespaces, watched for as long as something moves there. */
public interface PodWatches {

  /**
   * The pods of a namespace, all of them from the first call on; the watch is shared. Empty: they
   * cannot be watched at the moment, and whoever wants to know lists them.
   */
  Optional<Watched<Pod>> of(String namespace);

  /** Ends the watch of a namespace, if there is one. */
  void end(String namespace);
}
