package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** How much Rekey asks an issuer, all rotations together. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Limits(
    @JsonPropertyDescription(
            "How many requests a minute Rekey makes there at most; as many may be made at once"
                + " after a pause. A rotation needs about ten, and one more for each page of a"
                + " list. What is beyond it waits a little, and is then put off. Default: 600.")
        @ValidationRule(
            value = "self >= 1 && self <= 6000",
            message = "requestsPerMinute must be between 1 and 6000, for instance 60")
        @Nullable Integer requestsPerMinute,
    @JsonPropertyDescription(
            "How many requests Rekey has under way there at once. What is beyond it waits a little,"
                + " and is then put off. Default: 8.")
        @ValidationRule(
            value = "self >= 1 && self <= 64",
            message = "concurrent must be between 1 and 64, for instance 4")
        @Nullable Integer concurrent) {

  /** What {@link #requestsPerMinute} is where nothing is written. */
  public static final int DEFAULT_REQUESTS_PER_MINUTE = 600;

  /** What {@link #concurrent} is where nothing is written. */
  public static final int DEFAULT_CONCURRENT = 8;
}
