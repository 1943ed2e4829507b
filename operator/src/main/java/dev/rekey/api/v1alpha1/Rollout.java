package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** How consumers are moved to the new key. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Rollout(
    @JsonPropertyDescription(
            "How long to wait after the Secret is written before the first pod is restarted. Nodes"
                + " read Secrets through a cache; a pod that starts too early could still get the"
                + " old value. Default: 15s.")
        @Default(Rollout.DEFAULT_SETTLE)
        @Size(max = FieldRules.DURATION_LENGTH)
        @ValidationRule(value = FieldRules.DURATION, message = FieldRules.DURATION_MESSAGE)
        @Nullable String settle,
    @JsonPropertyDescription(
            "How long the rollout may go without any pod moving to the new key before it counts as"
                + " failed. Both keys then keep working, the condition says which pods are behind,"
                + " and Rekey goes on by itself as soon as they move. Default: 15m.")
        @Default(Rollout.DEFAULT_PROGRESS_TIMEOUT)
        @Size(max = FieldRules.DURATION_LENGTH)
        @ValidationRule(value = FieldRules.DURATION, message = FieldRules.DURATION_MESSAGE)
        @ValidationRule(value = FieldRules.NOT_ZERO, message = FieldRules.NOT_ZERO_MESSAGE)
        @Nullable String progressTimeout,
    @JsonPropertyDescription(
            "How long every pod must have been ready on the new key before the old one is deleted:"
                + " the time in which a problem can still be noticed while both keys work. Default:"
                + " 10m. 0s deletes at once.")
        @Default(Rollout.DEFAULT_SOAK)
        @Size(max = FieldRules.DURATION_LENGTH)
        @ValidationRule(value = FieldRules.DURATION, message = FieldRules.DURATION_MESSAGE)
        @Nullable String soak,
    @JsonPropertyDescription(
            "How long the old and the new key work side by side at least, counted from the moment"
                + " at which the new one was written to the Secret: for readers that Rekey cannot"
                + " see, such as programs that read the Secret through the API. Default: 0s.")
        @Size(max = FieldRules.DURATION_LENGTH)
        @ValidationRule(value = FieldRules.DURATION, message = FieldRules.DURATION_MESSAGE)
        @Nullable String minOverlap,
    @JsonPropertyDescription(
            "What becomes of a rollout in which no pod has moved for progressTimeout. Halt: both"
                + " keys keep working, somebody is told, and Rekey goes on as soon as pods move."
                + " Rollback: the old key is written to the Secret again, once, if a workload that"
                + " was healthy before fails on the new key and the old one still works. Default:"
                + " Halt.")
        @Default("Halt")
        @Nullable OnFailure onFailure) {
  /** Waits alone; a rollout that fails halts. */
  public Rollout(@Nullable String settle, @Nullable String progressTimeout, @Nullable String soak) {
    this(settle, progressTimeout, soak, null, null);
  }

  /** What {@link #settle} is where nothing is written. */
  public static final String DEFAULT_SETTLE = "15s";

  /** What {@link #progressTimeout} is where nothing is written. */
  public static final String DEFAULT_PROGRESS_TIMEOUT = "15m";

  /** What {@link #soak} is where nothing is written. */
  public static final String DEFAULT_SOAK = "10m";
}
