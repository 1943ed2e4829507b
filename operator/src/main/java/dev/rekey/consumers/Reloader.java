package dev.rekey.consumers;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether Stakater Reloader restarts a workload when a Secret that it reads changes, by the names
 * that Reloader's annotations have where nobody gives it others.
 */
final class Reloader {
  private static final String OFF = "reloader.stakater.com/auto";
  private static final String NAMED = "secret.reloader.stakater.com/reload";
  private static final String EXCLUDED = "secrets.exclude.reloader.stakater.com/reload";

  /** Each means every Secret that the workload reads. */
  private static final String[] ALL = {OFF, "secret.reloader.stakater.com/auto"};

  private Reloader() {}

  /**
   * The annotation, as people write it, by which a workload is restarted for {@code secret}, which
   * it reads; Reloader takes it from the workload or from its pods' template.
   */
  static Optional<String> annotation(
      ObjectMeta workload, @Nullable ObjectMeta pods, String secret) {
    var all = new HashMap<>(annotations(pods));
    all.putAll(annotations(workload));
    if ("false".equals(all.get(OFF)) || names(all.getOrDefault(EXCLUDED, ""), secret)) {
      return Optional.empty();
    }
    return Stream.concat(
            Arrays.stream(ALL).filter(it -> "true".equals(all.get(it))),
            Stream.of(NAMED).filter(it -> names(all.getOrDefault(it, ""), secret)))
        .map(it -> it + ": \"" + all.get(it) + "\"")
        .findFirst();
  }

  private static Map<String, String> annotations(@Nullable ObjectMeta meta) {
    return Optional.ofNullable(meta).map(ObjectMeta::getAnnotations).orElseGet(Map::of);
  }

  /**
   * A list of names. Reloader takes each for a regular expression as well; what anybody may write
   * is not run as one here, since that could take for ever.
   */
  private static boolean names(String list, String secret) {
    return Arrays.stream(list.split(",")).map(String::trim).anyMatch(secret::equals);
  }
}
