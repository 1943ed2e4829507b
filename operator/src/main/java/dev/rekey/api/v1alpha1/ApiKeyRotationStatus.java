package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A projection of the ledger for people to read. Nothing is decided from it. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ApiKeyRotationStatus(
    @JsonPropertyDescription(
            "The metadata.generation of the spec that this status was made from. Smaller than"
                + " metadata.generation: the last edit has not been looked at yet.")
        @Nullable Long observedGeneration,
    @JsonPropertyDescription(
            "What is happening now: Idle while nothing is due; in a rotation, in this order,"
                + " Minting, Verifying, Publishing, Settling, Rolling, Soaking and Revoking; Held"
                + " while something is wrong; Ready says what, and whether somebody has to act. The"
                + " condition Rotating says more.")
        @Nullable String phase,
    @JsonPropertyDescription("The key that is in use.") @Nullable KeyStatus current,
    @JsonPropertyDescription(
            "The key that a running rotation has minted and is moving the pods to.")
        @Nullable KeyStatus next,
    @JsonPropertyDescription(
            "When the next rotation is due, in RFC 3339. In the past: it is due now; the conditions"
                + " say what it waits for. Empty: nothing says when.")
        @Nullable String nextRotationTime,
    @JsonPropertyDescription(
            "Why the next rotation is due then: FirstKey (there is no key yet), Interval"
                + " (schedule.interval), BeforeExpiry (schedule.renewBefore) or Requested (the"
                + " annotation rekey.dev/rotate).")
        @Nullable String nextRotationReason,
    @JsonPropertyDescription("The rotation that is running, or else the one that ended last.")
        @Nullable RotationRecord lastRotation,
    @JsonPropertyDescription(
            "The pods that read the Secret, in the running rotation or else the last one.")
        @Nullable ConsumersStatus consumers,
    @JsonPropertyDescription("Earlier rotations, newest first.")
        @Nullable List<RotationRecord> history,
    @JsonPropertyDescription(
            "Ready: the Secret holds a working key and nothing needs a person. Rotating: a rotation"
                + " is running; its reason names the step. Warned: something will not go by itself"
                + " in the rotation that begins, or keeps the next one from beginning.")
        @Nullable List<Condition> conditions) {}
