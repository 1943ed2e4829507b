package dev.rekey.cluster.fabric8;

import dev.rekey.cluster.ClusterException;
import dev.rekey.cluster.Volumes;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** PersistentVolumes by the fabric8 client. */
public final class Fabric8Volumes implements Volumes {
  private static final Logger log = LoggerFactory.getLogger(Fabric8Volumes.class);
  private static final long PAGE = 500;

  private final KubernetesClient client;
  private final AtomicBoolean said = new AtomicBoolean();

  /** Over {@code client}, which the caller closes. */
  public Fabric8Volumes(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public Optional<List<PersistentVolume>> volumes() {
    try {
      return Optional.of(Pages.of("the PersistentVolumes", PAGE, client.persistentVolumes()));
    } catch (ClusterException.Refused notAllowed) {
      if (said.compareAndSet(false, true)) {
        log.warn(
            "{}: pods whose PersistentVolume refers to a Secret are not waited for. Let Rekey list"
                + " persistentvolumes to have them named. This is said once.",
            notAllowed.getMessage());
      }
      return Optional.empty();
    }
  }
}
