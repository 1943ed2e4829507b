package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** A parameter of the query made of the key that is verified. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record KeyQuery(
    @JsonPropertyDescription("The name of the parameter, for instance api_key.")
        @Required
        @Size(max = FieldRules.REQUEST_NAME_LENGTH)
        @ValidationRule(value = FieldRules.QUERY_NAME, message = FieldRules.QUERY_NAME_MESSAGE)
        String name,
    @JsonPropertyDescription("Its value, as text with ${CEL} over key, nearly always ${key.value}.")
        @Required
        @Size(max = FieldRules.EXPRESSION_LENGTH)
        @ValidationRule(value = FieldRules.BRACES, message = FieldRules.BRACES_MESSAGE)
        @ValidationRule(value = FieldRules.NAMES_THE_KEY, message = FieldRules.OF_THE_KEY_MESSAGE)
        String value) {}
