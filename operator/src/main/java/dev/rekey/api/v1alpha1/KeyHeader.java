package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** A header made of the key that is verified. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record KeyHeader(
    @JsonPropertyDescription("The name of the header, for instance X-Api-Key or Authorization.")
        @Required
        @Size(max = FieldRules.REQUEST_NAME_LENGTH)
        @ValidationRule(value = FieldRules.HEADER, message = FieldRules.HEADER_MESSAGE)
        @ValidationRule(value = FieldRules.NOT_OURS, message = FieldRules.NOT_OURS_MESSAGE)
        String name,
    @JsonPropertyDescription(
            "Its value, as text with ${CEL} over key, for instance ${key.value} or Token"
                + " ${key.value}.")
        @Required
        @Size(max = FieldRules.EXPRESSION_LENGTH)
        @ValidationRule(value = FieldRules.BRACES, message = FieldRules.BRACES_MESSAGE)
        @ValidationRule(value = FieldRules.NAMES_THE_KEY, message = FieldRules.OF_THE_KEY_MESSAGE)
        String value) {}
