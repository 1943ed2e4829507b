package dev.rekey.node;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a pod behaves, told by annotations on it (so usually on a workload's pod template). Durations
 * are written {@code 20s}, {@code 500ms} or {@code 1m}.
 */
public final class PodSwitches {

  /** The container starts only after this long. */
  public static final String START_DELAY = "node.test/start-delay";

  /** The pod is ready only this long after its container started. */
  public static final String READY_DELAY = "node.test/ready-delay";

  /** {@code "true"}: the pod runs and never gets ready. */
  public static final String NEVER_READY = "node.test/never-ready";

  /** The container exits with an error this long after each start. */
  public static final String CRASH = "node.test/crash";

  /** The container ends well this long after its start, as one of a Job does. */
  public static final String COMPLETE = "node.test/complete";

  /**
   * How long the container works on after the pod was deleted, at most the pod's grace period. Read
   * when the pod is deleted, so it may be set on a running pod. Without it, what the container
   * itself says in {@code lifecycle.preStop.sleep} counts.
   */
  public static final String TERMINATION_DELAY = "node.test/termination-delay";

  /**
   * How often the kubelet reads the mounted Secrets of the running pod again, as one does about
   * once a minute. Without it, the files stay as they were at the start.
   */
  public static final String FILE_REFRESH = "node.test/file-refresh";

  private static final Pattern DURATION = Pattern.compile("(\\d+)(ms|s|m)");

  private final Map<String, String> annotations;
  private final Duration preStop;

  private PodSwitches(Map<String, String> annotations, Duration preStop) {
    this.annotations = annotations;
    this.preStop = preStop;
  }

  static PodSwitches of(Pod pod) {
    Map<String, String> annotations = pod.getMetadata().getAnnotations();
    return new PodSwitches(annotations == null ? Map.of() : annotations, preStop(pod));
  }

  private static Duration preStop(Pod pod) {
    return pod.getSpec().getContainers().stream()
        .map(Container::getLifecycle)
        .filter(it -> it != null && it.getPreStop() != null && it.getPreStop().getSleep() != null)
        .map(it -> Duration.ofSeconds(it.getPreStop().getSleep().getSeconds()))
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }

  Duration startDelay() {
    return duration(START_DELAY).orElse(Duration.ZERO);
  }

  Duration readyDelay() {
    return duration(READY_DELAY).orElse(Duration.ZERO);
  }

  boolean neverReady() {
    return Boolean.parseBoolean(annotations.get(NEVER_READY));
  }

  Optional<Duration> crash() {
    return duration(CRASH);
  }

  Optional<Duration> complete() {
    return duration(COMPLETE);
  }

  Optional<Duration> fileRefresh() {
    return duration(FILE_REFRESH);
  }

  Duration terminationDelay() {
    return duration(TERMINATION_DELAY).orElse(preStop);
  }

  private Optional<Duration> duration(String name) {
    String text = annotations.get(name);
    if (text == null) {
      return Optional.empty();
    }
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(name + ": not a duration: " + text);
    }
    long amount = Long.parseLong(matcher.group(1));
    return Optional.of(
        switch (matcher.group(2)) {
          case "ms" -> Duration.ofMillis(amount);
          case "s" -> Duration.ofSeconds(amount);
          default -> Duration.ofMinutes(amount);
        });
  }
}
