package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** The request that tells whether a key works. */
@ValidationRule(
    value = "!has(self.accepted) || !has(self.rejected) || self.accepted != self.rejected",
    message =
        "accepted and rejected must differ, for instance accepted: status == 200 and rejected:"
            + " status == 401")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record VerifyRequest(
    @JsonPropertyDescription(
            "The path that GET is sent to, below url: something cheap that any valid key may read"
                + " and that changes nothing, for instance /me.")
        @Required
        @Size(max = FieldRules.PATH_LENGTH)
        @ValidationRule(value = FieldRules.PATH, message = FieldRules.PATH_MESSAGE)
        @ValidationRule(value = FieldRules.BRACES, message = FieldRules.BRACES_MESSAGE)
        String get,
    @JsonPropertyDescription(
            "How the request carries the key that is verified. The account's own credential is not"
                + " sent.")
        @Required
        VerifyAuth auth,
    @JsonPropertyDescription(
            "CEL over status, the HTTP status as a number, and body, the JSON answer or null: true"
                + " where the key works. Default: status >= 200 && status < 300.")
        @Default(VerifyRequest.DEFAULT_ACCEPTED)
        @Size(max = FieldRules.EXPRESSION_LENGTH)
        @ValidationRule(value = FieldRules.EXPRESSION, message = FieldRules.EXPRESSION_MESSAGE)
        @Nullable String accepted,
    @JsonPropertyDescription(
            "CEL over status and body: true where the service says that the key does not work. What"
                + " is neither accepted nor rejected (a time-out, a 500, a 429) is unknown, and"
                + " asked again. Default: status == 401.")
        @Default(VerifyRequest.DEFAULT_REJECTED)
        @Size(max = FieldRules.EXPRESSION_LENGTH)
        @ValidationRule(value = FieldRules.EXPRESSION, message = FieldRules.EXPRESSION_MESSAGE)
        @Nullable String rejected) {
  /** What {@link #accepted} is where nothing is written. */
  public static final String DEFAULT_ACCEPTED = "status >= 200 && status < 300";

  /** What {@link #rejected} is where nothing is written. */
  public static final String DEFAULT_REJECTED = "status == 401";
}
