package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/** One rotation, running or over. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RotationRecord(
    @JsonPropertyDescription("Why it began: FirstKey, Interval, BeforeExpiry or Requested.")
        @Required
        String reason,
    @JsonPropertyDescription("When it began, in RFC 3339.") @Required String startedAt,
    @JsonPropertyDescription(
            "When the old key was known to be gone, in RFC 3339. Empty: it is still running.")
        @Nullable String completedAt,
    @JsonPropertyDescription(
            "How it went: Running; Completed; OldKeyLeftToPerson where the id of the old key was"
                + " not known, so that somebody has to delete it at the issuer.")
        @Required
        String result,
    @JsonPropertyDescription("The issuer's id of the key that it minted.") @Nullable String keyId,
    @JsonPropertyDescription(
            "The old key, where somebody has to delete it at the issuer, as far as Rekey knows it:"
                + " its last characters.")
        @Nullable String oldKey) {}
