package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** A workload that may be restarted. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ListedWorkload(
    @JsonPropertyDescription("Deployment, StatefulSet, DaemonSet, CronJob, or Rollout of Argo.")
        @Required
        RestartedKind kind,
    @JsonPropertyDescription("Its name, in the namespace of this resource.")
        @Required
        @Size(max = FieldRules.NAME_LENGTH)
        @ValidationRule(value = FieldRules.NAME, message = FieldRules.NAME_MESSAGE)
        String name) {}
