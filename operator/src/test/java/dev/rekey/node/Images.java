package dev.rekey.node;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Which images the node cannot pull. */
final class Images {
  private final Set<String> missing = ConcurrentHashMap.newKeySet();

  void forget(String image) {
    missing.add(image);
  }

  void bringBack(String image) {
    missing.remove(image);
  }

  /** Has every image of a pod, or says which is missing as a kubelet does. */
  void pull(Pod pod) throws MissingInputException {
    for (Container container : pod.getSpec().getContainers()) {
      if (missing.contains(container.getImage())) {
        throw new MissingInputException(
            "ImagePullBackOff", "Back-off pulling image \"" + container.getImage() + "\"");
      }
    }
  }
}
