package dev.rekey.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** A parameter of the query with a secret from a Secret. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record QueryCredential(
    @JsonPropertyDescription("The name of the parameter, for instance api_key.")
        @Required
        @Size(max = FieldRules.REQUEST_NAME_LENGTH)
        @ValidationRule(value = FieldRules.QUERY_NAME, message = FieldRules.QUERY_NAME_MESSAGE)
        String name,
    @JsonPropertyDescription(
            "Where the secret is kept. A changed one is used at the next request; nothing has to be"
                + " restarted.")
        @Required
        SecretKeyRef secretRef) {}
