package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** A bearer token made of the key that is verified. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record KeyBearer(
    @JsonPropertyDescription("The token, as text with ${CEL} over key, nearly always ${key.value}.")
        @Required
        @Size(max = FieldRules.EXPRESSION_LENGTH)
        @ValidationRule(value = FieldRules.BRACES, message = FieldRules.BRACES_MESSAGE)
        @ValidationRule(
            value = FieldRules.NAMES_THE_KEY,
            message =
                "the token must be made of the key that is verified, for instance ${key.value}:"
                    + " anything else would prove another credential")
        String value) {}
