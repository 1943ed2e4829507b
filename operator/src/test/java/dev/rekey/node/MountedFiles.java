package dev.rekey.node;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/** The files of a running pod's mounted Secrets, which its kubelet renews from time to time. */
final class MountedFiles {
  private final KubernetesClient client;
  private final Consumer<SecretRead> reads;
  private final Pod pod;
  private final PodView view;
  private final Optional<Duration> refresh;
  private Instant renewed = Instant.now();

  MountedFiles(KubernetesClient client, Consumer<SecretRead> reads, Pod pod, PodView view) {
    this.client = client;
    this.reads = reads;
    this.pod = pod;
    this.view = view;
    this.refresh = PodSwitches.of(pod).fileRefresh();
  }

  void renewWhenDue() {
    if (refresh.isEmpty() || Instant.now().isBefore(renewed.plus(refresh.get()))) {
      return;
    }
    renewed = Instant.now();
    try {
      view.renew(new InputResolver(client, reads, pod).renewableFiles());
    } catch (MissingInputException e) {
      // a kubelet leaves files as they are where their Secret is gone
      renewed = Instant.now();
    }
  }
}
