package dev.rekey.rotation;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Which workloads Rekey restarts for a new key. It limits restarts alone: whatever it says, every
 * pod that reads the Secret is waited for.
 *
 * @param strategy whether any is restarted
 * @param listed where this is present, no others than these, as {@code Deployment api}
 */
public record Restarts(Strategy strategy, Optional<List<String>> listed) {

  /** Every workload that reads the Secret. */
  public static final Restarts ALL = new Restarts(Strategy.RESTART, Optional.empty());

  /** How pods come to a new value. */
  public enum Strategy {
    /** They are replaced. */
    RESTART,
    /** Their kubelets renew the mounted files, and the applications read them again. */
    NONE
  }

  public Restarts {
    Objects.requireNonNull(strategy);
    listed = listed.map(List::copyOf);
  }

  /** Whether the workload that people call {@code display} is restarted. */
  public boolean include(String display) {
    return strategy == Strategy.RESTART && listed.map(it -> it.contains(display)).orElse(true);
  }
}
