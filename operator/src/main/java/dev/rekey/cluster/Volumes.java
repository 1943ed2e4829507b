package dev.rekey.cluster;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import java.util.List;
import java.util.Optional;

/** PersistentVolumes, always read from the API server itself. */
public interface Volumes {

  /**
   * Every PersistentVolume of the cluster, read page by page; empty where Rekey may not look, which
   * is then said.
   */
  Optional<List<PersistentVolume>> volumes();
}
