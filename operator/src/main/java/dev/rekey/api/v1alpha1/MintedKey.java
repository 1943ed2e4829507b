package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** CEL expressions that take a key from the answer of the mint. */
@ValidationRule(
    value = "self.id != self.value",
    message =
        "id and value must be two different parts of the answer: the id is shown in status and"
            + " logs, the value never")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MintedKey(
    @JsonPropertyDescription(
            "CEL over body, the JSON answer: the issuer's id of the new key, for instance body.id."
                + " Numbers become text.")
        @Required
        @Size(max = FieldRules.EXPRESSION_LENGTH)
        @ValidationRule(value = FieldRules.EXPRESSION, message = FieldRules.EXPRESSION_MESSAGE)
        String id,
    @JsonPropertyDescription(
            "CEL over body: the secret value of the new key, for instance body.token. It is kept in"
                + " the operator's ledger and in the target Secret, nowhere else.")
        @Required
        @Size(max = FieldRules.EXPRESSION_LENGTH)
        @ValidationRule(value = FieldRules.EXPRESSION, message = FieldRules.EXPRESSION_MESSAGE)
        String value,
    @JsonPropertyDescription(
            "CEL over body: when the key was issued, as an RFC 3339 text, for instance"
                + " body.created_at. Default: the moment at which the request was sent.")
        @Size(max = FieldRules.EXPRESSION_LENGTH)
        @ValidationRule(value = FieldRules.EXPRESSION, message = FieldRules.EXPRESSION_MESSAGE)
        @Nullable String issuedAt,
    @JsonPropertyDescription(
            "CEL over body: when the key stops working, as an RFC 3339 text, for instance"
                + " body.expires_at. Default: issuedAt plus maxAge.")
        @Size(max = FieldRules.EXPRESSION_LENGTH)
        @ValidationRule(value = FieldRules.EXPRESSION, message = FieldRules.EXPRESSION_MESSAGE)
        @Nullable String expiresAt) {}
