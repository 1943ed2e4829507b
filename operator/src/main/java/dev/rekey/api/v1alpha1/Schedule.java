package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * When a key is due. Durations are written as {@code 90d}, {@code 12h}, {@code 15m}, {@code 30s}.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Schedule(
    @JsonPropertyDescription(
            "Rotate a key at this age, for instance 90d. It must be shorter than the issuer's"
                + " maxAge; otherwise no rotation begins and the condition Ready says so. Leave"
                + " time for a rollout that goes badly. Default: half of the issuer's maxAge;"
                + " without one, a key is rotated only before its expiry or when asked.")
        @Size(max = FieldRules.DURATION_LENGTH)
        @ValidationRule(value = FieldRules.DURATION, message = FieldRules.DURATION_MESSAGE)
        @ValidationRule(value = FieldRules.NOT_ZERO, message = FieldRules.NOT_ZERO_MESSAGE)
        @Nullable String interval,
    @JsonPropertyDescription(
            "Rotate at least this long before a key expires, for instance 30d, whatever its age."
                + " More than a third of the key's life counts as a third. Default: 30d.")
        @Size(max = FieldRules.DURATION_LENGTH)
        @ValidationRule(value = FieldRules.DURATION, message = FieldRules.DURATION_MESSAGE)
        @ValidationRule(value = FieldRules.NOT_ZERO, message = FieldRules.NOT_ZERO_MESSAGE)
        @Nullable String renewBefore) {}
