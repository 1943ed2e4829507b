package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** CEL expressions over {@code item}, one entry of the list. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ListedKey(
    @JsonPropertyDescription(
            "CEL over item: the issuer's id of the key, the same as create gives, for instance"
                + " item.id. Numbers become text.")
        @Required
        @Size(max = FieldRules.EXPRESSION_LENGTH)
        @ValidationRule(value = FieldRules.EXPRESSION, message = FieldRules.EXPRESSION_MESSAGE)
        String id,
    @JsonPropertyDescription(
            "CEL over item: the label that create sent, for instance item.name. It lets Rekey find"
                + " a key whose answer was lost, and leave other teams' keys alone. Needs"
                + " ${request.label} in create. Default: none; keys are then told apart by"
                + " exclusive or create.idempotencyHeader, or lost ones are named to a person.")
        @Size(max = FieldRules.EXPRESSION_LENGTH)
        @ValidationRule(value = FieldRules.EXPRESSION, message = FieldRules.EXPRESSION_MESSAGE)
        @Nullable String label,
    @JsonPropertyDescription(
            "CEL over item: when the key was issued, as an RFC 3339 text, for instance"
                + " item.created_at. It spares you adopt.issuedAt for keys that were made by hand."
                + " Default: none.")
        @Size(max = FieldRules.EXPRESSION_LENGTH)
        @ValidationRule(value = FieldRules.EXPRESSION, message = FieldRules.EXPRESSION_MESSAGE)
        @Nullable String issuedAt,
    @JsonPropertyDescription(
            "CEL over item: when the key stops working, as an RFC 3339 text, for instance"
                + " item.expires_at. It spares you adopt.expiresAt for keys that were made by hand."
                + " Default: none.")
        @Size(max = FieldRules.EXPRESSION_LENGTH)
        @ValidationRule(value = FieldRules.EXPRESSION, message = FieldRules.EXPRESSION_MESSAGE)
        @Nullable String expiresAt) {

  /** An entry that tells no dates. */
  public ListedKey(String id, @Nullable String label) {
    this(id, label, null, null);
  }
}
