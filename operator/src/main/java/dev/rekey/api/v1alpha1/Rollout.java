package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How consumers are moved to the new key. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value =
        "has(self.discovery) && self.discovery == 'Listed' ? has(self.workloads) &&"
            + " size(self.workloads) > 0 : !has(self.workloads)",
    message =
        "spec.rollout.workloads goes with discovery: Listed: name at least one workload there, or"
            + " write discovery: Auto and leave workloads out")
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
            "How long the rollout may go without getting further than ever before, by a pod that"
                + " moves to the new key or one of before that is gone, until it counts as failed."
                + " Both keys then keep working, the condition says which pods are behind or not"
                + " ready and why, and Rekey goes on by itself as soon as they move. Default: 15m.")
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
                + " was healthy before fails on the new key and the old one still works; a pod of a"
                + " StatefulSet that failed and keeps Kubernetes from replacing any is deleted."
                + " Default: Halt.")
        @Default("Halt")
        @Nullable OnFailure onFailure,
    @JsonPropertyDescription(
            "Restart: workloads that read the Secret are restarted, since most applications read a"
                + " key once, when they start. None: nobody is restarted, for applications that"
                + " read a mounted file again and again; a pod counts as moved once its kubelet has"
                + " surely renewed the file. Pods that take the key as a variable or by subPath"
                + " never see it renewed, so they are waited for until somebody restarts them."
                + " Default: Restart.")
        @Default("Restart")
        @Nullable Strategy strategy,
    @JsonPropertyDescription(
            "Which workloads are restarted. Auto: every one in the namespace whose pods read the"
                + " Secret. Listed: of these only the ones named in workloads; the pods of all"
                + " others are waited for until somebody restarts them. Default: Auto.")
        @Default("Auto")
        @Nullable Discovery discovery,
    @JsonPropertyDescription(
            "With discovery: Listed, the workloads that may be restarted, for instance [{kind:"
                + " Deployment, name: api}].")
        @Size(max = 100)
        @Nullable List<ListedWorkload> workloads) {
  /** Waits alone; a rollout that fails halts. */
  public Rollout(@Nullable String settle, @Nullable String progressTimeout, @Nullable String soak) {
    this(settle, progressTimeout, soak, null, null);
  }

  /** Every workload that reads the Secret is restarted. */
  public Rollout(
      @Nullable String settle,
      @Nullable String progressTimeout,
      @Nullable String soak,
      @Nullable String minOverlap,
      @Nullable OnFailure onFailure) {
    this(settle, progressTimeout, soak, minOverlap, onFailure, null, null, null);
  }

  /** What {@link #settle} is where nothing is written. */
  public static final String DEFAULT_SETTLE = "15s";

  /** What {@link #progressTimeout} is where nothing is written. */
  public static final String DEFAULT_PROGRESS_TIMEOUT = "15m";

  /** What {@link #soak} is where nothing is written. */
  public static final String DEFAULT_SOAK = "10m";
}
