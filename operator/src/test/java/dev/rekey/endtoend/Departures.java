package dev.rekey.endtoend;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** When each pod was gone, or had ended for good, by the API server's own word. */
record Departures(Map<String, Instant> gone) implements Watcher<Pod> {
  @Override
  public void eventReceived(Action action, Pod pod) {
    if (action == Action.DELETED || "Succeeded".equals(pod.getStatus().getPhase())) {
      gone.putIfAbsent(pod.getMetadata().getUid(), Instant.now());
    }
  }

  @Override
  public void onClose(@Nullable WatcherException cause) {}
}
