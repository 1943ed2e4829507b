package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** The key that is in the Secret before Rekey's first rotation. */
@ValidationRule(
    value =
        "!has(self.issuedAt) || !has(self.expiresAt) || !self.issuedAt.matches("
            + FieldRules.DATE_PATTERN
            + ") || !self.expiresAt.matches("
            + FieldRules.DATE_PATTERN
            + ") || timestamp(self.expiresAt) > timestamp(self.issuedAt)",
    message = "expiresAt must be later than issuedAt: a key cannot expire before it is issued",
    fieldPath = ".expiresAt")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AdoptedKey(
    @JsonPropertyDescription(
            "The issuer's id of the key that is in the Secret today, for instance \"41\" or"
                + " \"AKIA2EXAMPLE\". Rekey deletes this key at the end of the first rotation."
                + " Without it the first rotation works all the same, but the old key stays alive"
                + " at the issuer and status says so. Quote ids that look like numbers.")
        @Size(max = 512)
        @ValidationRule(
            value = "self.matches('^\\\\S+$')",
            message =
                "write the id by which the issuer knows the key, without spaces; leave keyId out if"
                    + " it is not known")
        @Nullable String keyId,
    @JsonPropertyDescription(
            "When the issuer made the key, in RFC 3339, for instance 2026-03-01T09:00:00Z."
                + " schedule.interval and the issuer's maxAge count from here. Default: what the"
                + " issuer's list says of keyId, else the moment at which the Secret was created.")
        @Size(max = FieldRules.DATE_LENGTH)
        @ValidationRule(value = FieldRules.DATE, message = FieldRules.DATE_MESSAGE)
        @Nullable String issuedAt,
    @JsonPropertyDescription(
            "When the key stops working, in RFC 3339, for instance 2026-08-28T09:00:00Z. The"
                + " rotation begins at least schedule.renewBefore earlier. Default: what the"
                + " issuer's list says of keyId, else issuedAt plus the issuer's maxAge.")
        @Size(max = FieldRules.DATE_LENGTH)
        @ValidationRule(value = FieldRules.DATE, message = FieldRules.DATE_MESSAGE)
        @Nullable String expiresAt) {}
