package dev.rekey.consumers;

import dev.rekey.rotation.Mask;
import dev.rekey.rotation.Readiness;
import dev.rekey.rotation.SecretText;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether a pod is ready and, where it is not, what its scheduler, its kubelet and its containers
 * say. What they say in their own words is shown through a mask: an application's last words may be
 * its key.
 */
final class PodReadiness {
  /** What every container waits for when it starts. */
  private static final Set<String> STARTING = Set.of("ContainerCreating", "PodInitializing");

  /** Its words are the pod's name and UID; why the container ended is what matters. */
  private static final String CRASH_LOOP = "CrashLoopBackOff";

  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9]{1,60}");

  private final Mask mask;

  private PodReadiness(Mask mask) {
    this.mask = mask;
  }

  static Readiness of(@Nullable PodStatus status, Mask mask) {
    if (status == null) {
      return new Readiness.NotReady("its kubelet has not said anything of it");
    }
    return ready(status)
        .<Readiness>map(it ->
            new Readiness.Ready(
                Optional.ofNullable(it.getLastTransitionTime()).map(Instant::parse)))
        .orElseGet(() -> new Readiness.NotReady(new PodReadiness(mask).why(status)));
  }

  static boolean isReady(@Nullable PodStatus status) {
    return status != null && ready(status).isPresent();
  }

  private static Optional<PodCondition> ready(PodStatus status) {
    return condition(status, "Ready").filter(it -> "True".equals(it.getStatus()));
  }

  private String why(PodStatus status) {
    return unscheduled(status)
        .or(() -> first(status, PodReadiness::isInTrouble))
        .or(() -> first(status, PodReadiness::isRunning))
        .or(() -> starting(status))
        .orElseGet(() -> unexplained(status));
  }

  private Optional<String> unscheduled(PodStatus status) {
    return condition(status, "PodScheduled")
        .filter(it -> "False".equals(it.getStatus()))
        .map(it ->
            "it is not scheduled" + inBrackets(it.getReason()) + inTheirWords(it.getMessage()));
  }

  private Optional<String> first(PodStatus status, Predicate<ContainerStatus> which) {
    return Stream.concat(
            // an init container that is done is not ready, and nobody minds
            status.getInitContainerStatuses().stream().filter(it -> !hasDoneItsWork(it)),
            status.getContainerStatuses().stream())
        .filter(it -> !Boolean.TRUE.equals(it.getReady()))
        .filter(which)
        .findFirst()
        .map(this::told);
  }

  private static Optional<String> starting(PodStatus status) {
    return "Pending".equals(status.getPhase())
        ? Optional.of("its containers are not started yet")
        : Optional.empty();
  }

  private static String unexplained(PodStatus status) {
    return "its kubelet says so"
        + inBrackets(condition(status, "Ready").map(PodCondition::getReason).orElse(null));
  }

  private String told(ContainerStatus container) {
    var ended = ended(container);
    return "container "
        + container.getName()
        + waiting(container)
            .map(it ->
                " waits"
                    + inBrackets(it.getReason())
                    + (CRASH_LOOP.equals(it.getReason()) ? "" : inTheirWords(it.getMessage()))
                    + ended.map(last -> ", and last" + told(last)).orElse(""))
            .orElseGet(() ->
                isRunning(container)
                    ? " runs and is not found ready"
                        + ended.map(last -> ", and before that" + told(last)).orElse("")
                    : ended.map(this::told).orElse(" is not there yet"));
  }

  private String told(ContainerStateTerminated end) {
    return " ended with exit code "
        + end.getExitCode()
        + inBrackets(end.getReason())
        + inTheirWords(end.getMessage());
  }

  private String inTheirWords(@Nullable String words) {
    return Optional.ofNullable(words)
        .map(SecretText::of)
        .flatMap(mask::over)
        .map(it -> ": " + it)
        .orElse("");
  }

  /** Only what is one word: whatever else somebody has put there is not shown. */
  private static String inBrackets(@Nullable String reason) {
    return reason != null && WORD.matcher(reason).matches() ? " (" + reason + ")" : "";
  }

  private static boolean isInTrouble(ContainerStatus container) {
    return ended(container).isPresent()
        || waiting(container)
            .map(ContainerStateWaiting::getReason)
            .filter(it -> !STARTING.contains(it))
            .isPresent();
  }

  private static boolean isRunning(ContainerStatus container) {
    return container.getState() != null && container.getState().getRunning() != null;
  }

  private static boolean hasDoneItsWork(ContainerStatus container) {
    var state = container.getState();
    return state != null
        && state.getTerminated() != null
        && Integer.valueOf(0).equals(state.getTerminated().getExitCode());
  }

  private static Optional<ContainerStateWaiting> waiting(ContainerStatus container) {
    return Optional.ofNullable(container.getState()).map(ContainerState::getWaiting);
  }

  /** How it ended last, if it ever did. */
  private static Optional<ContainerStateTerminated> ended(ContainerStatus container) {
    return Optional.ofNullable(container.getState())
        .map(ContainerState::getTerminated)
        .or(() -> Optional.ofNullable(container.getLastState()).map(ContainerState::getTerminated));
  }

  private static Optional<PodCondition> condition(PodStatus status, String type) {
    return status.getConditions().stream().filter(it -> type.equals(it.getType())).findFirst();
  }
}
